"""Planned against spent at each node as geometry: two bars a node, in half pixels. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from core.policy.numbers import round_half_up
from core.web.budget.board import Node

WIDTH, HEIGHT, TOP = Decimal(640), Decimal(170), Decimal(26)
BAR = Decimal(66)
WHOLE_FROM = 1000


@dataclass(frozen=True)
class Bar:
    """One bar: where it stands and its amount in 万元 as it is written above it."""

    x: Decimal
    y: Decimal
    height: Decimal
    amount: Decimal
    tone: str

    @property
    def middle(self) -> Decimal:
        """Where its number is centred."""
        return self.x + BAR / 2

    @property
    def label(self) -> Decimal:
        """The amount as it fits above the bar on a phone: whole 万元 from 1,000 on; the table has it exactly."""
        return round_half_up(self.amount, 0) if self.amount >= WHOLE_FROM else self.amount


@dataclass(frozen=True)
class Group:
    """A node: planned, and spent where it was reported."""

    month: int
    middle: Decimal
    planned: Bar
    spent: Bar | None
    without: str


def groups(nodes: Sequence[Node]) -> list[Group]:
    """A group for each node; the longest bar is as high as the chart."""
    amounts = [amount for node in nodes for amount in (node.total.planned, node.total.spent) if amount is not None]
    most = max([*amounts, Fraction(1, 100)])
    step = WIDTH / max(len(nodes), 1)
    return [_group(node, step * place + step / 2, most) for place, node in enumerate(nodes)]


def _group(node: Node, middle: Decimal, most: Fraction) -> Group:
    planned = _bar(middle - BAR - 2, node.total.planned, most, "g3")
    spent = None if node.total.spent is None else _bar(middle + 2, node.total.spent, most, "g1")
    return Group(node.month, middle, planned, spent, node.without)


def _bar(x: Decimal, amount: Fraction, most: Fraction, tone: str) -> Bar:
    height = max(round_half_up(amount / most * Fraction(HEIGHT), 1), Decimal(1))
    return Bar(x, TOP + HEIGHT - height, height, round_half_up(amount), tone)
