"""Indicator tables as bureaus publish them: merged cells, repeated heads, any order of columns, three sorts of file."""

from __future__ import annotations

from decimal import Decimal

import docx
import openpyxl
import pytest

from core.errors import Refused
from core.policy.imported_indicators import assemble
from core.policy.importing_tables import read_rows

HEAD = ["一级指标", "二级指标", "指标说明", "权重", "评价材料", "指标类型"]
ROWS = [
    ["服务基础 60%", "场地面积（平方米）", "总面积", "40", "合同", "定量"],
    ["服务基础 60%", "服务人员（人）", "人数", "20", "名单", "定量"],
    ["服务绩效 40%", "特色服务", "成效", "40", "报告", "定性"],
]
EXPECTED = [(row[0], row[1], row[3], row[5]) for row in ROWS]


def brief(rows):
    return [(row.group, row.name, row.weight, row.type) for row in rows]


def test_markdown_with_heads_repeated_on_every_page(tmp_path):
    file = tmp_path / "t.md"
    page = "| 一级指标 | 二级指标 | 权重 |\n|---|---|---|\n"
    file.write_text(f"# 题目\n\n{page}| 甲 50% | 一 | 30 |\n| | 二 | 20 |\n\n文字\n\n{page}| | 三 | 50 |\n", encoding="utf-8")
    rows = read_rows(file)
    assert [(r.group, r.name, r.weight, r.after_break) for r in rows] == [
        ("甲 50%", "一", "30", False),
        ("", "二", "20", False),
        ("", "三", "50", True),
    ]
    assert rows[2].where == "第 2 个表第 2 行"


def _word(file, merged):
    document = docx.Document()
    table = document.add_table(rows=0, cols=6)
    for cells in [HEAD, *ROWS]:
        for cell, text in zip(table.add_row().cells, cells, strict=True):
            cell.text = text
    if merged:
        table.cell(2, 0).text = ""
        table.cell(1, 0).merge(table.cell(2, 0))
    document.save(file)


@pytest.mark.parametrize("merged", [True, False])
def test_word_with_group_cells_merged_or_repeated(tmp_path, merged):
    _word(tmp_path / "t.docx", merged)
    assert brief(read_rows(tmp_path / "t.docx")) == EXPECTED


def test_excel_with_a_title_merged_cells_numbers_and_a_sum(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["指标体系表", None, None, None, None, None])
    sheet.merge_cells("A1:F1")
    sheet.append(HEAD)
    for cells in ROWS:
        sheet.append([*cells[:3], float(cells[3]), *cells[4:]])
    sheet["A4"] = None
    sheet.merge_cells("A3:A4")
    sheet.append(["合计", None, None, 100, None, None])
    book.save(tmp_path / "t.xlsx")
    assert brief(read_rows(tmp_path / "t.xlsx")) == EXPECTED


def test_excel_percentages_are_points(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["指标名称", "权重"])
    sheet.append(["甲", 0.125])
    sheet["B2"].number_format = "0.0%"
    book.save(tmp_path / "t.xlsx")
    assert read_rows(tmp_path / "t.xlsx")[0].weight == "12.5%"


def test_three_levels_and_another_order_of_columns(tmp_path):
    file = tmp_path / "t.md"
    file.write_text("|分值（分）|三级指标|二级指标|一级指标|\n|---|---|---|---|\n|5|面积|条件|基础|\n", encoding="utf-8")
    (row,) = read_rows(file)
    assert (row.group, row.subgroup, row.name, row.weight) == ("基础", "条件", "面积", "5")


def test_a_bar_inside_a_cell_does_not_split_it(tmp_path):
    file = tmp_path / "t.md"
    file.write_text("|一级指标|二级指标|权重|\n|---|---|---|\n|甲|一\\|二|5|\n", encoding="utf-8")
    assert read_rows(file)[0].name == "一|二"


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("t.pdf", b"%PDF", "允许：.md、.docx、.xlsx"),
        ("t.xlsx", b"not a workbook", "读不出来"),
        ("t.docx", b"not a document", "读不出来"),
        ("t.md", "没有表格".encode(), "没有指标表"),
        ("t.md", "|甲|乙|\n|---|---|\n|1|2|\n".encode(), "没有指标表"),
        ("t.md", "表".encode("gbk"), "不是 UTF-8"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_one_line(tmp_path, name, content, told):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Refused, match=told) as refusal:
        read_rows(tmp_path / name)
    assert "\n" not in str(refusal.value)


def test_a_level_with_a_weight_of_its_own_a_merged_middle_level_and_columns_nobody_asked_for(tmp_path):
    file = tmp_path / "t.md"
    head = "| 序号 | 一级指标 | 权重 | 二级指标 | 三级指标 | 分值 | 评分标准 | 数据来源 | 责任科室 |\n|--|--|--|--|--|--|--|--|--|\n"
    lines = ["|1|产出|40|数量|场次|25|十场|台账|甲|", "|2|||  |人数|15|百人|台账|乙|", "|3|扣分项|||投诉|－10|每件 2 分|记录|丙|"]
    file.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    rows = read_rows(file)
    assert [(r.group, r.subgroup, r.name, r.weight, r.evidence) for r in rows] == [
        ("产出（40分）", "数量", "场次", "25", "台账"),
        ("", "数量", "人数", "15", "台账"),
        ("扣分项", "", "投诉", "－10", "记录"),
    ]
    scheme = assemble(rows, "t.md", Decimal(40))
    assert [one.weight_points for one in scheme.indicators] == [25, 15, -10]
    assert not [f for f in scheme.findings if "定量" not in str(f)], "the deduction is not part of the total"
    assert scheme.unread == ("责任科室",)
