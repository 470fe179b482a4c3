"""What B2 asks: one valid and one broken POST body, and a clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from work import HIGH, LONGEST, LOW, NUMERIC_FIELDS, TEXT_FIELDS, form_data

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": [*NUMERIC_FIELDS, *TEXT_FIELDS],
    "properties": {
        **{name: {"type": "number", "minimum": LOW, "maximum": HIGH} for name in NUMERIC_FIELDS},
        **{name: {"type": "string", "minLength": 1, "maxLength": LONGEST} for name in TEXT_FIELDS},
    },
}
NAMES = (*NUMERIC_FIELDS, *TEXT_FIELDS)
GOOD = form_data(42)
BODY = urlencode(GOOD)
BROKEN = urlencode(GOOD | {"indicator_03": "many", "remarks": "x" * 201})


def rate(call: Callable[[], object], seconds: float = 0.3) -> float:
    """Calls a second, over at least `seconds`."""
    call()
    done, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds:
        for _ in range(20):
            call()
        done += 20
    return done / spent


def rates(validators: dict[str, Callable[[str], int]], renderers: dict[str, Callable[[], str]]) -> dict[str, Any]:
    """Every validator must take the good body and find both faults of the broken one; every page has all fields."""
    for name, validate in validators.items():
        assert (validate(BODY), validate(BROKEN)) == (0, 2), (name, validate(BODY), validate(BROKEN))
    for name, render in renderers.items():
        page = render()
        assert all(page.count(f'name="{field}"') == 1 for field in NAMES), name
    return {
        "validate": {name: rate(lambda v=validate: v(BODY)) for name, validate in validators.items()},
        "render": {name: rate(render) for name, render in renderers.items()},
    }
