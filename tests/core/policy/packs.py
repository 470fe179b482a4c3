"""A small sound pack on disk, for tests that break it in one place."""

from __future__ import annotations

from pathlib import Path

FILES = {
    "region.toml": """
key = "demo"
name = "示例市"
bureau = "示例市主管部门"
clause = "第一条"

[[holidays]]
name = "地方节日"
from = 2023-02-20
to = 2023-02-22
working = false
clause = "放假通知"
""",
    "documents.toml": """
key = "demo"

[[documents]]
number = "示〔2022〕1号"
title = "示例办法"
version = "2022"
in_force_from = 2022-01-01
in_force_to = 2022-12-31
clause = "第九条"

[[documents]]
number = "示〔2023〕1号"
title = "示例办法（修订）"
version = "2023"
in_force_from = 2023-01-01
clause = "第九条"
""",
    "policy/2022/grades.toml": """
key = "demo"

[[lines]]
grade = "qualified"
name = "合格"
at_least = 60
at_most = 100
clause = "第二条"

[[lines]]
grade = "unqualified"
name = "不合格"
at_least = 0
below = 60
clause = "第二条"
""",
    "policy/2023/indicators.toml": """
key = "demo"
form = "figures"
total_weight = 10
clause = "第三条"

[[groups]]
key = "g"
name = "一组"
weight_points = 10
count = 2
clause = "第三条"

[[indicators]]
code = "A"
name = "甲"
group = "g"
weight_points = 6
type = "quantitative"
value = "part / whole * 100"
clause = "第三条"
method = { key = "linear_to_best", clause = "第四条", basis = "reading" }

[[indicators]]
code = "B"
name = "乙"
group = "g"
weight_points = 4
type = "qualitative"
clause = "第三条"
method = { key = "panel", clause = "第四条", basis = "text" }
""",
    "policy/2023/parameters.toml": """
key = "demo"

[[parameters]]
key = "amount"
name = "金额"
type = "money_yuan"
clause = "第五条"
basis = "text"
ask = "请录入金额和出处。"

[[parameters]]
key = "way"
name = "办法"
type = "choice"
value = "mean"
allowed = ["mean", "trimmed_mean"]
clause = "第五条"
basis = "reading"
""",
    "policy/2023/facts.toml": """
key = "demo"

[[facts]]
key = "late"
name = "迟报"
type = "yes_no"
default = false
clause = "第六条"
""",
    "policy/2023/vetoes.toml": """
key = "demo"

[[vetoes]]
key = "late"
name = "迟报"
when = "late"
grade = "unqualified"
clause = "第六条"
""",
    "policy/2023/awards.toml": """
key = "demo"

[[amounts]]
title = "centre"
grade = "excellent"
yuan = "$amount"
clause = "第五条"
""",
    "policy/2023/clocks.toml": """
key = "demo"

[[clocks]]
key = "filing"
name = "备案"
kind = "working_days"
days = 10
clause = "第七条"

[[clocks]]
key = "change"
name = "变更"
kind = "months"
months = 3
clause = "第八条"
""",
    "forms/figures.toml": """
key = "figures"
title = "数字"
version = "1"

[[sections]]
key = "s"
title = "一节"

[[sections.fields]]
key = "part"
label = "部分"
type = "integer"

[[sections.fields]]
key = "whole"
label = "全部"
type = "integer"
""",
}


def write_pack(folder: Path) -> Path:
    """The sound pack."""
    return write_files(folder, FILES)


def write_files(folder: Path, files: dict[str, str]) -> Path:
    """Write the files under the folder."""
    for name, text in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return folder


def broken(folder: Path, file: str, old: str, new: str) -> Path:
    """The pack with one piece of text replaced in one file; the text must be there."""
    assert old in FILES[file], f"{old} is not in {file}"
    return write_files(folder, {**FILES, file: FILES[file].replace(old, new)})
