"""The chains, for the auditor: what was administered, that something happened to a case (never what it says).

Checking names the first bad row; the export opens in spreadsheets without running anything.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from flask import Response, redirect, request, stream_with_context, url_for
from flask_admin import expose
from peewee import JOIN

from core import clock
from core.admin.audit_words import ADMIN_KINDS, CASE_KINDS, DATA_NAMES
from core.admin.base import Answer, Page, attempt, token, whole
from core.cases import admin_events, audit_checks
from core.cases.action import transaction
from core.models import Account, AdminEvent, Case, CaseEvent
from core.web.access import viewer
from core.web.spreadsheet import as_csv
from core.web.words import moment, role_name

ROWS = 50


def said(event: AdminEvent) -> list[tuple[str, str]]:
    """The values of an administrative change as (name, text)."""
    data = json.loads(event.body)["data"]
    return [
        (DATA_NAMES.get(key, key), _text(key, value)) for key, value in data.items() if value not in (None, "", {}, [])
    ]


def _text(key: str, value: Any) -> str:
    if key == "role":
        return role_name(str(value))
    if key == "digest":
        return str(value)[:12]
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(map(str, value))
    if isinstance(value, dict):
        return "；".join(f"{DATA_NAMES.get(k, k)} {v}" for k, v in value.items())
    return str(value)


class Audit(Page):
    """Administrative changes, newest first; checking and export of all chains."""

    roles = ("auditor",)
    title, group, slug = "管理事项", "审计", "audit"

    @expose("/")
    def index(self) -> Answer:
        """One page of the administrative chain."""
        query = self._chosen().order_by(AdminEvent.sequence.desc())
        if request.args.get("after"):
            query = query.where(AdminEvent.sequence < whole(request.args["after"]))
        found = list(query.limit(ROWS + 1))
        rows = found[:ROWS]
        kind = request.args.get("kind") or None
        more = url_for(".index", after=rows[-1].sequence, kind=kind) if len(found) > ROWS else ""
        return self.render("admin/audit.html", rows=rows, said=said, more=more, kinds=ADMIN_KINDS, chosen=kind or "",
                           check=audit_checks.latest(), told=audit_checks.told)  # fmt: skip

    def _chosen(self) -> Any:
        query = AdminEvent.select(AdminEvent, Account).join(Account, JOIN.LEFT_OUTER)
        kind = request.args.get("kind")
        return query.where(AdminEvent.kind == kind) if kind else query

    @expose("/verify", methods=("POST",))
    def verify(self) -> Answer:
        """Begin to check every chain; what it found, or how far it is, stands on the page."""
        attempt(lambda: audit_checks.start(viewer(), token()))
        return redirect(url_for(".index"))

    @expose("/stop", methods=("POST",))
    def stop(self) -> Answer:
        """Stop the check that is going on."""
        attempt(lambda: audit_checks.stop(viewer(), whole(request.form.get("check")), token()))
        return redirect(url_for(".index"))

    @expose("/export", methods=("POST",))
    def export(self) -> Answer:
        """The administrative chain (of the chosen kind) as CSV, oldest first."""
        with transaction():
            admin_events.record(viewer(), "audit_exported", {"kind": request.args.get("kind", "")})
        head = ("序号", "时间", "事项", "经办人", "政策日期", "内容", "摘要")
        rows = (
            (e.sequence, moment(e.occurred_at), ADMIN_KINDS.get(e.kind, e.kind), e.actor.display_name if e.actor else "系统",
             e.policy_date, "；".join(f"{k}：{v}" for k, v in said(e)), e.hash)
            for e in self._chosen().order_by(AdminEvent.sequence)
        )  # fmt: skip
        return _download("管理事项", (head, *rows))


def _download(name: str, rows: Iterable[Iterable[object]]) -> Response:
    from urllib.parse import quote

    answer = Response(stream_with_context(as_csv(rows)), mimetype="text/csv")
    filename = quote(f"{name}-{clock.today():%Y%m%d}.csv")
    answer.headers["Content-Disposition"] = f"attachment; filename=\"audit.csv\"; filename*=UTF-8''{filename}"
    return answer


class CaseChains(Page):
    """That something happened to a case, when and by whom; no content, no written words."""

    roles = ("auditor",)
    title, group, slug = "办件的链", "审计", "chains"

    @expose("/")
    def index(self) -> Answer:
        """One page of events of all cases (or of one number), newest first."""
        query = self._chosen().order_by(CaseEvent.id.desc())
        if request.args.get("after"):
            query = query.where(CaseEvent.id < whole(request.args["after"]))
        found = list(query.limit(ROWS + 1))
        rows = found[:ROWS]
        number = request.args.get("number", "").strip()
        more = url_for(".index", after=rows[-1].id, number=number or None) if len(found) > ROWS else ""
        return self.render("admin/chains.html", rows=rows, more=more, kinds=CASE_KINDS, number=number)

    def _chosen(self) -> Any:
        columns = (CaseEvent.id, CaseEvent.sequence, CaseEvent.kind, CaseEvent.occurred_at, CaseEvent.hash)
        query = (
            CaseEvent.select(*columns, CaseEvent.policy_date, Case.number, Account.display_name)
            .join(Case)
            .switch(CaseEvent)
            .join(Account, JOIN.LEFT_OUTER)
        )
        number = request.args.get("number", "").strip()
        return query.where(Case.number == number) if number else query

    @expose("/export", methods=("POST",))
    def export(self) -> Answer:
        """The same as CSV, oldest first."""
        with transaction():
            admin_events.record(viewer(), "audit_exported", {"kind": "cases"})
        head = ("办件", "序号", "时间", "事项", "经办人", "政策日期", "摘要")
        rows = (
            (e.case.number, e.sequence, moment(e.occurred_at), CASE_KINDS.get(e.kind, e.kind),
             e.actor.display_name if e.actor else "系统", e.policy_date, e.hash)
            for e in self._chosen().order_by(CaseEvent.case, CaseEvent.sequence)
        )  # fmt: skip
        return _download("办件的链", (head, *rows))
