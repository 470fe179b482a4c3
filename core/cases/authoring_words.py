"""The words for what is inside a definition: labels of the plain forms, and names of keys for comparing versions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import overload

from core.policy.builtins import METHODS
from core.roles import ROLES
from core.workflow import stage_kinds
from forms.fields import FIELD_TYPES

Choices = Sequence[tuple[str, str]]


class Known(Sequence[tuple[str, str]]):
    """Choices that grow with what plugins bring: read anew each time they are looked at."""

    def __init__(self, read: Callable[[], Iterable[tuple[str, str]]]) -> None:
        self._read = read

    @overload
    def __getitem__(self, index: int) -> tuple[str, str]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[tuple[str, str]]: ...
    def __getitem__(self, index: int | slice) -> tuple[str, str] | Sequence[tuple[str, str]]:
        return tuple(self._read())[index]

    def __len__(self) -> int:
        return len(tuple(self._read()))


@dataclass(frozen=True)
class Slot:
    """One value of an item. `path` is dotted within the item; `type` says how the typed text is read.

    Types: text, long, whole, count (whole, or a parameter), number, yes_no, choice (yes_no, a word or a parameter),
    texts (a line each), openers, needs, pairs, bands, scalar. `source` names choices that depend on the definition or
    its region: stages, actions, forms, workflows, groups, parameters, dates, clocks, wholes, options.
    """

    path: str
    label: str
    type: str = "text"
    choices: Choices = ()
    source: str = ""
    hint: str = ""
    required: bool = False


Groups = tuple[tuple[str, tuple[Slot, ...]], ...]
"""Properties under the headings that they are shown with."""

BASES: Choices = (("text", "条文原有"), ("reading", "对条文的解读"), ("practice", "工作惯例"))
STAGE_KINDS: Choices = Known(lambda: ((kind.key, kind.name) for kind in stage_kinds.STAGE_KINDS.values()))
SCOPES: Choices = (("carrier", "本单位"), ("district", "本区县"), ("region", "全地区"), ("panel", "本批次专家组"))
EFFECTS: Choices = (
    ("submit", "提交"), ("forward", "审核通过"), ("return", "退回"), ("withdraw", "撤回"),
    ("determine", "结束评分"), ("redetermine", "重新认定或复审"), ("publish", "发布公示"), ("close", "办结"),
    ("absent", "记为未参加"),
)  # fmt: skip
NEEDS: Choices = (("opinion", "审核意见"), ("reasons", "逐处补正原因"), ("said", "理由"), ("site_visit", "实地考察"))
CLOCK_KINDS: Choices = (
    ("plan", "按年度方案的日期"), ("working_days", "工作日"), ("calendar_days", "日历日"), ("calendar_months", "月"),
)  # fmt: skip
WHEN_OVER: Choices = (("remind", "提醒"), ("escalate", "提醒上一级"), ("act", "自动办理"))
ROLE_NAMES: Choices = tuple((key, role.name) for key, role in ROLES.items())
GRADES: Choices = (("excellent", "优秀"), ("good", "良好"), ("qualified", "合格"), ("unqualified", "不合格"))
FIELD_NAMES = {
    "text": "文字", "long_text": "长文字", "integer": "整数", "decimal": "小数", "money": "金额", "percent": "百分比",
    "date": "日期", "month": "年月", "yes_no": "是或否", "choice": "单选", "choices": "多选",
    "credit_code": "统一社会信用代码", "phone": "电话", "id_number": "身份证号", "email": "电子邮箱",
    "files": "佐证文件", "table": "表格", "calculated": "自动计算",
}  # fmt: skip
FIELD_KINDS: Choices = Known(lambda: _field_kinds(FIELD_TYPES))
COLUMN_KINDS: Choices = Known(lambda: _field_kinds(key for key, kind in FIELD_TYPES.items() if kind.in_tables))
METHOD_NAMES: Choices = Known(lambda: ((key, method.name) for key, method in METHODS.items()))


def _field_kinds(keys: Iterable[str]) -> Iterable[tuple[str, str]]:
    return ((key, FIELD_NAMES.get(key) or FIELD_TYPES[key].label) for key in keys)


PARAMETER_TYPES: Choices = (
    ("whole", "整数"), ("decimal", "小数"), ("money_yuan", "整元金额"), ("yes_no", "是或否"), ("choice", "选择"),
    ("date", "日期"),
)  # fmt: skip

CLAUSE = Slot("clause", "依据的条款", hint="写文件中的条号，例如 第十二条")
BASIS = Slot("basis", "依据是哪一种", choices=BASES)

STAGE = (
    Slot("name", "环节名称", required=True),
    Slot("kind", "环节类别", choices=STAGE_KINDS, required=True),
    Slot("role", "由谁办理", choices=ROLE_NAMES),
    Slot("scope", "办理范围", choices=SCOPES),
    Slot("form", "表单", source="forms"),
    Slot("opinion_form", "意见表", source="forms"),
    Slot("site_visit_form", "实地考察表", source="forms"),
    Slot("minimum_experts", "最少专家人数", "whole"),
    Slot("clock.kind", "期限怎样算", choices=CLOCK_KINDS, hint="没有期限的留空"),
    Slot("clock.field", "年度方案中的日期", source="dates", hint="按年度方案的日期时选"),
    Slot("clock.days", "天数或月数", "whole"),
    Slot("clock.parameter", "天数取哪个参数", source="parameters", hint="选了参数，以参数为准"),
    Slot("clock.when_over", "到期以后", choices=WHEN_OVER),
    Slot("clock.action", "自动办理的动作", source="actions", hint="到期以后选自动办理时填"),
    Slot("clock.clause", "期限依据的条款"),
    Slot("clock.basis", "期限依据是哪一种", choices=BASES),
    CLAUSE,
    BASIS,
    Slot("note", "说明", "long"),
)
ACTION = (
    Slot("name", "按钮上的话", required=True, hint="说清会发生什么，例如 同意，送市级复审"),
    Slot("to", "到哪个环节", source="stages", required=True),
    Slot("effect", "记作什么", choices=EFFECTS, required=True),
    Slot("needs", "办理时必须有", "needs", choices=NEEDS),
    Slot("role", "改由谁办理", choices=ROLE_NAMES, hint="不写就是环节的办理人"),
    Slot("condition", "条件", hint="用表单字段写的公式，没有条件的留空"),
    CLAUSE,
    BASIS,
)
YES_NO: Choices = (("true", "是"), ("false", "否"))
FORM_HEAD = (
    Slot("title", "表单名称", required=True),
    Slot("version", "版本", required=True, hint="办法的年份"),
    Slot("note", "开头的说明", "long"),
    CLAUSE,
    BASIS,
)
SECTION = (
    Slot("title", "这一部分的标题", required=True),
    Slot("key", "代号", required=True, hint="字母或汉字开头"),
    Slot("note", "说明", "long"),
    Slot("show_when", "什么时候出现", hint="公式；总是出现的留空"),
    Slot("step", "哪一步填", hint="分几步填的表单写，同一步的部分写同一个名字"),
    CLAUSE,
    BASIS,
)
COLUMN = (
    Slot("label", "列名", required=True),
    Slot("key", "代号", required=True, hint="公式里用的名字，字母或汉字开头"),
    Slot("type", "类型", choices=COLUMN_KINDS, required=True),
    Slot("unit", "单位"),
    Slot("required", "必填", "yes_no", choices=YES_NO),
    Slot("hint", "提示"),
    Slot("min", "最小"),
    Slot("max", "最大"),
    Slot("places", "小数位数", "whole"),
    Slot("choices", "可选的项", "pairs", hint="每行一项，例如 创业讲座；公式里要用短名字的，前面写代号和空格，例如 jz 创业讲座"),
    Slot("total", "列下合计", "yes_no", choices=YES_NO),
    Slot("purpose", "收集个人信息的用途", hint="个人信息要写明用途"),
)
CHECK = (
    Slot("message", "不对时怎样说", "long", required=True),
    Slot("key", "代号", required=True, hint="字母或汉字开头"),
    Slot("formula", "应当成立的公式", required=True, hint="确定不成立时，不能提交"),
    Slot("fields", "提示放在哪些字段旁", "needs", source="fields"),
    CLAUSE,
    BASIS,
)
PART = (
    Slot("whole", "总数", source="numbers", required=True),
    Slot("parts", "其中的各项", "needs", source="numbers", required=True, hint="每一项都不能大于总数"),
    Slot("sum", "各项合计也不能大于总数", "yes_no", choices=YES_NO),
    Slot("message", "不对时怎样说", hint="不写就用通用的话"),
    CLAUSE,
    BASIS,
)
FIELD = (
    Slot("label", "问题", required=True),
    Slot("key", "代号", required=True, hint="公式里用的名字，字母或汉字开头；改了，这份表单的公式跟着改"),
    Slot("type", "类型", choices=FIELD_KINDS, required=True),
    Slot("choices", "可选的项", "pairs", hint="每行一项，例如 创业讲座；公式里要用短名字的，前面写代号和空格，例如 jz 创业讲座"),
    Slot("formula", "计算公式", hint="自动计算时填"),
    Slot("unit", "单位", hint="数字类用，例如 平方米"),
    Slot("required", "必填", "yes_no", choices=YES_NO),
    Slot("hint", "提示", "long"),
    Slot("min", "最小", hint="数字的下限、文字的最少字数或最早日期"),
    Slot("max", "最大", hint="数字的上限、文字的最多字数或最晚日期"),
    Slot("places", "小数位数", "whole"),
    Slot("proves", "佐证哪些字段", "needs", source="figures", hint="佐证文件时填"),
    Slot("accept", "收哪些文件", "texts", hint="扩展名，例如 pdf、jpg；不写就收常见的几种"),
    Slot("max_mb", "每份最大（MB）", "whole"),
    Slot("min_files", "最少几份", "whole"),
    Slot("max_files", "最多几份", "whole"),
    Slot("min_rows", "最少几行", "whole"),
    Slot("max_rows", "最多几行", "whole"),
    Slot("show_when", "什么时候出现", hint="公式；总是出现的留空"),
    Slot("require_when", "什么时候必填", hint="公式；不分情形的留空"),
    Slot("prefill", "从哪里带入", source="prefill", hint="不选就带入上次填的同一问题"),
    Slot("indicator", "对应的指标", source="indicators", hint="指标的编号"),
    Slot("purpose", "收集个人信息的用途", hint="个人信息要写明用途"),
    CLAUSE,
    BASIS,
)
GROUP = (
    Slot("name", "名称", required=True),
    Slot("weight_points", "这一组的分值", "number"),
    Slot("count", "应有几项指标", "whole"),
    CLAUSE,
    BASIS,
)
INDICATOR = (
    Slot("name", "指标名称", required=True),
    Slot("code", "编号", required=True),
    Slot("group", "属于哪一组", source="groups", required=True),
    Slot("weight_points", "权重（分）", "number"),
    Slot("type", "类别", choices=(("quantitative", "定量"), ("qualitative", "定性")), required=True),
    Slot("value", "数值公式", hint="定量指标写，用表单字段，例如 服务人员数 / 入驻总数 * 100"),
    Slot("unit", "单位"),
    Slot("method.key", "评分方法", choices=METHOD_NAMES),
    Slot("method.target", "目标值", "number", hint="与目标值成比例时填"),
    Slot("method.floor", "底数", "number", hint="达到底数后逐级加分时填这四项"),
    Slot("method.floor_points", "达到底数的得分", "number"),
    Slot("method.step", "每级的数量", "number"),
    Slot("method.step_points", "每级加分", "number"),
    Slot("method.bands", "分段", "bands", hint="分段给分时填，每行两个数：达到多少、得几分"),
    Slot("method.clause", "评分方法依据的条款"),
    Slot("method.basis", "评分方法依据是哪一种", choices=BASES),
    Slot("description", "说明", "long"),
    Slot("evidence", "佐证要求", "long"),
    CLAUSE,
    BASIS,
)
LINE = (
    Slot("name", "名称", required=True),
    Slot("grade", "档次", choices=GRADES, required=True),
    Slot("at_least", "不低于（分）", "number"),
    Slot("below", "低于（分）", "number", hint="最高档不写这一项"),
    Slot("at_most", "不高于（分）", "number", hint="只有最高档写，等于满分"),
    CLAUSE,
    BASIS,
)
PARAMETER = (
    Slot("name", "名称", required=True),
    Slot("key", "代号", required=True, hint="别的规定用这个名字引用它"),
    Slot("type", "类型", choices=PARAMETER_TYPES, required=True),
    Slot("value", "取值", "scalar", hint="文件没有写、也不能替它编的，留空并写明向管理员问什么"),
    Slot("unit", "单位"),
    Slot("allowed", "可选的值", "texts", hint="选择型参数每行一个"),
    Slot("at_least", "不小于", "whole", hint="文件写了下限的，例如公示不少于 5 个工作日"),
    Slot("at_most", "不大于", "whole"),
    Slot("ask", "没有取值时怎样问", "long"),
    Slot("note", "说明", "long"),
    CLAUSE,
    BASIS,
)

EVERY: Choices = (
    ("year", "一年一次的批次"), ("annual", "一年报一次"), ("quarter", "一季报一次"), ("month", "一月报一次"),
    ("week", "一周报一次"), ("on_demand", "随时发起"),
)  # fmt: skip
DECIDES: Choices = (("enrolment", "纳入"), ("exit", "退出"), ("corrective_action", "整改"))
PLAN_TYPES: Choices = (
    ("date", "日期"), ("text", "文字"), ("number", "数字"), ("experts", "专家"), ("scheme", "指标体系的版本"),
)  # fmt: skip

PROCEDURE = (
    Slot("name", "事项名称", required=True),
    Slot("key", "代号", required=True, hint="批次和办件用它记事项，办过以后不要改"),
    Slot("every", "多久办一次", choices=EVERY),
    Slot("batches", "一年可以分几批", "yes_no", choices=YES_NO),
    Slot("form", "表单", source="forms"),
    Slot("workflow", "流程", source="workflows"),
    Slot("carrier_kinds", "哪几类载体办", "needs", source="carrier_kinds", hint="一类也不选，就是各类都办"),
    Slot("opened_by", "由谁发起", "openers", source="openers", hint="不选就由载体经办人发起；批次由市级开启"),
    Slot("standing", "资格要是", "needs", source="standings", hint="不选就要有资格"),
    Slot("clock", "期限", source="clocks"),
    Slot("since", "期限从表单的哪个日期算起", source="form_dates", hint="先选表单并保存，这里列出它的日期"),
    Slot("kept_at", "到哪个环节算报到", source="procedure_stages", hint="不选就是提交时"),
    Slot("checked_by", "提交时的核对", "needs", source="checks"),
    Slot("decides", "办结时决定什么", choices=DECIDES),
    Slot("opened_by_consequence", "由哪个后果自动发起", source="consequences"),
    Slot("guide", "办事指南", "long"),
    Slot("note", "说明", "long"),
    CLAUSE,
    BASIS,
)

PLAN_ITEM = (
    Slot("name", "方案里的一项", required=True),
    Slot("key", "代号", required=True, hint="流程的期限用它引用日期"),
    Slot("type", "类型", choices=PLAN_TYPES, required=True),
    Slot("required", "必须定下", "yes_no", choices=YES_NO),
    Slot("help", "填写提示", "long"),
    Slot("note", "说明", "long"),
    CLAUSE,
    BASIS,
)

KEY_NAMES = {
    "stages": "环节", "actions": "动作", "clock": "期限", "sections": "部分", "fields": "字段", "columns": "列",
    "choices": "可选项", "checks": "校验", "parts": "其中项", "indicators": "指标", "groups": "一级指标",
    "method": "评分方法", "bands": "分段", "lines": "档次线", "rounding": "舍入", "parameters": "参数",
    "procedures": "事项", "items": "方案事项", "amounts": "金额", "withheld": "不予发放", "vetoes": "否决",
    "ceilings": "封顶", "consequences": "后果", "facts": "事实", "conditions": "条件", "modes": "方式",
    "pledge": "承诺", "objection": "异议", "changed_result": "结果更改", "clocks": "期限", "documents": "文件",
    "districts": "区县", "holidays": "放假安排", "key": "代号", "title": "标题", "name": "名称", "note": "说明",
    "start": "从哪个环节开始", "procedure": "事项", "version": "版本", "total_weight": "总分", "combine": "合并办法",
    "minimum": "最少人数", "when": "条件", "text": "内容", "number": "文号", "issuer": "发文单位",
    "issued_on": "印发日期", "in_force_from": "生效日期", "in_force_to": "失效日期", "length": "长度",
    "unit": "单位", "enabled": "是否公示", "counts_opening_day": "当天是否算起", "yuan": "金额（元）",
    "form": "表单", "workflow": "流程", "guide": "办事说明", "every": "多久一次", "since": "从哪一天起算", "kept_at": "到哪个环节算办到", "authority": "归口管理部门",
    "bureau": "主管部门", "help": "帮助", "default": "默认值", "must_be_checked": "必须核查", "places": "小数位数",
    "mode": "方式", "days": "天数", "months": "月数", "type": "类型", "kind": "类别", "clause": "条款", "basis": "依据种类",
    **{slot.path.rpartition(".")[2]: slot.label for slots in (PROCEDURE, STAGE, ACTION, FIELD, INDICATOR, LINE) for slot in slots},
}  # fmt: skip
KEY_NAMES |= {
    "key": "代号", "kind": "类别", "type": "类型", "clause": "依据的条款", "basis": "依据种类", "name": "名称",
    "whole": "总数", "message": "不对时怎样说",
    "action": "动作", "unit": "单位", "role": "由谁办理", "step_points": "每级加分", "parameter": "参数", "field": "日期", "step": "每级的数量", "value": "取值",
    "caps": "累计上限", "holds": "暂缓发放", "purposes": "资金用途", "highest_only": "就高不重复", "yearly_cap": "同一单位一年的上限",
    "remainder": "到上限时发余下的部分", "compare": "比哪个数", "tie": "一样高的时候", "for_year": "发的是哪一年的钱",
    "named": "档次名称",
}  # fmt: skip
