"""How far a periodic report is, in words."""

from __future__ import annotations

STATES = {
    "missing": "没有报",
    "fill": "在填，没有提交",
    "returned": "退回更正",
    "sent": "已报，待核对",
    "closed": "已报，已存档",
}
