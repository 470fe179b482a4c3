"""What the plain forms ask of rules over facts: vetoes, ceilings, consequences, the rules of awards."""

from __future__ import annotations

from core.cases.authoring_words import BASIS, CLAUSE, GRADES, Slot

_NAME = Slot("name", "名称", required=True)
_KEY = Slot("key", "代号", required=True, hint="字母开头，记在结果里")
_NOTE = Slot("note", "说明", "long")
_WHEN = Slot("when", "什么时候", required=True, hint="用事实写的条件")

VETO = (
    _NAME,
    Slot("when", "由什么推出", hint="用事实写的条件；由核查的人认定的留空"),
    Slot("grade", "定为什么档次", choices=GRADES, required=True),
    _KEY,
    CLAUSE,
    BASIS,
    _NOTE,
)
CEILING = (_NAME, _WHEN, Slot("at_most", "最高只能是", choices=GRADES, required=True), _KEY, CLAUSE, BASIS, _NOTE)
WITHHELD = (_NAME, _WHEN, _KEY, CLAUSE, BASIS, _NOTE)
HOLD = (
    _NAME,
    Slot("when", "什么时候暂缓", required=True, hint="条件成立时先不发，不再成立了自动接着办；写认定时的事实，要等重新认定才会变"),
    _KEY,
    CLAUSE,
    BASIS,
    _NOTE,
)
CONSEQUENCE = (
    _NAME,
    Slot("when", "什么时候有这个后果", required=True, hint="用事实写的条件"),
    Slot("key", "系统跟着做什么", "effect", source="effects", required=True),
    CLAUSE,
    BASIS,
    _NOTE,
)
PURPOSE = (_NAME, _KEY, CLAUSE, BASIS, _NOTE)
CAP = (
    Slot("title", "哪一类称号", source="titles", required=True),
    Slot("yuan", "累计最多（元）", "money", source="amounts", required=True),
    Slot("remainder", "到上限的那一年", "choice", source="remainder", hint="不选就发余下的部分"),
    CLAUSE,
    BASIS,
    _NOTE,
)
AMOUNT = (
    Slot("yuan", "金额（元）", "money", source="amounts", required=True),
    CLAUSE,
    BASIS,
    _NOTE,
)
