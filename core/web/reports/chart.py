"""The small chart of a procedure's last periods as geometry: one bar a period, in half pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.policy.periods import words_of

WIDTH, HEIGHT, TOP = Decimal(560), Decimal(120), Decimal(24)
QUARTERS = dict(zip("1234", "一二三四", strict=True))


@dataclass(frozen=True)
class Bar:
    """A period: where its bar stands, how high, its number and its words; `now` marks the period shown.

    `year` stands beneath where a year begins, where the words do not name it themselves.
    """

    x: Decimal
    y: Decimal
    width: Decimal
    height: Decimal
    count: int
    words: str
    label: str
    year: str
    now: bool

    @property
    def middle(self) -> Decimal:
        """Where its texts are centred."""
        return self.x + self.width / 2


def bars(course: Sequence[tuple[str, int]], due: int) -> list[Bar]:
    """A bar for each period; as high as the chart when all that were due came."""
    step = WIDTH / max(len(course), 1)
    found: list[Bar] = []
    above = ""
    for place, (period, count) in enumerate(course):
        height = (HEIGHT * count / max(due, count, 1)).quantize(Decimal("0.1"))
        x, width = (step * place + step / 8).quantize(Decimal("0.1")), (step * 3 / 4).quantize(Decimal("0.1"))
        year, label = _labels(period)
        begins, now = "" if year == above else year, place == len(course) - 1
        found.append(Bar(x, TOP + HEIGHT - height, width, height, count, words_of(period), label, begins, now))
        above = year
    return found


def _labels(period: str) -> tuple[str, str]:
    """The year to stand beneath, and the words beneath the bar: short enough for eight side by side on a phone."""
    year, _, rest = words_of(period).partition("年")
    if rest.endswith("季度"):
        rest = QUARTERS[rest[1]] + "季度"
    return (f"{year}年", rest) if rest else ("", f"{year}年")
