"""How the register's fixed values are called: kinds of carriers, levels, marks, where a title stands."""

from __future__ import annotations

KINDS = {
    "makerspace": "众创空间",
    "incubator": "孵化器",
    "productivity_centre": "生产力促进中心",
    "service_centre": "服务中心",
    "demonstration_platform": "示范平台",
    "demonstration_base": "示范基地",
    "innovation_base": "小微企业创新创业基地",
    "service_platform": "公共服务平台",
    "district_authority": "区县主管部门",
    "budget_unit": "预算单位",
}
LEVELS = {"city": "市级", "provincial": "省级", "national": "国家级"}
TITLES = {"applicant": "申请中", "held": "有效", "revoked": "已撤销", "exited": "已退出"}
MARKS = {
    "priority_recommendation": "优先推荐",
    "research_dishonesty_record": "科研失信记录",
    "title_revoked": "撤销资格",
}
"""Marks that are entered by hand on their own."""
TITLE_MARKS = {"held": "title_held", "revoked": "title_revoked", "exited": "title_exited"}
"""Where a title has come to stand → the mark that a change by hand leaves."""
MARK_NAMES = {**MARKS, "title_held": "取得或恢复资格", "title_exited": "退出", "removed": "不再纳入", "enrolment": "纳入", "exit": "退出"}


def mark_name(kind: str) -> str:
    """A mark in words; a consequence that only the region's policy knows keeps its key."""
    return MARK_NAMES.get(kind, kind)
