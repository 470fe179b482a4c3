"""B4 in our own venv: the limit, the queue of core.web.case_queue, and flask-admin over the same table.

python b4_kaoping.py <file>
"""

from __future__ import annotations

import sys
from datetime import date

from b4_data import DEEP, DISTRICT, SIZE, STAGE, timed
from flask import Flask
from flask_admin import Admin
from flask_admin.contrib.peewee import ModelView
from flask_admin.contrib.peewee.filters import FilterEqual
from peewee import CharField, DateField, IntegerField
from work import answer

from core.models import Case, connect, database
from core.models.base import BaseModel
from core.people.scope import Reach, Viewer
from core.web import case_queue

TODAY, SOON = date(2023, 6, 1), date(2023, 6, 5)
ROLE = "district_reviewer"
PERSON = Viewer(3, "", (Reach(ROLE, 1, DISTRICT),))


def page(after: str, counted: bool) -> list[Case]:
    """What the desk asks for: the queue's page, its cases sent back, and (at the top) the numbers."""
    everything = case_queue.waiting(PERSON, ROLE)
    shown = case_queue.page_of(everything, after, SIZE)
    if counted:
        case_queue.counts(everything, TODAY, SOON)
    return shown.cases


def mark_before(number: int) -> str:
    """The mark that leads to a page."""
    everything = case_queue.waiting(PERSON, ROLE)
    rows = everything.order_by(Case.due_on, Case.id).offset(SIZE * (number - 1) - 1).limit(1)
    last = rows.get()
    return f"{last.due_on.isoformat()}.{last.id}"


def known_ids() -> list[tuple]:
    """The limit: 25 rows, with carrier and organisation, whose keys are known."""
    return database.execute_sql(KNOWN, IDS).fetchall()


class Queued(BaseModel):
    """The case table with plain columns: flask-admin filters no foreign keys."""

    number = CharField()
    region = IntegerField(column_name="region_id")
    district = IntegerField(column_name="district_id")
    carrier = IntegerField(column_name="carrier_id")
    stage = CharField()
    due_on = DateField()

    class Meta:
        table_name = "case"


class QueuedView(ModelView):
    """flask-admin as it comes, with the filters and the order that the queue has."""

    column_list = ("number", "due_on", "carrier")
    column_filters = ("region", "district", "stage")
    column_sortable_list = ("due_on",)
    can_create = can_edit = False


def flask_admin_page(view: ModelView, number: int) -> list[Queued]:
    """`get_list`: count and OFFSET."""
    places = {f.column.name: k for k, f in enumerate(view._filters) if isinstance(f, FilterEqual)}
    chosen = {"region": "1", "district": str(DISTRICT), "stage": STAGE}
    filters = [(places[name], name, value) for name, value in chosen.items()]
    _, rows = view.get_list(number - 1, "due_on", False, None, filters, page_size=SIZE)
    return list(rows)


if __name__ == "__main__":
    connect(f"sqlite:///{sys.argv[1]}")
    IDS = [case.id for case in page("", False)]
    columns = "c.id, c.number, c.due_on, k.name, o.name"
    KNOWN = (
        f'SELECT {columns} FROM "case" c JOIN carrier k ON k.id = c.carrier_id JOIN organisation o'
        f" ON o.id = k.organisation_id WHERE c.id IN ({','.join('?' * SIZE)})"
    )
    app = Flask("bench")
    app.secret_key = "bench"
    view = QueuedView(Queued)
    Admin(app).add_view(view)
    deep = mark_before(DEEP)
    with app.test_request_context():
        answer(
            timed(
                {
                    "极限：按已知主键取 25 件": known_ids,
                    "考评：第 1 页，含各筛选的件数": lambda: page("", True),
                    "考评：第 1 页": lambda: page("", False),
                    f"考评：第 {DEEP} 页": lambda: page(deep, False),
                    "flask-admin 第 1 页": lambda: flask_admin_page(view, 1),
                    f"flask-admin 第 {DEEP} 页": lambda: flask_admin_page(view, DEEP),
                }
            )
        )
