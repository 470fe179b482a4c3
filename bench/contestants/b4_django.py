"""B4: Django admin's own ChangeList over the same table. python b4_django.py <file>"""

from __future__ import annotations

import sys
from types import SimpleNamespace

import django_base
from b4_data import DEEP, DISTRICT, SIZE, STAGE, timed
from work import answer

django_base.start(sys.argv[1])

from django.contrib import admin  # noqa: E402
from django.db import models  # noqa: E402
from django.test import RequestFactory  # noqa: E402

STAGES = (STAGE, "fill", "city_review", "notice", "closed")


class Queued(models.Model):
    """The columns of the case table that the list needs."""

    id = models.AutoField(primary_key=True)
    number = models.CharField(max_length=32)
    region = models.IntegerField(db_column="region_id", choices=[(1, "1")])
    district = models.IntegerField(db_column="district_id", choices=[(k, str(k)) for k in range(1, 5)])
    carrier = models.IntegerField(db_column="carrier_id")
    stage = models.CharField(max_length=40, choices=[(s, s) for s in STAGES])
    due_on = models.DateField()

    class Meta:
        app_label = "carriers"
        db_table = "case"
        managed = False


class QueuedAdmin(admin.ModelAdmin):
    """The same filters and order as the queue."""

    list_display = ("number", "due_on", "carrier")
    list_filter = ("region", "district", "stage")
    ordering = ("due_on",)
    list_per_page = SIZE


USER = SimpleNamespace(has_perm=lambda perm, obj=None: True, is_active=True, is_staff=True)
VIEW = QueuedAdmin(Queued, admin.AdminSite())


def page(number: int) -> list[Queued]:
    """What ChangeList does for one request."""
    chosen = {"region__exact": 1, "district__exact": DISTRICT, "stage__exact": STAGE}
    request = RequestFactory().get("/", chosen | ({"p": number} if number > 1 else {}))
    request.user = USER
    return list(VIEW.get_changelist_instance(request).result_list)


if __name__ == "__main__":
    answer(timed({"Django admin 第 1 页": lambda: page(1), f"Django admin 第 {DEEP} 页": lambda: page(DEEP)}))
