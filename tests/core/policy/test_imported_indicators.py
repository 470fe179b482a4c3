"""From printed rows to a scheme: sums told, labels lost, a regrouping proposed only when it is the only one."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Refused
from core.policy.imported_indicators import LOST, assemble, confirmed
from core.policy.importing_tables import PrintedRow, read_rows
from core.policy.indicator_file import indicator_file
from core.policy.kinds import SHAPES
from core.policy.shape import findings_of

QINHUANGDAO = Path(__file__).parent / "tables" / "qinhuangdao.md"


def rows(*cells, breaks=()):
    """(group, weight) pairs as printed rows."""
    return [
        PrintedRow(f"第 {n} 行", group, f"指标{n}", str(weight), type="定量", after_break=n in breaks)
        for n, (group, weight) in enumerate(cells, start=1)
    ]


def told(scheme):
    return {(finding.key, finding.message) for finding in scheme.findings}


def keys(scheme):
    return {finding.key for finding in scheme.findings}


def test_the_table_of_qinhuangdao_is_reported_and_its_only_regrouping_proposed():
    scheme = assemble(read_rows(QINHUANGDAO), "t.md")
    assert [(g.name, g.share, len(g.rows)) for g in scheme.groups] == [
        ("服务基础", 25, 5),
        ("孵化服务", 30, 6),
        ("服务绩效", 35, 7),
    ]
    sums = {finding.key: finding.message for finding in scheme.findings}
    assert "合计 20，与写明的 25%" in sums["服务基础"]
    assert "合计 35，与写明的 30%" in sums["孵化服务"]
    assert "合计 45，与写明的 35%" in sums["服务绩效"]
    assert "合计 90，不是 100" in sums["一级指标"]
    assert str(scheme.proposal) == "6/5/5/2"
    assert scheme.proposal.names == ("服务基础", "孵化服务", "服务绩效", LOST)


def test_nothing_is_regrouped_until_a_person_confirms():
    scheme = assemble(read_rows(QINHUANGDAO), "t.md")
    printed = indicator_file(scheme, key="k", form="f", clause="附件")
    data = tomllib.loads(printed)
    assert [i["group"] for i in data["indicators"]].count("group_1") == 5
    assert printed.count("# 待确认") == 3  # one row belongs to the group above, two to the lost one
    settled = confirmed(scheme, "6/5/5/2", "社会贡献")
    text = indicator_file(settled, key="k", form="f", clause="附件", confirmed=True)
    data = tomllib.loads(text)
    assert [g["name"] for g in data["groups"]] == ["服务基础", "孵化服务", "服务绩效", "社会贡献"]
    assert [i["group"] for i in data["indicators"]].count("group_4") == 2
    assert {g["basis"] for g in data["groups"]} == {"reading"}
    assert settled.findings == []
    assert "待确认" not in text


@pytest.mark.parametrize(("counts", "name"), [("5/6/5/2", "社会贡献"), ("6/5/5/2", " "), ("6/5/5/2", "")])
def test_only_what_is_proposed_can_be_confirmed_and_the_lost_group_needs_a_name(counts, name):
    with pytest.raises(Refused):
        confirmed(assemble(read_rows(QINHUANGDAO), "t.md"), counts, name)


def test_the_file_has_the_shape_that_packs_need():
    scheme = confirmed(assemble(read_rows(QINHUANGDAO), "t.md"), "6/5/5/2", "社会贡献")
    data = tomllib.loads(indicator_file(scheme, key="k", form="f", clause="附件"), parse_float=Decimal)
    assert list(findings_of(data, SHAPES["indicators"], "f")) == []
    assert sum(i["weight_points"] for i in data["indicators"]) == 100
    assert (data["indicators"][0]["name"], data["indicators"][0]["unit"]) == ("众创空间场地面积", "平方米")


def test_a_table_that_adds_up_has_nothing_to_tell():
    scheme = assemble(rows(("甲 60%", 30), ("", 30), ("乙（40分）", 40)), "t")
    assert (scheme.findings, scheme.proposal) == ([], None)
    assert [(g.name, g.share) for g in scheme.groups] == [("甲", 60), ("乙", 40)]


def test_a_label_repeated_in_every_row_or_after_a_page_is_one_group():
    scheme = assemble(rows(("甲 60%", 30), ("甲 60%", 30), ("甲 60%（续）", 0.5), ("乙 40%", 39.5)), "t")
    assert [len(g.rows) for g in scheme.groups] == [3, 1]


def test_a_label_lost_at_a_page_break_is_told_at_its_row():
    scheme = assemble(rows(("甲", 60), ("", 40), breaks=(2,)), "t")
    assert keys(scheme) == {"第 2 行"}
    assert "换页" in scheme.findings[0].message


def test_a_total_that_is_not_100_is_told_and_nothing_proposed():
    scheme = assemble(rows(("甲 60%", 30), ("", 31), ("乙 40%", 40)), "t")
    assert {"权重", "甲"} <= keys(scheme)
    assert scheme.proposal is None


def test_two_regroupings_that_fit_are_not_a_proposal():
    # the group without a label (20) fits before or after the one that has 20
    scheme = assemble(rows(("甲 60%", 60), ("乙 20%", 20), ("", 20)), "t")
    assert scheme.findings
    assert scheme.proposal is None


def test_what_cannot_be_read_is_told_at_its_row():
    bad = [PrintedRow("第 1 行", "", "甲", "若干", type="其他"), PrintedRow("第 2 行", "A", "乙", "NaN", type="定性")]
    scheme = assemble(bad, "t")
    messages = " ".join(message for _, message in told(scheme))
    for word in ("没有组名", "“若干”不是", "“NaN”不是", "没有写是定量还是定性"):
        assert word in messages
    assert scheme.proposal is None


def test_a_group_in_two_pieces_is_told():
    assert any("不相连" in message for _, message in told(assemble(rows(("甲", 50), ("乙", 20), ("甲", 30)), "t")))


@given(
    st.lists(st.lists(st.integers(1, 20), min_size=1, max_size=5), min_size=1, max_size=5),
    st.lists(st.integers(0, 24), min_size=5, max_size=5),
)
def test_a_proposal_always_meets_every_share_and_keeps_the_order(groups, starts):
    weights = [weight for group in groups for weight in group]
    total = Decimal(sum(weights))
    # the labels are printed anywhere, in order
    places = sorted({0, *[start % len(weights) for start in starts[: len(groups) - 1]]})
    labels = {place: f"组{n} {sum(groups[n])}%" for n, place in enumerate(places)}
    scheme = assemble(rows(*[(labels.get(n, ""), w) for n, w in enumerate(weights)]), "t", total)
    if scheme.proposal is None:
        return
    start = 0
    for share, count in zip(scheme.proposal.shares, scheme.proposal.counts, strict=True):
        assert sum(weights[start : start + count]) == share
        start += count
    assert start == len(weights)
    named = [name for name in scheme.proposal.names if name != LOST]
    assert named == [group.name for group in scheme.groups]
