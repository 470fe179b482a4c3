"""Loading checks over all definitions of a version: every fault at once, each at its file and key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from core.errors import Refused
from core.policy.award_holds import RUNNING
from core.policy.checks_by_kind import Files, further_findings, unknown
from core.policy.checks_procedures import procedure_findings
from core.policy.checks_reports import report_findings
from core.policy.kinds import SHAPES, WITHOUT_SHAPE
from core.policy.parameters import fitting_value, read_parameters
from core.policy.prefill import prefill_findings
from core.policy.scheme import full_points, read_method
from core.policy.scoring.method import ScoringMethod
from core.policy.shape import figures_without_clause, findings_of, is_parameter
from core.policy.source import parse
from forms.definition import load_form
from forms.findings import DefinitionError, Finding
from forms.formula import compile_formula

# (kind, key) → (where it was read from, text)
Located = dict[tuple[str, str], tuple[str, str]]


def require_sound(sources: Located, methods: Mapping[str, ScoringMethod]) -> None:
    """Raises DefinitionError with every fault."""
    if faults := check_sources(sources, methods):
        raise DefinitionError(faults)


def check_sources(sources: Located, methods: Mapping[str, ScoringMethod]) -> list[Finding]:
    """Every fault of the definitions: their shapes first, and once those are sound what they say together."""
    faults: list[Finding] = []
    files: Files = {}
    for (kind, key), (file, text) in sources.items():
        try:
            data = parse(text, file)
        except DefinitionError as fault:
            faults.extend(fault.findings)
            continue
        faults.extend(_shape(kind, key, data, file))
        files.setdefault(kind, []).append((file, data))
    if not faults:
        # What definitions say together can only be judged once each of them has its shape.
        faults.extend([*_parameters(files), *_parameter_references(files)] or _together(files, methods))
    return faults


def _shape(kind: str, key: str, data: dict[str, Any], file: str) -> Iterator[Finding]:
    if data.get("key") != key:
        yield Finding(file, "key", f"这份定义登记的键是“{key}”，文件里写的是“{data.get('key')}”", key)
    if kind == "form":
        try:
            load_form(data, file)
        except DefinitionError as fault:
            yield from fault.findings
        return
    if kind not in SHAPES:
        yield Finding(file, "-", f"没有“{kind}”这一类定义", "、".join([*SHAPES, *sorted(WITHOUT_SHAPE)]))
        return
    yield from findings_of(data, SHAPES[kind], file)
    yield from figures_without_clause(data, file)
    yield from _repeated(data, file)


def _repeated(data: dict[str, Any], file: str) -> Iterator[Finding]:
    """Two entries of one list with the same key (or code) would hide each other."""
    for name, value in data.items():
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            continue
        for field in ("key", "code"):
            counted = Counter(str(item[field]) for item in value if field in item)
            for key, count in counted.items():
                if count > 1:
                    yield Finding(file, name, f"“{key}”写了 {count} 次", "每个只写一次")


def _parameters(files: Files) -> Iterator[Finding]:
    """Values that fit their types, choices that are named, what must be asked is asked."""
    for file, data in files.get("parameters", []):
        for index, parameter in enumerate(read_parameters(data).values()):
            place = f"parameters.{index}"
            if parameter.type == "choice" and not parameter.allowed:
                yield Finding(file, f"{place}.allowed", "选择型参数要写出可选的值", 'allowed = ["甲", "乙"]')
            elif parameter.must_be_asked and not parameter.ask:
                yield Finding(file, f"{place}.ask", "没有值的参数要写明向管理员问什么", "一句话，含出处")
            elif not parameter.must_be_asked:
                try:
                    fitting_value(parameter, parameter.value)
                except Refused as fault:
                    yield Finding(file, f"{place}.value", str(fault))


def _parameter_references(files: Files) -> Iterator[Finding]:
    """Every "$name" and every clock's `parameter` leads to a parameter."""
    known = {key for _, data in files.get("parameters", []) for key in read_parameters(data)}
    allowed = "、".join(sorted(known)) or "先在 parameters.toml 里写"
    for kind, read in files.items():
        for file, data in read if kind not in WITHOUT_SHAPE else ():
            for place, name in _references(data):
                if name not in known:
                    yield Finding(file, place, f"没有“{name}”这个参数", allowed)


