"""Rows of a printed indicator table → a scheme with groups, what does not add up, and a regrouping to confirm."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from core.errors import Refused
from core.policy.importing_tables import PrintedRow
from core.policy.scheme import full_points
from forms.findings import Finding

LOST = "（组名漏印，请补）"
TYPES = {"定量": "quantitative", "定性": "qualitative"}
_MINUS = str.maketrans("－−–—", "----")
_SHARE = re.compile(r"^(?P<name>.*?)[\s（(:：]*(?P<share>\d+(?:\.\d+)?)\s*(?:[%％分][)）]?|[)）])\s*$")
_UNIT = re.compile(r"^(?P<name>.+?)\s*[（(](?P<unit>[^（）()]{1,6})[)）][。.]?$")


@dataclass
class ImportedGroup:
    """A group: ``share`` is what the label declares in points, None when it declares none."""

    name: str
    share: Decimal | None
    rows: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class ImportedIndicator:
    """An indicator read from a row; ``type`` is empty when the table does not say."""

    name: str
    unit: str
    weight_points: Decimal
    type: str
    row: PrintedRow


@dataclass(frozen=True)
class Regrouping:
    """The only contiguous grouping that meets every declared share: names in order, how many rows each."""

    names: tuple[str, ...]
    shares: tuple[Decimal, ...]
    counts: tuple[int, ...]

    def __str__(self) -> str:
        return "/".join(map(str, self.counts))


@dataclass(frozen=True)
class ImportedScheme:
    """The table as printed, what does not add up, and what a person may confirm instead.

    ``unread`` are the heads of columns that were left out.
    """

    groups: list[ImportedGroup]
    indicators: list[ImportedIndicator]
    findings: list[Finding]
    proposal: Regrouping | None
    total: Decimal
    unread: tuple[str, ...] = ()


def assemble(rows: Sequence[PrintedRow], file: str, total: Decimal = Decimal(100)) -> ImportedScheme:
    """Groups as printed: an empty cell goes on with the group above. `total` is what all weights should make."""
    findings: list[Finding] = []
    indicators = [_indicator(row, file, findings) for row in rows]
    groups = _groups(rows, file, findings)
    weights = [indicator.weight_points for indicator in indicators]
    proposal = _regrouping(groups, weights, total) if _sums(groups, weights, total, file, findings) else None
    unread = dict.fromkeys(head for row in rows for head in row.unread)
    return ImportedScheme(groups, indicators, findings, proposal, total, tuple(unread))


def _indicator(row: PrintedRow, file: str, findings: list[Finding]) -> ImportedIndicator:
    unit = _UNIT.match(row.name)
    name = unit["name"] if unit else row.name.rstrip("。")
    kind = TYPES.get(row.type, "")
    if not kind:
        findings.append(Finding(file, row.where, f"“{name}”没有写是定量还是定性", "、".join(TYPES)))
    try:
        weight = Decimal(re.sub(r"[\s分%％]", "", row.weight).translate(_MINUS))
    except InvalidOperation:
        weight = Decimal(0)
    if not weight.is_finite() or weight == 0:
        weight = Decimal(0)
        findings.append(Finding(file, row.where, f"“{name}”的权重“{row.weight}”不是数字", "例如 3；扣分项写负数"))
    return ImportedIndicator(name, unit["unit"] if unit else "", weight, kind, row)


def _groups(rows: Sequence[PrintedRow], file: str, findings: list[Finding]) -> list[ImportedGroup]:
    groups: list[ImportedGroup] = []
    for index, row in enumerate(rows):
        name, share = _label(row.group)
        if not groups and not name:
            name = LOST
            findings.append(Finding(file, row.where, "第一行没有组名", "在一级指标一栏补上"))
        if name and (not groups or groups[-1].name != name):
            if name in [group.name for group in groups]:
                findings.append(Finding(file, row.where, f"“{name}”分成了不相连的几段", "核对原件，同组的放在一起"))
            groups.append(ImportedGroup(name, share))
        elif not name and row.after_break:
            message = f"换页以后没有印组名，暂接在“{groups[-1].name}”后面"
            findings.append(Finding(file, row.where, message, "对照原件确认这一行属于哪一组"))
        groups[-1].rows.append(index)
    return groups


def _label(text: str) -> tuple[str, Decimal | None]:
    plain = re.sub(r"[（(]?续表?[)）]?$", "", text.strip()).strip()
    found = _SHARE.match(plain)
    if found and found["name"].strip():
        return found["name"].strip(), Decimal(found["share"])
    return plain, None


def _sums(
    groups: list[ImportedGroup], weights: list[Decimal], total: Decimal, file: str, findings: list[Finding]
) -> bool:
    """Report every sum that misses what is declared; whether any group does."""
    missed = False
    for group in groups:
        own = sum((weights[row] for row in group.rows), Decimal(0))
        if group.share is not None and own != group.share:
            missed = True
            message = f"印在这一组的 {len(group.rows)} 项合计 {own}，与写明的 {group.share}% 不符"
            findings.append(Finding(file, group.name, message, str(group.share)))
    earned = [group for group in groups if sum((weights[row] for row in group.rows), Decimal(0)) >= 0]
    declared = sum((group.share for group in earned if group.share is not None), Decimal(0))
    if all(group.share is not None for group in earned) and declared != total:
        missed = True
        message = f"各组写明的份额合计 {declared}，不是 {total}；可能在换页处漏印了组名"
        findings.append(Finding(file, "一级指标", message, f"还差 {total - declared}"))
    everything = full_points(weights)
    if everything != total:
        findings.append(Finding(file, "权重", f"全部权重合计 {everything}，不是 {total}", str(total)))
    return missed


def _regrouping(groups: list[ImportedGroup], weights: list[Decimal], total: Decimal) -> Regrouping | None:
    """The contiguous grouping that meets all declared shares, when there is exactly one.

    The labels keep their order; where their shares leave something of the total, one group without a name takes
    it, wherever it fits.
    """
    if any(group.share is None for group in groups) or any(weight <= 0 for weight in weights):
        return None
    if sum(weights, Decimal(0)) != total or len({group.name for group in groups}) != len(groups):
        return None
    labels = [(group.name, group.share or Decimal(0)) for group in groups]
    rest = total - sum((share for _, share in labels), Decimal(0))
    if rest < 0:
        return None
    orders = [labels] if rest == 0 else [[*labels[:at], (LOST, rest), *labels[at:]] for at in range(len(labels) + 1)]
    found = [(order, counts) for order in orders if (counts := _split(weights, [share for _, share in order]))]
    if len(found) != 1:
        return None
    order, counts = found[0]
    return Regrouping(tuple(name for name, _ in order), tuple(share for _, share in order), counts)


def _split(weights: list[Decimal], shares: list[Decimal]) -> tuple[int, ...] | None:
    """How many rows each share takes, from the top; None when a share is not met. Weights are above 0."""
    ends, reached = [0], Decimal(0)
    marks = [sum(shares[: n + 1], Decimal(0)) for n in range(len(shares))]
    for row, weight in enumerate(weights, start=1):
        reached += weight
        if reached in marks:
            ends.append(row)
    return tuple(b - a for a, b in pairwise(ends)) if len(ends) == len(shares) + 1 else None


def confirmed(scheme: ImportedScheme, counts: str, name: str = "") -> ImportedScheme:
    """The scheme grouped as proposed, once a person has confirmed the counts (`6/5/5/2`) and named the lost group.

    Raises Refused when nothing is proposed or something else is confirmed.
    """
    if scheme.proposal is None:
        raise Refused("这张表没有唯一的重新分组可以确认；请对照原件补上组名，再导入一次")
    if counts != str(scheme.proposal):
        raise Refused(f"可以确认的分组是 {scheme.proposal}，不是 {counts}")
    if LOST in scheme.proposal.names and not name.strip():
        raise Refused("有一组的名称漏印了，请用 --group-name 写明，例如 --group-name 社会贡献")
    groups, start = [], 0
    for label, share, count in zip(scheme.proposal.names, scheme.proposal.shares, scheme.proposal.counts, strict=True):
        groups.append(ImportedGroup(name.strip() if label == LOST else label, share, list(range(start, start + count))))
        start += count
    # what was found about single rows stays; what was found about the groups is settled
    rows = {indicator.row.where for indicator in scheme.indicators}
    kept = [f for f in scheme.findings if f.key in rows and "组名" not in f.message]
    return ImportedScheme(groups, scheme.indicators, kept, None, scheme.total, scheme.unread)
