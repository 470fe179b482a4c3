"""The facts of a carrier that every region has: key → name. core.cases.carrier_facts works them out."""

from __future__ import annotations

from collections.abc import Mapping

CARRIER_FACTS: Mapping[str, str] = {
    "kind": "类型",
    "level": "级别",
    "recognised_on": "认定日",
    "enrolled_on": "纳入日",
    "title_status": "资格状态",
    "district_has_centre": "所在区有服务机构",
    "last_evaluated_on": "上次评价日",
    "last_assessed_on": "上次考核日",
    "last_grade": "上次评价结果",
    "corrective_action_done": "整改已合格",
    "integrity_breach": "有科研失信记录",
}
