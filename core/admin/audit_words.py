"""How kinds of events and the values in them are called on the auditor's pages."""

from __future__ import annotations

ADMIN_KINDS = {
    "account_created": "新增账号", "account_renamed": "改姓名", "account_enabled": "启用账号",
    "account_disabled": "停用账号", "account_unlocked": "解除登录锁定", "account_password_reset": "重设密码",
    "password_reset": "用命令重设密码", "account_signed_out": "退出所有登录", "grant_given": "授予角色",
    "grant_revoked": "收回角色", "calendar_day_entered": "录入放假或调休", "calendar_day_removed": "删去放假或调休",
    "calendar_year_entered": "录入一年日历", "region_created": "新建地区", "region_enabled": "启用地区",
    "region_disabled": "停用地区", "organisation_registered": "登记运营主体", "organisation_changed": "改运营主体",
    "district_registered": "登记区县", "district_changed": "改区县", "carrier_registered": "登记载体",
    "carrier_changed": "改载体", "carrier_marked": "登记载体标记", "parameter_entered": "录入参数",
    "definition_drafted": "另存草稿", "definition_draft_saved": "保存草稿", "definition_published": "发布规定",
    "definition_withdrawn": "撤回草稿", "round_created": "新建批次", "round_opened": "开启批次",
    "plan_saved": "保存年度方案", "participants_set": "定参评名单", "panel_formed": "组成专家组",
    "pledge_signed": "签署承诺", "notice_published": "发布公示", "notice_closed": "结束公示",
    "results_published": "公布结果", "definition_step": "撤销或重做草稿的一步", "four_eyes_set": "设定双人发布",
    "region_brought_in": "导入地区文件夹", "replay_started": "试算",
    "accounts_imported": "导入账号", "grants_imported": "导入授权", "titles_imported": "导入资格更新",
    "tasks_handed_over": "交接待办", "round_closed": "结束批次", "procedure_copied": "复制事项到另一地区",
    "audit_verified": "核对审计链", "audit_exported": "导出审计", "archive_taken": "下载归档", "document_taken": "下载文件",
    "jobs_tried_again": "重试任务", "carriers_imported": "导入载体",
    "districts_imported": "导入区县", "balances_imported": "导入期初已领取",
    "opening_balance_entered": "登记期初已领取", "opening_balance_changed": "改期初已领取",
}  # fmt: skip
CASE_KINDS = {
    "opened": "发起", "submitted": "提交", "forwarded": "审核通过", "returned": "退回", "withdrawn": "撤回",
    "scored": "评分完成", "redetermined": "重新认定", "published": "公示", "closed": "办结",
    "marked_absent": "记为未参加", "urged": "催办", "experts_urged": "催办专家", "corrected": "更正填报", "checked": "登记核查",
    "determined": "认定结果", "panel_opinion": "登记专家组意见", "sheet_signed": "签署评分表",
    "sheet_reopened": "退回评分表", "recused": "回避", "no_conflict_declared": "声明没有利害关系",
    "objected": "收到异议", "objection_ruled": "处理异议", "award_raised": "列入奖补", "award_amount_set": "奖补金额已定",
    "award_release": "发放奖补", "award_reversal": "收缴奖补", "site_visited": "登记实地考察", "reassigned": "转办",
    "settled": "决定生效", "closed_unfinished": "随批次结束，没有办结", "file_attached": "上传佐证", "file_removed": "移去佐证",
}  # fmt: skip
DATA_NAMES = {
    "title": "称号", "fen": "金额（分）", "before": "原来的金额（分）",
    "account": "账号", "accounts": "账号", "grant": "授权", "role": "角色", "region": "地区", "district": "区县", "carrier": "载体",
    "organisation": "运营主体", "reason": "原因", "source": "出处", "year": "年份", "days": "日子", "day": "日期",
    "working": "上班", "key": "代号", "name": "名称", "authority": "归口管理部门", "credit_code": "信用代码",
    "kind": "类别", "level": "级别", "recognised_on": "认定日期", "mark": "标记", "clause": "条款", "value": "取值",
    "definition": "规定", "from": "来自", "version": "版本", "digest": "内容摘要", "in_force_from": "生效日期",
    "round": "批次", "procedure": "事项", "plan": "方案", "included": "名单", "pinned": "锁定的版本", "cases": "办件",
    "notice": "公示", "final": "生效", "districts": "区县数", "by": "办理方式", "rows": "行数", "fault": "第一处不符",
    "facts": "登记项目", "enrolled_on": "纳入日期", "effective_on": "从哪天起", "centre": "服务机构", "case": "办件",
    "experts": "专家", "members": "成员", "member": "成员", "scheme": "指标体系", "chains": "链数", "step": "第几步",
    "given": "授予", "to": "交给", "unfinished": "没有办结的", "run": "试算", "drafts": "草稿", "definitions": "规定",
}  # fmt: skip
