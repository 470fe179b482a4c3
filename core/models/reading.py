"""Rows by ready-made text. peewee builds a SELECT anew each time, at ten times the cost of running it.

For what every request and every action reads. The text after the table is constant, written with `?`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, TypeVar

from core.models.base import BaseModel, database

M = TypeVar("M", bound=BaseModel)


@lru_cache(maxsize=256)
def _text(statement: str, mark: str) -> str:
    return statement.replace("?", mark)


def run(statement: str, *values: object) -> Any:
    """Run a ready-made statement; gives the driver's cursor."""
    return database.execute_sql(_text(statement, database.param), values)


@lru_cache(maxsize=64)
def _select(model: type[BaseModel]) -> tuple[str, tuple[tuple[str, Any], ...]]:
    """The head of the statement that reads whole rows, and how each column becomes a value."""
    fields = model._meta.sorted_fields
    columns = ", ".join(f'"{field.column_name}"' for field in fields)
    head = f'SELECT {columns} FROM "{model._meta.table_name}" '  # noqa: S608 - our own names
    return head, tuple((field.name, field.python_value) for field in fields)


def every(model: type[M], rest: str, *values: object) -> Iterator[M]:
    """The rows that `rest` (WHERE …, ORDER BY …) chooses, as the model's."""
    head, columns = _select(model)
    for found in run(head + rest, *values).fetchall():
        row = model(__no_default__=True)
        row.__data__ = {name: read(value) for (name, read), value in zip(columns, found, strict=True)}
        yield row


def first(model: type[M], rest: str, *values: object) -> M | None:
    """The first row that `rest` chooses, or None."""
    return next(every(model, rest + " LIMIT 1", *values), None)


def related(row: BaseModel, name: str) -> Any:
    """What a foreign key points at, None where it is empty; kept, so that `row.<name>` asks no more."""
    if name not in row.__rel__ and row.__data__.get(name) is not None:
        target = type(row)._meta.fields[name].rel_model
        row.__rel__[name] = first(target, "WHERE id = ?", row.__data__[name])
    return row.__rel__.get(name)
