"""B2 by our forms: the definition compiled once, a posted page read, checked, drawn."""

from __future__ import annotations

from urllib.parse import parse_qsl

import kaoping_place
from b2_work import GOOD, rates
from werkzeug.datastructures import MultiDict
from work import answer

from forms.draw import draw_section, draw_view

FORM = kaoping_place.form()
ANSWERS = {key: str(value) if isinstance(value, float) else value for key, value in GOOD.items()}


def read(body: str) -> int:
    """What saving a page does: read every field, judge it against its own limits."""
    return len(FORM.parse(MultiDict(parse_qsl(body, keep_blank_values=True)), None, {}).errors)


def read_and_check(body: str) -> int:
    """What handing in does besides: conditions, blanks, sums, evidence, by path."""
    parsed = FORM.parse(MultiDict(parse_qsl(body, keep_blank_values=True)), None, {})
    return len(FORM.check(parsed.answers, {}, parsed.raw))


if __name__ == "__main__":
    pages = {"考评：填报页": lambda: str(draw_section(FORM, "all", ANSWERS))}
    assert "众创空间 42" in str(draw_view(FORM, ANSWERS))
    answer(rates({"考评：读入（保存一页）": read, "考评：读入并全面核对（提交）": read_and_check}, pages))
