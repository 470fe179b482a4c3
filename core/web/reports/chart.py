"""The small chart of a procedure's last periods as geometry: one bar a period, in half pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.policy.periods import words_of

WIDTH, HEIGHT, TOP = Decimal(560), Decimal(120), Decimal(24)


@dataclass(frozen=True)
class Bar:
    """A period: where its bar stands, how high, its number and its words; `now` marks the period shown."""

    x: Decimal
    y: Decimal
    width: Decimal
    height: Decimal
    count: int
    words: str
    now: bool

    @property
    def middle(self) -> Decimal:
        """Where its texts are centred."""
        return self.x + self.width / 2


def bars(course: Sequence[tuple[str, int]], due: int) -> list[Bar]:
    """A bar for each period; as high as the chart when all that were due came."""
    step = WIDTH / max(len(course), 1)
    found = []
    for place, (period, count) in enumerate(course):
        height = (HEIGHT * count / max(due, count, 1)).quantize(Decimal("0.1"))
        x, width = (step * place + step / 8).quantize(Decimal("0.1")), (step * 3 / 4).quantize(Decimal("0.1"))
        short = words_of(period).partition("年")[2] or words_of(period)
        found.append(Bar(x, TOP + HEIGHT - height, width, height, count, short, place == len(course) - 1))
    return found
