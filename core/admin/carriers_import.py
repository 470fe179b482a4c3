"""Import of carriers from a spreadsheet: try it, see every fault with its cell, confirm."""

from __future__ import annotations

import io
from dataclasses import dataclass

from flask import redirect, request, send_file, url_for
from flask_admin import BaseView, expose

from core.admin.base import Answer, attempt, regions_of, token, whole
from core.admin.uploads import carried, confirmed, uploaded
from core.cases import importing_carriers
from core.cases.importing_carriers import Sheet
from core.errors import OutOfScope, Refused
from core.models import Region
from core.web.access import viewer

"""Octets; the tried file travels inside the page to be confirmed, and pages take two megabytes of form."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Shown:
    """What was tried: what would be registered or what is wrong, and the file to confirm with."""

    region: Region | None = None
    sheet: Sheet | None = None
    problem: str = ""
    kept: str = ""


class CarriersImport(BaseView):
    """The pages of the import, for the view of carriers."""

    @expose("/empty.xlsx")
    def empty(self) -> Answer:
        """The spreadsheet to fill, with the columns of the region's own facts."""
        data = io.BytesIO(importing_carriers.empty_sheet(_region(request.args.get("region"))))
        return send_file(data, XLSX, as_attachment=True, download_name="载体.xlsx")

    @expose("/import/", methods=("GET", "POST"))
    def trial(self) -> Answer:
        """Tries what was uploaded and shows it; nothing is kept."""
        if request.method == "GET":
            return self._draw(Shown())
        try:
            data = uploaded()
        except Refused as refusal:
            return self._draw(Shown(problem=str(refusal))), 422
        region = _region(request.form.get("region"))
        try:
            sheet = importing_carriers.try_sheet(viewer(), region, data)
        except Refused as refusal:
            return self._draw(Shown(region, problem=str(refusal))), 422
        kept = "" if sheet.faults else carried(data)
        return self._draw(Shown(region, sheet, kept=kept)), 422 if sheet.faults else 200

    @expose("/import/confirm", methods=("POST",))
    def bring_in(self) -> Answer:
        """Reads the confirmed file again and registers all of it, or nothing."""
        data = confirmed()
        region = _region(request.form.get("region"))
        if attempt(lambda: importing_carriers.import_carriers(viewer(), region, data, token())):
            return redirect(url_for(".index_view"))
        return redirect(url_for(".trial"))

    def _draw(self, shown: Shown) -> str:
        rows = list(Region.select().where(Region.id.in_(regions_of(viewer()) or [0])).order_by(Region.id))
        columns = importing_carriers.columns_of(shown.region) if shown.region else importing_carriers.COLUMNS
        page: str = self.render("admin/carriers_import.html", shown=shown, regions=rows, columns=columns)
        return page


def _region(text: str | None) -> Region:
    """The region named, or the person's only or first one. Raises OutOfScope."""
    mine = regions_of(viewer())
    chosen = whole(text) if text else (mine or [0])[0]
    if chosen not in mine:
        raise OutOfScope
    return Region.get_by_id(chosen)
