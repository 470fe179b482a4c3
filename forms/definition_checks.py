"""What only the whole definition can show: names that exist, keys used once, no circles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter

from forms.definition import Column, Field, FormDefinition
from forms.findings import Finding
from forms.formula import Formula, FormulaError, compile_formula


def check_definition(form: FormDefinition, file: str) -> list[Finding]:
    """All faults of a definition whose single values are already sound."""
    faults = [*_keys_used_twice(form), *_limits(form), *_references(form), *_formulas(form)]
    if not faults:
        faults.extend(_circles(form))
    return [Finding(file, *fault) for fault in faults]


_Fault = tuple[str, str, str]


def fields_with_paths(form: FormDefinition) -> Iterator[tuple[str, Field]]:
    """Each field with its place in the file."""
    for at, section in enumerate(form.sections):
        for index, field in enumerate(section.fields):
            yield f"sections.{at}.fields.{index}", field


def _keys_used_twice(form: FormDefinition) -> Iterator[_Fault]:
    yield from _twice([(f"sections.{at}", section.key) for at, section in enumerate(form.sections)])
    yield from _twice([(path, field.key) for path, field in fields_with_paths(form)])
    yield from _twice([(f"checks.{at}", check.key) for at, check in enumerate(form.checks)])
    for path, field in fields_with_paths(form):
        yield from _twice([(f"{path}.columns.{at}", c.key) for at, c in enumerate(field.columns)])
        for place, question in _questions(path, field):
            yield from _twice([(f"{place}.choices.{at}", c.key) for at, c in enumerate(question.choices)])


def _twice(places: list[tuple[str, str]]) -> Iterator[_Fault]:
    counts = Counter(key for _, key in places)
    seen: set[str] = set()
    for path, key in places:
        if key and counts[key] > 1 and key in seen:
            yield f"{path}.key", f"“{key}”用了两次", "每个键只用一次"
        seen.add(key)


def _questions(path: str, field: Field) -> Iterator[tuple[str, Column]]:
    yield path, field
    for at, column in enumerate(field.columns):
        yield f"{path}.columns.{at}", column


def _limits(form: FormDefinition) -> Iterator[_Fault]:
    for path, field in fields_with_paths(form):
        for place, question in _questions(path, field):
            yield from _limits_of(place, question)
        for low, high in (("min_rows", "max_rows"), ("min_files", "max_files")):
            least, most = getattr(field, low), getattr(field, high)
            if most == 0 or (least is not None and most is not None and least > most):
                yield f"{path}.{high}", f"{high} 太小", f"不小于 {max(least or 0, 1)}"
        if field.type == "files":
            for at, ending in enumerate(field.accept):
                if not (ending.isascii() and ending.isalnum() and ending == ending.lower()):
                    yield f"{path}.accept.{at}", f"“{ending}”不是文件扩展名", "小写字母或数字，例如 pdf"


def _limits_of(path: str, question: Column) -> Iterator[_Fault]:
    if question.places is not None and question.places > 10:
        yield f"{path}.places", "小数位数太多", "0 至 10"
    if question.type == "money" and question.unit not in {"元", "万元"}:
        yield f"{path}.unit", f"金额单位“{question.unit}”不对", "元、万元"
    faulty = False
    for name, limit in (("min", question.min), ("max", question.max)):
        fault = question.kind.limit_fault(name, limit) if limit is not None else ""
        if fault:
            faulty = True
            yield f"{path}.{name}", f"“{limit}”不对", fault
    if not faulty and question.min is not None and question.max is not None and _above(question):
        yield f"{path}.max", f"max {question.max} 小于 min {question.min}", "不小于 min"


def _above(question: Column) -> bool:
    low, high = str(question.min), str(question.max)
    return low > high if question.kind.input_type in {"date", "month"} else Decimal(low) > Decimal(high)


def _references(form: FormDefinition) -> Iterator[_Fault]:
    figures = [field.key for field in form.fields if field.kind.control != "files"]
    numbers = [field.key for field in form.fields if field.kind.numeric]
    for path, field in fields_with_paths(form):
        yield from _named(f"{path}.proves", field.proves, figures)
    for at, check in enumerate(form.checks):
        yield from _named(f"checks.{at}.fields", check.fields, [field.key for field in form.fields])
    for at, part in enumerate(form.parts):
        yield from _named(f"parts.{at}.whole", [part.whole], numbers)
        yield from _named(f"parts.{at}.parts", part.parts, numbers)


def _named(path: str, names: Iterable[str], allowed: list[str]) -> Iterator[_Fault]:
    for name in names:
        if name not in allowed:
            yield path, f"“{name}”不是这里能用的字段", "、".join(allowed) or "（没有）"


def _formulas(form: FormDefinition) -> Iterator[_Fault]:
    for path, source in _sources(form):
        try:
            formula = compile_formula(source)
        except FormulaError as fault:
            yield path, str(fault), ""
        else:
            yield from _formula_names(form, path, formula)


def _sources(form: FormDefinition) -> Iterator[tuple[str, str]]:
    optional = [(f"sections.{at}.show_when", section.show_when) for at, section in enumerate(form.sections)]
    for path, field in fields_with_paths(form):
        optional += [(f"{path}.{slot}", getattr(field, slot)) for slot in ("show_when", "require_when", "formula")]
    yield from ((path, source) for path, source in optional if source)
    yield from ((f"checks.{at}.formula", check.formula) for at, check in enumerate(form.checks))


def _formula_names(form: FormDefinition, path: str, formula: Formula) -> Iterator[_Fault]:
    tables = {field.key: field for field in form.fields if field.kind.control == "table"}
    values = [f.key for f in form.fields if f.kind.in_formulas and f.kind.control != "table"]
    for name in sorted(formula.names - formula.tables):
        if name not in values:
            yield path, f"公式里的“{name}”不是能用的字段", "、".join(values) or "（没有）"
    for name in sorted(formula.tables - set(tables)):
        yield path, f"公式里的表格“{name}”不存在", "、".join(tables) or "（没有表格）"
    for table, key in sorted(formula.columns):
        columns = [c.key for c in tables[table].columns if c.kind.numeric] if table in tables else [key]
        if key not in columns:
            yield path, f"表格“{table}”没有数字列“{key}”", "、".join(columns) or "（没有数字列）"


def dependencies(form: FormDefinition) -> dict[str, set[str]]:
    """For each field the fields its value or visibility depends on."""
    graph: dict[str, set[str]] = {}
    for section in form.sections:
        for field in section.fields:
            sources = [s for s in (section.show_when, field.show_when, field.formula) if s]
            graph[field.key] = {name for source in sources for name in compile_formula(source).names}
            graph[field.key].update(field.proves)
    return graph


def _circles(form: FormDefinition) -> Iterator[_Fault]:
    try:
        TopologicalSorter(dependencies(form)).prepare()
    except CycleError as fault:
        circle = list(reversed(fault.args[1]))
        path = next(path for path, field in fields_with_paths(form) if field.key == circle[0])
        field = form.field(circle[0])
        slot = "formula" if field.formula else "show_when"
        yield f"{path}.{slot}", f"互相依赖成了圈：{' → '.join(circle)}", "计算和显示条件不绕回自己"
