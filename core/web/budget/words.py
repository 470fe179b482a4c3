"""How a budget year's things are called on its pages."""

from __future__ import annotations

from core.policy.budget_rows import MET, MISSED, OPEN, UNDECIDED
from core.policy.target_text import AT_LEAST, AT_MOST, BY_DATE, EQUAL, LESS, MISSING, MORE, TEXT

STATES = {
    "fill": "在填，没有提交",
    "returned": "已退回，等补正",
    "going": "正在办",
    "sent": "已提交，待核对",
    "closed": "已办结",
}
"""Where a filing stands."""

SOURCES = {"assessed": "按自评", "monitored": "按运行监控", "declared": "只有申报"}
"""Where the word on targets comes from."""

TARGETS = {
    "assessed": {MET: "达到", MISSED: "没有达到", UNDECIDED: "不能判断", OPEN: "没有填"},
    "monitored": {MET: "已达到", MISSED: "还没有达到", UNDECIDED: "不能判断", OPEN: "还看不出"},
    "declared": {MET: "达到", MISSED: "没有达到", UNDECIDED: "不能判断", OPEN: "还没有完成值"},
}
"""Whether a target is reached, by where the word comes from."""

SIGNS = {
    AT_LEAST: "≥", AT_MOST: "≤", EQUAL: "=", MORE: ">", LESS: "<",
    TEXT: "文字", BY_DATE: "不晚于", MISSING: "空白", None: "没有符号",
}  # fmt: skip
"""The comparator as read."""
