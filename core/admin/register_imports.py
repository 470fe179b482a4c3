"""Imports of a region's registers from a spreadsheet: try it, see what each row does or every fault, confirm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

from flask import redirect, request, url_for
from flask_admin import expose

from core.admin.base import Answer, Page, attempt, regions_of, token, whole
from core.admin.imports import download, kept_of
from core.admin.uploads import confirmed, uploaded
from core.cases import importing_balances, importing_carriers, importing_districts, importing_titles
from core.cases.action import Receipt
from core.cases.sheet_rows import Sheet
from core.errors import OutOfScope, Refused
from core.models import Region
from core.people.scope import Viewer
from core.web.access import viewer


class Importer(Protocol):
    """What a module of `core.cases` that imports a register offers."""

    def columns_of(self, region: Region) -> Mapping[str, str]:
        """The columns: key → head."""

    def empty_sheet(self, region: Region) -> bytes:
        """The spreadsheet to fill."""

    def registered_sheet(self, viewer: Viewer, region: Region) -> bytes:
        """What is registered, in the shape that is imported."""

    def try_sheet(self, viewer: Viewer, region: Region, file: bytes) -> Sheet:
        """What the import would do."""

    def import_sheet(self, viewer: Viewer, region: Region, file: bytes, token: str) -> Receipt:
        """Do all of it, or nothing."""

    def told_of(self, sheet: Sheet) -> str:
        """What the import would do, in words."""


@dataclass(frozen=True)
class Tried:
    """What was tried: rows or faults, and the file to confirm with."""

    region: Region
    sheet: Sheet | None = None
    problem: str = ""
    kept: str = ""


class RegisterImport(Page):
    """The pages of one import; its list links to them."""

    roles = ("policy_officer",)
    group = "登记"
    of: ClassVar[Importer]
    """The module that does the work."""
    register = ""
    of_list = ""
    file = ""
    about = ""

    def is_visible(self) -> bool:
        """Not in the menu: the list that is filled this way has the link."""
        return False

    @expose("/")
    def index(self) -> Answer:
        """Where to begin."""
        return self._draw(Tried(_region(request.args.get("region"))))

    @expose("/empty.xlsx")
    def empty(self) -> Answer:
        """The spreadsheet to fill."""
        return download(self.of.empty_sheet(_region(request.args.get("region"))), f"{self.file}.xlsx")

    @expose("/registered.xlsx")
    def registered(self) -> Answer:
        """What is registered, in the shape that is imported."""
        region = _region(request.args.get("region"))
        return download(self.of.registered_sheet(viewer(), region), f"{region.name}现有{self.file}.xlsx")

    @expose("/", methods=("POST",))
    def trial(self) -> Answer:
        """Tries what was uploaded and tells what each row does; nothing is kept."""
        region = _region(request.form.get("region"))
        try:
            data = uploaded()
            sheet = self.of.try_sheet(viewer(), region, data)
        except Refused as refusal:
            return self._draw(Tried(region, problem=str(refusal))), 422
        return self._draw(Tried(region, sheet, kept=kept_of(data, sheet))), 422 if sheet.faults else 200

    @expose("/confirm", methods=("POST",))
    def bring_in(self) -> Answer:
        """Reads the confirmed file again and takes all of it, or nothing."""
        data, region = confirmed(), _region(request.form.get("region"))
        done = attempt(lambda: self.of.import_sheet(viewer(), region, data, token()))
        return redirect(url_for(f"{self.register}.index_view" if done else ".index"))

    def _draw(self, shown: Tried) -> str:
        mine = list(Region.select().where(Region.id.in_(regions_of(viewer()) or [0])).order_by(Region.id))
        told = self.of.told_of(shown.sheet) if shown.sheet else ""
        columns = self.of.columns_of(shown.region)
        page: str = self.render(
            "admin/imports_register.html", shown=shown, regions=mine, columns=columns, told=told
        )
        return page


class CarriersImport(RegisterImport):
    """New carriers with their organisations."""

    title, slug, register, of_list, file = "从 Excel 导入载体", "carriers_import", "admin_carriers", "载体", "载体"
    of: ClassVar[Importer] = importing_carriers
    about = "一行一家。没有登记过的运营主体一并登记。已经登记的，要改请用“从 Excel 更新”。"


class TitlesImport(RegisterImport):
    """Updates of carriers that are registered."""

    title, slug, register, of_list, file = "从 Excel 更新载体", "titles_import", "admin_carriers", "载体", "载体更新"
    of: ClassVar[Importer] = importing_titles
    about = "一行一家，只写要改的格子，空着的不变。改资格的要写从哪一天起、条款和原因。新的载体请用“从 Excel 导入”。"


class BalancesImport(RegisterImport):
    """What had been received before this system."""

    title, slug, register, of_list, file = "从 Excel 导入期初已领取", "balances_import", "admin_balances", "期初已领取", "期初已领取"
    of: ClassVar[Importer] = importing_balances
    about = "一行写一家单位的一个称号，单位要先登记。"


class DistrictsImport(RegisterImport):
    """Districts and the authorities that review there."""

    title, slug, register, of_list, file = "从 Excel 导入区县", "districts_import", "admin_districts", "区县", "区县"
    of: ClassVar[Importer] = importing_districts
    about = "一行一个区县，连同归口管理部门和服务机构。代号相同的，名称和部门按表里的改，空着的就清空。"


IMPORTS = (CarriersImport, TitlesImport, BalancesImport, DistrictsImport)


def _region(text: str | None) -> Region:
    """The region named, or the person's only or first one. Raises OutOfScope."""
    mine = regions_of(viewer())
    chosen = whole(text) if text else (mine or [0])[0]
    if chosen not in mine:
        raise OutOfScope
    return Region.get_by_id(chosen)
