"""A region's yearly work report: parts and sentences as data, the figures in them counted by who writes it.

A sentence names figures in braces. One that has no value is said to be missing, never left out or made up; a
sentence with a condition stands only where the condition is certainly met.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.errors import Refused
from core.policy.version import PolicyVersion
from forms.formula import compile_formula

PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
"""A place in a sentence where a figure stands."""

FigureValue = Decimal | int | str | None


@dataclass(frozen=True)
class Figure:
    """A figure by its key: in words, with its unit, and what it was counted from. None: the data is missing."""

    key: str
    name: str
    value: FigureValue
    unit: str
    source: str

    @property
    def text(self) -> str:
        """As it stands in a sentence, without its unit."""
        if self.value is None:
            return f"（缺：{self.name}）"
        return self.value if isinstance(self.value, str) else in_words(Decimal(self.value))


@dataclass(frozen=True)
class Sentence:
    """Some sentences of a part; ``when`` is a formula over the figures, empty where they always stand."""

    text: str
    when: str = ""

    @property
    def places(self) -> tuple[str, ...]:
        """The figures it names, in order, each once."""
        return tuple(dict.fromkeys(PLACE.findall(self.text)))


@dataclass(frozen=True)
class ReportPart:
    """A part with its heading, and the clause that asks for such a part."""

    name: str
    clause: str
    basis: str
    paragraphs: tuple[Sentence, ...]


@dataclass(frozen=True)
class WorkReport:
    """The whole report as the region's pack writes it."""

    title: str
    parts: tuple[ReportPart, ...]

    @property
    def places(self) -> frozenset[str]:
        """Every figure that the title, a sentence or a condition names."""
        sentences = [sentence for part in self.parts for sentence in part.paragraphs]
        conditions = [compile_formula(s.when).names for s in sentences if s.when]
        return frozenset(PLACE.findall(self.title)).union(*(s.places for s in sentences), *conditions)


@dataclass(frozen=True)
class Written:
    """The report in words: its title, each part with its paragraphs, and the figures used, in order."""

    title: str
    parts: tuple[tuple[ReportPart, tuple[str, ...]], ...]
    used: tuple[Figure, ...]


def work_report(policy: PolicyVersion) -> WorkReport:
    """The policy's yearly work report. Raises NotCovered where it writes none."""
    data = policy.definition("work_report")
    parts = tuple(
        ReportPart(
            entry["name"],
            entry["clause"],
            entry.get("basis", "text"),
            tuple(Sentence(p["text"], p.get("when", "")) for p in entry["paragraphs"]),
        )
        for entry in data["parts"]
    )
    return WorkReport(data["title"], parts)


def write(report: WorkReport, figures: Mapping[str, Figure]) -> Written:
    """The report with its figures put in. Raises Refused naming the figures that nobody counts."""
    unknown = sorted(report.places - set(figures))
    if unknown:
        raise Refused(f"工作报告里写了没有人统计的数：{'、'.join(unknown)}。", dict.fromkeys(unknown, "没有这个数"))
    used: dict[str, Figure] = {}
    values = {key: figure.value for key, figure in figures.items() if figure.value is not None}

    def fill(text: str) -> str:
        used.update({key: figures[key] for key in PLACE.findall(text)})
        return PLACE.sub(lambda place: figures[place[1]].text, text)

    title = fill(report.title)
    parts = tuple((part, tuple(fill(s.text) for s in _standing(part.paragraphs, values))) for part in report.parts)
    return Written(title, parts, tuple(used.values()))


def _standing(sentences: Sequence[Sentence], values: Mapping[str, object]) -> list[Sentence]:
    return [s for s in sentences if not s.when or compile_formula(s.when).holds(values)]


def in_words(value: Decimal) -> str:
    """A number as a report writes it: no thousands marks, no needless zeros.

    >>> [in_words(Decimal(text)) for text in ("7184", "60.00", "37.50")]
    ['7184', '60', '37.5']
    """
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
