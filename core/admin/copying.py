"""Copying a procedure to another region, for who is policy officer of both: look first, then take."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask_admin import expose

from core.admin.base import Answer, Page, attempt, token, whole
from core.admin.parameters import my_regions
from core.cases import copying_procedures as verbs
from core.cases.authoring_checks import KINDS
from core.errors import OutOfScope, Refused
from core.models import Region
from core.web.access import viewer


class CopyProcedure(Page):
    """Choose, look at what becomes drafts and what is wrong with it, copy."""

    roles = ("policy_officer",)
    title, group, slug = "复制事项到另一地区", "规定", "copy_procedure"

    @expose("/")
    def index(self) -> Answer:
        """The choice, and the copy as it would be made once all is chosen."""
        return self._draw()

    def _draw(self, problem: str = "") -> str:
        regions, asked = my_regions(), request.values
        source = _among(regions, asked.get("source")) or regions[0]
        target, planned = _among(regions, asked.get("target")), None
        if target is not None and asked.get("procedure") and not problem:
            try:
                planned = verbs.plan_copy(viewer(), source.id, asked["procedure"], target.id)
            except Refused as refusal:
                problem = str(refusal)
        page: str = self.render(
            "admin/copy_procedure.html",
            regions=regions,
            source=source,
            target=target,
            chosen=asked.get("procedure", ""),
            procedures=verbs.procedures_of(source),
            planned=planned,
            problem=problem,
            kinds=KINDS,
        )
        return page

    @expose("/copy", methods=("POST",))
    def copy(self) -> Answer:
        """Makes the drafts."""
        form = request.form
        source, target = whole(form.get("source")), whole(form.get("target"))
        procedure, seen = form.get("procedure", ""), form.get("seen", "")
        if attempt(lambda: verbs.copy_procedure(viewer(), source, procedure, target, seen, token())):
            return redirect(url_for("admin_definitions.index", region=Region.get_by_id(target).key))
        return redirect(url_for(".index", source=source, target=target, procedure=procedure))


def _among(regions: list[Region], text: str | None) -> Region | None:
    """The region named, None for none. Raises OutOfScope for one of somebody else."""
    if not text:
        return None
    found = next((one for one in regions if one.id == whole(text)), None)
    if found is None:
        raise OutOfScope
    return found
