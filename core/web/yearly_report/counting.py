"""The figures of a year, counted from what the system keeps. What it does not keep is missing, never estimated."""

from __future__ import annotations

from collections.abc import Iterator

from core.cases.register_words import KINDS
from core.models import Carrier
from core.policy.work_report import Figure
from core.web.supervision.year import Year
from core.web.words import cn_date
from core.web.yearly_report.from_cases import case_figures
from core.web.yearly_report.from_meetings import meeting_figures, problem_figures
from core.web.yearly_report.from_reports import report_figures


def figures_of(of: Year) -> dict[str, Figure]:
    """Every figure that a work report of this region may name, by key."""
    found = [*_frame(of), *report_figures(of), *case_figures(of), *meeting_figures(of), *problem_figures(of)]
    return {figure.key: figure for figure in found}


def _frame(of: Year) -> Iterator[Figure]:
    yield Figure("region", "地区", of.region.name, "", "登记的地区名称")
    yield Figure("bureau", "主管部门", of.region.bureau or of.region.name, "", "登记的主管部门名称")
    yield Figure("year", "年度", str(of.year), "", "选定的年度")
    yield Figure("until", "截止日", cn_date(of.until), "", "选定年度的最后一天，当年没有过完的取今天")
    rows = list(Carrier.select().where((Carrier.region == of.region) & (Carrier.title_status == "held")))
    held = [row for row in rows if row.recognised_on is None or row.recognised_on <= of.until]
    source = f"载体登记册，资格有效、{cn_date(of.until)}以前认定的"
    yield Figure("carriers", "市级载体", len(held), "家", source)
    for kind in {*_kinds(of), *(row.kind for row in held)}:
        number = sum(row.kind == kind for row in held)
        yield Figure(f"carriers_{kind}", KINDS.get(kind, kind), number, "家", f"{source}，类型为{KINDS.get(kind, kind)}")


def _kinds(of: Year) -> set[str]:
    """The kinds of carrier that any procedure of the policy is for."""
    if of.policy is None or not of.policy.has("procedures"):
        return set()
    return {kind for p in of.policy.definition("procedures")["procedures"] for kind in p.get("carrier_kinds", ())}
