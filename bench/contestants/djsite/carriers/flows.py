from django.db import connection
from viewflow import this
from viewflow.workflow import flow, lock
from viewflow.workflow.flow import views
from work import NUMERIC_FIELDS, TEXT_FIELDS

from .models import EvaluationProcess

FIELDS = list(NUMERIC_FIELDS + TEXT_FIELDS)


class EvaluationFlow(flow.Flow):
    process_class = EvaluationProcess
    # viewflow's own advice: SELECT FOR UPDATE where the database has it.
    lock_impl = lock.select_for_update_lock if connection.vendor == "postgresql" else lock.no_lock

    submit = (
        flow.Start(views.CreateProcessView.as_view(fields=FIELDS, template_name="submit.html"))
        .Permission("carriers.can_submit")
        .Next(this.district_approve)
    )
    district_approve = (
        flow.View(views.UpdateProcessView.as_view(fields=[]))
        .Permission("carriers.can_district_approve")
        .Next(this.city_approve)
    )
    city_approve = (
        flow.View(views.UpdateProcessView.as_view(fields=[]))
        .Permission("carriers.can_city_approve")
        .Next(this.open_notice)
    )
    open_notice = (
        flow.View(views.UpdateProcessView.as_view(fields=[]))
        .Permission("carriers.can_open_notice")
        .Next(this.close_notice)
    )
    close_notice = (
        flow.View(views.UpdateProcessView.as_view(fields=[])).Permission("carriers.can_close_notice").Next(this.end)
    )
    end = flow.End()
