"""Tables as bureaus publish them (.md, .docx, .xlsx) → rows of an indicator table, whatever the order of columns.

Cells merged over several rows come as their text in each of those rows. Every page of a printed table repeats the
head; a row after such a break knows it, because that is where group labels get lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.errors import Refused

Grid = list[list[str]]

# Column → heads that bureaus write over it. 三级指标 wins over 二级指标 as the indicator's own name.
HEADS: dict[str, tuple[str, ...]] = {
    "group": ("一级指标", "指标类别", "评价内容", "指标大类"),
    "subgroup": ("二级指标",),
    "name": ("三级指标", "指标名称", "评价指标", "具体指标"),
    "description": ("指标说明", "指标解释", "指标内涵", "指标含义", "说明", "评价标准", "评分标准", "考核标准"),
    "weight": ("权重", "分值", "分数", "满分", "标准分"),
    "evidence": ("评价材料", "佐证材料", "证明材料", "评分材料", "考核材料", "材料", "数据来源", "资料来源"),
    "type": ("指标类型", "类型", "指标性质"),
}
_PASSED_OVER = ("序号", "编号", "备注")
_SUMS = re.compile(r"^(合计|总计|小计|总分)$")


@dataclass(frozen=True)
class PrintedRow:
    """One indicator as printed. ``group`` is empty where the cell is; ``after_break`` marks the first row of a page.

    ``unread`` are the heads of columns that nothing is made of.
    """

    where: str
    group: str
    name: str
    weight: str
    subgroup: str = ""
    description: str = ""
    evidence: str = ""
    type: str = ""
    after_break: bool = False
    unread: tuple[str, ...] = ()


def read_rows(path: Path) -> list[PrintedRow]:
    """The indicators of every table of the file that has names and weights, in order.

    Raises Refused for a file of another sort, one that cannot be read, or one without such a table.
    """
    if path.suffix.lower() not in _READERS:
        raise Refused(f"不认识 {path.name} 这种文件；允许：{'、'.join(_READERS)}")
    try:
        grids = _READERS[path.suffix.lower()](path)
    except Refused:
        raise
    except UnicodeDecodeError as fault:
        raise Refused(f"{path.name} 不是 UTF-8 编码；允许：另存为 UTF-8 再导入") from fault
    except Exception as fault:  # each library has its own ways to fail over a damaged file
        kind = path.suffix.lower()
        raise Refused(f"{path.name} 读不出来，可能已损坏，或不是真正的 {kind} 文件；允许：用办公软件另存一次再导入") from fault
    rows = [row for number, grid in enumerate(grids, start=1) for row in _rows(grid, number, bool(number > 1))]
    if not rows:
        heads = "、".join(HEADS["name"] + HEADS["subgroup"])
        raise Refused(f"{path.name} 里没有指标表；表头要有指标名称（{heads}）和权重（{'、'.join(HEADS['weight'])}）")
    return rows


def _rows(grid: Grid, number: int, broken: bool) -> list[PrintedRow]:
    columns: dict[str, int] = {}
    unread: tuple[str, ...] = ()
    rows: list[PrintedRow] = []
    after_break = broken
    for line, cells in enumerate(grid, start=1):
        found = _head(cells)
        if found:
            after_break, columns = broken or bool(rows), found
            plain = [_plain(cell) for cell in cells]
            unread = tuple(h for at, h in enumerate(plain) if h and at not in found.values() and h not in _PASSED_OVER)
            continue
        if not columns:
            continue
        given = {name: cells[at].strip() for name, at in columns.items() if at < len(cells)}
        if not given.get("name") or any(_SUMS.match(given.get(slot, "").replace(" ", "")) for slot in ("name", "group")):
            continue
        given.setdefault("group", "")
        given.setdefault("weight", "")
        share = given.pop("share", "").rstrip("分%％")
        if share and given["group"]:
            given["group"] += f"（{share}分）"
        if "subgroup" in given and not given["subgroup"] and rows and not given["group"] and not after_break:
            given["subgroup"] = rows[-1].subgroup  # a merged cell is printed once
        where = f"第 {number} 个表第 {line} 行"
        rows.append(PrintedRow(where=where, after_break=after_break, unread=unread, **given))
        after_break = False
    return rows


def _head(cells: list[str]) -> dict[str, int]:
    """Which column is which; empty when the row is no head."""
    plain = [_plain(cell) for cell in cells]
    found = {slot: plain.index(head) for slot, heads in HEADS.items() for head in reversed(heads) if head in plain}
    if "name" not in found and "subgroup" in found:
        found["name"] = found.pop("subgroup")
    if not {"name", "weight"} <= set(found):
        return {}
    weights = [at for at, head in enumerate(plain) if head in HEADS["weight"]]
    if len(weights) > 1:  # the levels above have weights of their own; the first of them is the group's
        own = next((at for at in weights if at > found["name"]), weights[-1])
        found |= {"weight": own, "share": next(at for at in weights if at != own)}
    return found


def _plain(head: str) -> str:
    """A head without blanks and without what stands in brackets."""
    return re.sub(r"[（(].*$", "", re.sub(r"\s+", "", head))


def _markdown(path: Path) -> list[Grid]:
    grids: list[Grid] = []
    inside = False
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        text = line.strip()
        if not text.startswith("|"):
            inside = False
            continue
        if not inside:
            grids.append([])
        inside = True
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", text.strip("|"))]
        if not all(re.fullmatch(r":?-+:?", cell) for cell in cells):
            grids[-1].append([re.sub(r"<br\s*/?>", " ", cell) for cell in cells])
    return grids


def _word(path: Path) -> list[Grid]:
    import docx  # slow to import, and few commands read such a file

    return [[[_one_line(c.text) for c in row.cells] for row in table.rows] for table in docx.Document(str(path)).tables]


def _excel(path: Path) -> list[Grid]:
    from openpyxl import load_workbook

    book = load_workbook(path, data_only=True)
    grids = []
    for sheet in book.worksheets:
        merged = {
            (row, column): sheet.cell(area.min_row, area.min_col)
            for area in sheet.merged_cells.ranges
            for row in range(area.min_row, area.max_row + 1)
            for column in range(area.min_col, area.max_col + 1)
        }
        grids.append(
            [[_shown(merged.get((cell.row, cell.column), cell)) for cell in row] for row in sheet.iter_rows()]
        )
    return grids


def _shown(cell: Any) -> str:
    """A cell as people see it: 0.25 in a percent format is 25%, 3.0 is 3."""
    value = cell.value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        number = Decimal(str(value))
        percent = "%" in str(cell.number_format)
        plain = format((number * 100 if percent else number).normalize(), "f")
        return f"{plain}%" if percent else plain
    return "" if value is None else _one_line(str(value))


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


_READERS: dict[str, Callable[[Path], list[Grid]]] = {".md": _markdown, ".docx": _word, ".xlsx": _excel}
