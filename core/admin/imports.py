"""Imports of people and of a calendar from a spreadsheet: try it, see what each row does or every fault, confirm."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass, field

from flask import redirect, request, send_file, url_for
from flask_admin import expose

from core.admin.base import Answer, Page, attempt, token
from core.admin.uploads import carried, confirmed, uploaded
from core.cases import importing_accounts, importing_calendar
from core.cases.sheet_rows import Sheet
from core.errors import Refused, Stale
from core.web.access import viewer

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Shown:
    """What was tried: rows or faults, the file to confirm with, and the words typed beside it."""

    sheet: Sheet | None = None
    problem: str = ""
    kept: str = ""
    source: str = ""
    year: int | None = None
    handed: list[importing_accounts.FirstPassword] = field(default_factory=list)
    handout: str = ""


def kept_of(data: bytes, sheet: Sheet) -> str:
    """The file as the page carries it, unless something is wrong with it."""
    return "" if sheet.faults else carried(data)


def download(data: bytes, name: str) -> Answer:
    """A spreadsheet to keep."""
    return send_file(io.BytesIO(data), XLSX, as_attachment=True, download_name=name)


class PeopleImport(Page):
    """One spreadsheet for two officers: accounts by the one, roles by the other."""

    roles = ("system_admin", "security_admin")
    title, group, slug = "从 Excel 导入人员", "系统管理", "people_import"

    @expose("/")
    def index(self) -> Answer:
        """Where to begin."""
        return self._draw(Shown())

    @expose("/empty.xlsx")
    def empty(self) -> Answer:
        """The spreadsheet to fill."""
        return download(importing_accounts.empty_sheet(), "人员.xlsx")

    @expose("/registered.xlsx")
    def registered(self) -> Answer:
        """The accounts, or the roles that are held, in the shape that is imported."""
        told = importing_accounts.accounts_sheet if _makes_accounts() else importing_accounts.grants_sheet
        return download(told(viewer()), "现有人员.xlsx")

    @expose("/", methods=("POST",))
    def trial(self) -> Answer:
        """Tries what was uploaded and shows it; nothing is kept."""
        attempted = importing_accounts.try_accounts if _makes_accounts() else importing_accounts.try_grants
        try:
            data = uploaded()
            sheet = attempted(viewer(), data)
        except Refused as refusal:
            return self._draw(Shown(problem=str(refusal))), 422
        return self._draw(Shown(sheet, kept=kept_of(data, sheet))), 422 if sheet.faults else 200

    @expose("/confirm", methods=("POST",))
    def bring_in(self) -> Answer:
        """Takes the confirmed file, all of it or nothing; first passwords are shown this once."""
        data = confirmed()
        if not _makes_accounts():
            attempt(lambda: importing_accounts.grant_roles(viewer(), data, token()))
            return redirect(url_for(".index"))
        try:
            receipt, handed = importing_accounts.make_accounts(viewer(), data, token())
        except (Refused, Stale) as fault:
            return self._draw(Shown(problem=str(fault))), 422
        if not handed:
            text = f"{receipt['message']}首次密码只给过一次；没有存下来的，请在各人的账号页重设。"
            return self._draw(Shown(problem=text)), 409
        handout = base64.b64encode(importing_accounts.passwords_sheet(handed)).decode()
        return self._draw(Shown(handed=list(handed), handout=handout))

    def _draw(self, shown: Shown) -> str:
        makes = _makes_accounts()
        done = importing_accounts.NEW if makes else importing_accounts.GIVEN
        counted = sum(line.told.startswith(done) for line in shown.sheet.lines) if shown.sheet else 0
        columns = importing_accounts.COLUMNS
        page: str = self.render(
            "admin/imports_people.html", shown=shown, makes=makes, columns=columns, counted=counted, xlsx=XLSX
        )
        return page


def _makes_accounts() -> bool:
    """The system administrator makes accounts; the security administrator grants (nobody is both)."""
    return "system_admin" in viewer().roles


class CalendarImport(Page):
    """A year's calendar from a spreadsheet, beside the pasted text."""

    roles = ("system_admin",)
    title, group, slug = "从 Excel 录入日历", "系统管理", "years_import"

    @expose("/")
    def index(self) -> Answer:
        """Where to begin."""
        return self._draw(Shown())

    @expose("/empty.xlsx")
    def empty(self) -> Answer:
        """The spreadsheet to fill."""
        return download(importing_calendar.empty_sheet(), "放假和调休.xlsx")

    @expose("/<int:year>.xlsx")
    def registered(self, year: int) -> Answer:
        """A year that was entered, to be mended and entered again."""
        return download(importing_calendar.registered_sheet(viewer(), year), f"{year}年放假和调休.xlsx")

    @expose("/", methods=("POST",))
    def trial(self) -> Answer:
        """Tries what was uploaded and shows it; nothing is kept."""
        source = request.form.get("source", "").strip()
        try:
            data = uploaded()
            sheet = importing_calendar.read_sheet(viewer(), data)
        except Refused as refusal:
            return self._draw(Shown(problem=str(refusal), source=source)), 422
        problem = "" if source else "请写明出自哪份通知。"
        kept = kept_of(data, sheet) if source else ""
        shown = Shown(sheet, problem, kept, source=source, year=importing_calendar.year_of(sheet))
        return self._draw(shown), 422 if sheet.faults or problem else 200

    @expose("/confirm", methods=("POST",))
    def bring_in(self) -> Answer:
        """Enters the year of the confirmed file, or nothing."""
        data, source = confirmed(), request.form.get("source", "")
        if attempt(lambda: importing_calendar.import_sheet(viewer(), data, source, token())):
            return redirect(url_for("admin_years.index"))
        return redirect(url_for(".index"))

    def _draw(self, shown: Shown) -> str:
        page: str = self.render("admin/imports_calendar.html", shown=shown)
        return page
