"""Handing somebody's waiting work over, for the system administrator: numbers only, never a case."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask_admin import expose

from core.admin.base import Answer, Page
from core.errors import Refused, Stale
from core.web import handing_over as shown
from core.web.access import viewer
from core.web.city.blueprint import Refusal


class HandOvers(Page):
    """Whose work waits, and the page of one person."""

    roles = ("system_admin",)
    title, group, slug = "交接", "系统管理", "hand_over"

    @expose("/")
    def index(self) -> Answer:
        """Everybody who handles cases."""
        return self.render("admin/hand_over_list.html", **shown.people(viewer()))

    @expose("/<int:account_id>/")
    def one(self, account_id: int) -> Answer:
        """How much waits for one person, by role and place."""
        return self.render("admin/hand_over.html", **shown.context(viewer(), account_id))

    @expose("/<int:account_id>/", methods=("POST",))
    def hand_over(self, account_id: int) -> Answer:
        """Hands it over, and disables the account where that is asked for."""
        try:
            receipt = shown.carry_out(viewer(), account_id)
        except (Refused, Stale) as fault:
            page = self.render("admin/hand_over.html", **shown.context(viewer(), account_id, Refusal(fault)))
            return page, fault.http_status
        flash(str(receipt["message"]))
        return redirect(url_for(".index"))
