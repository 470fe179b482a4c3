"""The city's pages of the yearly work report: to read, with every figure's source, and to download as Word."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, render_template
from werkzeug.wrappers import Response as AnyResponse

from core import clock
from core.errors import OutOfScope
from core.policy.work_report import Written, work_report, write
from core.web.access import open_to
from core.web.supervision.year import ROLE, Year, asked
from core.web.yearly_report.counting import figures_of
from core.web.yearly_report.word import document

pages = Blueprint("yearly_report", __name__, url_prefix="/city/work-report")

Page = str | AnyResponse
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pages.get("/")
@open_to(ROLE)
def index() -> Page:
    """The report of a year as it reads today, and what each figure was counted from."""
    of = asked()
    return render_template("yearly_report/index.html", of=of, written=_written(of))


@pages.get("/report.docx")
@open_to(ROLE)
def word() -> Page:
    """The same report to go on writing in Word."""
    of = asked()
    written = _written(of)
    if written is None:
        raise OutOfScope
    answer = Response(document(written, of.region.bureau or of.region.name, clock.today()), mimetype=WORD)
    name = quote(f"{written.title}.docx")
    answer.headers["Content-Disposition"] = f"attachment; filename=\"report.docx\"; filename*=UTF-8''{name}"
    return answer


def _written(of: Year) -> Written | None:
    """The report in words; None where the policy of that year writes none. Raises Refused for an unknown figure."""
    if of.policy is None or not of.policy.has("work_report"):
        return None
    return write(work_report(of.policy), figures_of(of))
