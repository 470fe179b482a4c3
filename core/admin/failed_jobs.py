"""Work in the background that failed for good, for the system administrator: what, why, and trying it again."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask_admin import expose

from core.admin.base import Answer, Page, attempt, token, whole
from core.jobs import retrying
from core.web.access import viewer


class FailedJobs(Page):
    """The list, with a button for each."""

    roles = ("system_admin",)
    title, group, slug = "未办成的任务", "系统管理", "failed_jobs"

    @expose("/")
    def index(self) -> Answer:
        """The newest ones."""
        return self.render("admin/failed_jobs.html", rows=retrying.failed(viewer()), most=retrying.MOST_SHOWN)

    @expose("/again", methods=("POST",))
    def again(self) -> Answer:
        """Starts the ones anew that the button stands for."""
        rows = [whole(number) for number in request.form.getlist("row")]
        attempt(lambda: retrying.try_again(viewer(), rows, token()))
        return redirect(url_for(".index"))
