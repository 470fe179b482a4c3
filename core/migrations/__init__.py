"""The tables of a database and the program must be of one shape: made, checked and brought forward here.

A new database gets today's tables and counts every migration as done. An older one is brought forward by the
numbered scripts in this folder (`kaoping migrate`). After either, the digest of the tables is stored, and a
program whose tables differ refuses to start.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from peewee import ForeignKeyField

from core.errors import SettingError
from core.models import ALL, BaseModel, StoredSetting, canonical_json, database

FOLDER = Path(__file__).parent
KEY = "schema_digest"


def schema_digest(tables: tuple[type[BaseModel], ...] = ALL) -> str:
    """SHA-256 over tables, columns and indexes as the models state them; the same for every database."""
    return hashlib.sha256(canonical_json([_table(model) for model in tables]).encode()).hexdigest()


def _table(model: type[BaseModel]) -> dict[str, object]:
    meta = model._meta
    columns = [
        {
            "name": field.column_name,
            "type": field.field_type,
            "null": field.null,
            "unique": field.unique,
            "index": field.index,
            "length": getattr(field, "max_length", None),
            "refers": field.rel_model._meta.table_name if isinstance(field, ForeignKeyField) else "",
        }
        for field in meta.sorted_fields
    ]
    return {"name": meta.table_name, "columns": columns, "indexes": [[list(names), u] for names, u in meta.indexes]}


def is_new() -> bool:
    """Whether the database holds none of our tables yet."""
    return StoredSetting._meta.table_name not in database.get_tables()


def create() -> bool:
    """Make all tables in an empty database, in one transaction; False when they are there already."""
    with database.atomic():
        if not is_new():
            return False
        database.create_tables(ALL)
        _runner().fake()
        _store_digest()
    return True


def require_current() -> None:
    """Raises SettingError when the database is empty or of another shape than the program."""
    if is_new():
        raise SettingError("KAOPING_DATABASE_URL：数据库里还没有表。请先运行 kaoping init。")
    row = StoredSetting.get_or_none(StoredSetting.key == KEY)
    if row is None or row.value != schema_digest():
        raise SettingError(
            "KAOPING_DATABASE_URL：数据库的表与这一版程序不一致。请先备份，再运行 kaoping migrate；演示数据可另设 KAOPING_INSTANCE 重建。"
        )


def migrate() -> list[str]:
    """Run the migrations that are not done yet; gives their names. Raises SettingError when tables still differ."""
    if is_new():
        raise SettingError("KAOPING_DATABASE_URL：数据库里还没有表。请先运行 kaoping init。")
    waiting = [name for name, applied in _runner().status() if applied is None]
    _runner().up()
    missing = _differences()
    if missing:
        raise SettingError("KAOPING_DATABASE_URL：没有对应的升级步骤，表仍与程序不一致：" + "、".join(missing))
    with database.atomic():
        _store_digest()
    return waiting


def _differences() -> list[str]:
    """Tables and columns that the program has and the database has not."""
    found = []
    present = set(database.get_tables())
    for model in ALL:
        name = model._meta.table_name
        if name not in present:
            found.append(name)
            continue
        columns = {column.name for column in database.get_columns(name)}
        found += [f"{name}.{f.column_name}" for f in model._meta.sorted_fields if f.column_name not in columns]
    return found


def _store_digest() -> None:
    StoredSetting.insert(key=KEY, value=schema_digest()).on_conflict(
        conflict_target=[StoredSetting.key], update={StoredSetting.value: schema_digest()}
    ).execute()


def _runner() -> Any:
    from playhouse.migrations import Runner

    return Runner(database.obj, str(FOLDER))
