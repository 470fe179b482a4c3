"""A region's definitions out as a plugin folder, and in again: the differences are shown before anything is taken."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

from flask import flash, redirect, send_file, url_for
from flask_admin import expose

from core.admin.base import Answer, Page, regions_of, token
from core.admin.parameters import my_regions
from core.admin.uploads import carried, confirmed, uploaded
from core.cases.action import Receipt, once
from core.cases.exporting import region_files, zipped
from core.cases.importing_folders import Difference, bring_in, differences
from core.errors import OutOfScope, Refused
from core.models import Region
from core.pack_check import workflow_findings
from core.policy.pack import RegionPack, load_region
from core.policy.pack_archive import unpacked
from core.web.access import viewer
from forms.findings import DefinitionError, Finding


@dataclass(frozen=True)
class Shown:
    """What was uploaded: which region, what differs or what is wrong, and the file to confirm with."""

    name: str = ""
    here: bool = False
    found: list[Difference] = field(default_factory=list)
    faults: list[Finding] = field(default_factory=list)
    problem: str = ""
    kept: str = ""


class Folders(Page):
    """Export and import. A policy officer has the own regions; the system administrator may bring in new ones."""

    roles = ("policy_officer", "system_admin")
    title, group, slug = "导出和导入", "规定", "folders"

    @expose("/")
    def index(self) -> Answer:
        """What can be taken out, and the place to hand a folder in."""
        return self._draw(Shown())

    def _draw(self, shown: Shown) -> str:
        page: str = self.render(
            "admin/folders.html", regions=my_regions(), shown=shown, may_add="system_admin" in viewer().roles
        )
        return page

    @expose("/<key>.zip")
    def export(self, key: str) -> Answer:
        """The folder of one region."""
        region = Region.get_or_none((Region.key == key) & Region.id.in_(regions_of(viewer()) or [0]))
        if region is None:
            raise OutOfScope
        data = zipped(region_files(region), region.key)
        return send_file(io.BytesIO(data), "application/zip", as_attachment=True, download_name=f"{region.key}.zip")

    @expose("/compare", methods=("POST",))
    def compare(self) -> Answer:
        """Unpacks and checks what was uploaded and shows what differs; nothing is kept here."""
        try:
            data = uploaded("ZIP", "文件太大，不像地区文件夹。")
        except Refused as refusal:
            return self._draw(Shown(problem=str(refusal))), 422
        shown = _look(data)
        return self._draw(shown), 422 if shown.problem or shown.faults else 200

    @expose("/bring-in", methods=("POST",))
    def bring_in(self) -> Answer:
        """Takes in what was shown, checked once more."""
        data = confirmed()
        try:
            receipt = _take(data, token())
        except (Refused, DefinitionError) as fault:
            return self._draw(Shown(problem=str(fault))), 422
        flash(str(receipt["message"]))
        return redirect(url_for(".index"))


def _look(data: bytes) -> Shown:
    try:
        with unpacked(data) as folder:
            found = workflow_findings(folder)
            pack = load_region(folder)
            _require_own(pack)
    except DefinitionError as fault:
        return Shown(faults=fault.findings)
    except Refused as fault:
        return Shown(problem=str(fault))
    if found:
        return Shown(pack.region.name, faults=found)
    here = Region.select().where(Region.key == pack.key).exists()
    return Shown(pack.region.name, here, differences(pack), kept=carried(data))


def _require_own(pack: RegionPack) -> None:
    """A region that is here belongs to its policy officer; one that is not comes with the system administrator."""
    region: Any = Region.get_or_none(Region.key == pack.key)
    if region is not None and region.id not in regions_of(viewer()):
        raise Refused(f"“{pack.region.name}”不由您管理，不能导入。")
    if region is None and "system_admin" not in viewer().roles:
        raise Refused(f"本系统还没有“{pack.region.name}”（{pack.key}），请系统管理员导入。")


def _take(data: bytes, form_token: str) -> Receipt:
    def work() -> Receipt:
        with unpacked(data) as folder:
            if workflow_findings(folder):
                raise Refused("文件夹里的规定还有毛病，没有导入。")
            pack = load_region(folder)
        _require_own(pack)
        return {"message": bring_in(viewer(), pack)}

    return once(form_token, work)
