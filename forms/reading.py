"""Answers that come as JSON, e.g. through the interface for other systems, judged as typed ones are."""

from __future__ import annotations

import json
from collections.abc import Mapping

from forms.definition import Column, Field
from forms.fields import BadInput
from forms.posting import Parsed
from forms.situation import is_blank


def read_json(fields: Mapping[str, Field], data: str | Mapping[str, object], stored: Mapping[str, object]) -> Parsed:
    """Merged over ``stored``; a key given as null takes the stored answer away. Never raises on data."""
    parsed = Parsed(dict(stored))
    given = _decoded(data)
    if given is None:
        parsed.errors[""] = ["内容不是一组键和值，请按接口说明提交"]
        return parsed
    for key, value in given.items():
        field = fields.get(key)
        if field is None:
            parsed.errors[key] = ["表单里没有这个字段，请核对名称"]
        elif field.kind.control == "table":
            _read_rows(field, value, parsed)
        else:
            _read_answer(field, key, value, parsed, parsed.answers)
    return parsed


def _decoded(data: str | Mapping[str, object]) -> Mapping[str, object] | None:
    if isinstance(data, str):
        try:
            data = json.loads(data, parse_float=str, parse_constant=str)
        except (ValueError, RecursionError):
            return None
    return data if isinstance(data, Mapping) else None


def _read_answer(question: Column, path: str, value: object, parsed: Parsed, holder: dict[str, object]) -> None:
    holder.pop(question.key, None)
    try:
        answer = None if value is None else question.kind.read(value, question)
    except BadInput as fault:
        parsed.errors[path] = [str(fault)]
        parsed.raw[path] = str(value)[:200]
        return
    if is_blank(answer):
        return
    holder[question.key] = answer
    problems = question.kind.problems(answer, question)
    if problems:
        parsed.errors[path] = problems


def _read_rows(field: Field, value: object, parsed: Parsed) -> None:
    parsed.answers.pop(field.key, None)
    if value is None:
        return
    if not isinstance(value, (list, tuple)) or not all(isinstance(row, Mapping) for row in value):
        parsed.errors[field.key] = ["表格要写成一列行，每行是一组键和值"]
        return
    known = {column.key for column in field.columns}
    rows: list[object] = []
    for index, given in enumerate(value):
        row: dict[str, object] = {}
        for key in set(given) - known:
            parsed.errors[f"{field.key}.{index}.{key}"] = ["表格里没有这一列，请核对名称"]
        for column in field.columns:
            _read_answer(column, f"{field.key}.{index}.{column.key}", given.get(column.key), parsed, row)
        rows.append(row)
    if rows:
        parsed.answers[field.key] = rows