def _references(value: object, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            where = f"{place}.{name}" if place else name
            if name == "parameter" and isinstance(inner, str):
                yield where, inner
            yield from _references(inner, where)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _references(inner, f"{place}.{index}")
    elif isinstance(value, str) and is_parameter(value):
        yield place, value[1:]


def _together(files: Files, methods: Mapping[str, ScoringMethod]) -> Iterator[Finding]:
    for file, data in files.get("indicators", []):
        yield from _weights(file, data)
        yield from _indicators(file, data, files, methods)
    # a region may have several schemes; its lines reach as far as the fullest
    full = max((full_points(map(_weight, data["indicators"])) for _, data in files.get("indicators", [])), default=Decimal(0))
    for file, data in files.get("grades", []):
        yield from _lines(file, data, full or Decimal(100)) if data.get("lines") else ()
    for file, data in files.get("scope", []):
        yield from _conditions(file, data)
    yield from _rule_facts(files)
    yield from further_findings(files)
    yield from procedure_findings(files)
    yield from prefill_findings(files)
    yield from report_findings(files)
    yield from _districts(files)


def _weights(file: str, data: dict[str, Any]) -> Iterator[Finding]:
    """Weights total what is declared, deductions apart, and every group has the share and the number it declares."""
    indicators = data["indicators"]
    if "total_weight" in data:
        total = full_points(_weight(i) for i in indicators)
        if total != data["total_weight"]:
            yield Finding(
                file,
                "indicators",
                f"权重合计 {total}，不是 {data['total_weight']}",
                str(data["total_weight"]),
            )
    groups = {group["key"]: group for group in data["groups"]}
    for index, indicator in enumerate(indicators):
        if indicator["group"] not in groups:
            yield Finding(file, f"indicators.{index}.group", f"没有“{indicator['group']}”这一组", "、".join(groups))
    for index, group in enumerate(data["groups"]):
        own = [i for i in indicators if i["group"] == group["key"]]
        weight = sum((_weight(i) for i in own), Decimal(0))
        if "weight_points" in group and weight != group["weight_points"]:
            yield Finding(
                file,
                f"groups.{index}.weight_points",
                f"“{group['name']}”各项权重合计 {weight}，与写明的 {group['weight_points']} 不一致",
                str(weight),
            )
        if "count" in group and len(own) != group["count"]:
            yield Finding(
                file,
                f"groups.{index}.count",
                f"“{group['name']}”有 {len(own)} 项指标，与写明的 {group['count']} 项不一致",
                str(len(own)),
            )


def _weight(indicator: Mapping[str, Any]) -> Decimal:
    return Decimal(indicator.get("weight_points", 0))


def _indicators(
    file: str, data: dict[str, Any], files: Files, methods: Mapping[str, ScoringMethod]
) -> Iterator[Finding]:
    form = next((f for _, f in files.get("form", []) if f.get("key") == data.get("form")), None)
    fields = None if form is None else {field.key for field in load_form(form, file).fields}
    if data.get("form") and form is None and files.get("form"):
        yield Finding(
            file,
            "form",
            f"没有“{data['form']}”这份表单",
            "、".join(f.get("key", "") for _, f in files["form"]),
        )
    for index, indicator in enumerate(data["indicators"]):
        place = f"indicators.{index}"
        if indicator["type"] == "quantitative" and not indicator.get("value"):
            yield Finding(file, f"{place}.value", "定量指标要写出怎样从表单算出数值", "表单字段的公式")
        for name in sorted(compile_formula(indicator["value"]).names) if indicator.get("value") else ():
            if fields is not None and name not in fields:
                yield Finding(file, f"{place}.value", f"公式里的“{name}”不是表单里的字段", "、".join(sorted(fields)))
        yield from _method(file, place, indicator, methods)


def _method(
    file: str, place: str, indicator: dict[str, Any], methods: Mapping[str, ScoringMethod]
) -> Iterator[Finding]:
    written = indicator.get("method")
    if written is None:
        return
    use = read_method({"key": "", **written})
    if use.key not in methods:
        yield Finding(file, f"{place}.method.key", f"没有“{use.key}”这种评分方法", "、".join(methods))
        return
    if not use.clause or not use.basis:
        yield Finding(file, f"{place}.method", "评分方法要写明依据", "clause 和 basis（text、reading 或 practice）")
    if not methods[use.key].by_panel and not indicator.get("value"):
        yield Finding(file, f"{place}.method.key", "没有数值公式的指标只能由专家评分", "panel")
    try:
        methods[use.key].read_settings(use.settings)
    except Refused as fault:
        yield Finding(file, f"{place}.method", str(fault))


def _lines(file: str, data: dict[str, Any], full: Decimal) -> Iterator[Finding]:
    """The lines cover 0 to the full points without gap or overlap."""
    lines = sorted(enumerate(data["lines"]), key=lambda pair: Decimal(pair[1].get("at_least", 0)))
    expected = Decimal(0)
    for position, (index, line) in enumerate(lines):
        place = f"lines.{index}"
        lowest = Decimal(line.get("at_least", 0))
        if lowest > expected:
            yield Finding(file, f"{place}.at_least", f"{expected} 至 {lowest} 之间没有档次", str(expected))
        elif lowest < expected:
            yield Finding(file, f"{place}.at_least", f"{lowest} 至 {expected} 之间有两个档次", str(expected))
        if position == len(lines) - 1:
            if line.get("at_most") != full or "below" in line:
                yield Finding(file, f"{place}.at_most", f"最高档要到满分 {full} 分为止", f"at_most = {full}")
        elif "below" not in line or "at_most" in line:
            yield Finding(file, f"{place}.below", "要写明不到多少分（与上一档相接）", "below = 上一档的 at_least")
        expected = Decimal(line.get("below", line.get("at_most", full)))
    if [line["grade"] for line in data["lines"]] and len({x["grade"] for x in data["lines"]}) != len(lines):
        yield Finding(file, "lines", "同一个档次写了两次", "每个档次只写一次")


def _conditions(file: str, data: dict[str, Any]) -> Iterator[Finding]:
    known = {fact["key"] for fact in data["facts"]} | {"cutoff"}
    for index, condition in enumerate(data["conditions"]):
        place = f"conditions.{index}"
        if bool(condition.get("when")) == bool(condition.get("since")):
            yield Finding(
                file,
                place,
                "一条条件写 when 或者 since，二者取一",
                'when = "公式"，或 since = ["日期"] 与 months',
            )
        if condition.get("since") and "months" not in condition:
            yield Finding(file, f"{place}.months", "从日期起算的条件要写满几个月", "months = 12")
        names = set(condition.get("since", ()))
        for written in ("when", "or_when"):
            names |= compile_formula(condition[written]).names if condition.get(written) else frozenset()
        yield from unknown(names - known, known, file, place)


def _rule_facts(files: Files) -> Iterator[Finding]:
    """Conditions of vetoes, consequences and awards name declared facts, or what the determination adds."""
    facts = {fact["key"] for _, data in files.get("facts", []) for fact in data["facts"]}
    known = facts | {"grade", "total", "vetoes", "vetoed", "title"}
    for kind, lists in (
        ("vetoes", ("vetoes", "ceilings")),
        ("consequences", ("consequences",)),
        ("awards", ("withheld", "holds")),
    ):
        for file, data in files.get(kind, []):
            for name in lists:
                allowed = known | set(RUNNING) if name == "holds" else known
                for index, entry in enumerate(data.get(name, [])):
                    used = compile_formula(entry["when"]).names if entry.get("when") else frozenset()
                    yield from unknown(set(used) - allowed, allowed, file, f"{name}.{index}.when")


def _districts(files: Files) -> Iterator[Finding]:
    for file, data in files.get("region", []):
        for index, holiday in enumerate(data.get("holidays", [])):
            if holiday["to"] < holiday["from"]:
                yield Finding(file, f"holidays.{index}.to", "结束日早于开始日", f"不早于 {holiday['from']}")
