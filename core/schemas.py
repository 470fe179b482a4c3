"""The JSON Schemas of everything a pack may hold, by kind of file."""

from __future__ import annotations

from typing import Any

from core.errors import Refused
from core.policy.key_words import FILES, words_for
from core.policy.schema import pack_schemas
from core.workflow.schema import workflow_schema
from forms.definition_schema import form_schema

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, dict[str, Any]]:
    """Kind → schema: the policy files by their names, `form`, `workflow` and `cases`."""
    found = {**pack_schemas(), "form": form_schema(), "workflow": workflow_schema()}
    return {
        kind: {"$schema": DIALECT, "title": kind, "description": FILES[kind][1], **_told(schema, kind)}
        for kind, schema in sorted(found.items())
    }


def _told(schema: dict[str, Any], kind: str) -> dict[str, Any]:
    """The schema with what each key means; what says so itself (a form of writing) stays."""
    if "items" in schema:
        return {**schema, "items": _told(schema["items"], kind)}
    if "properties" not in schema:
        return schema
    keys = {
        name: {"description": words_for(kind, name), **_told(key, kind)} if isinstance(key, dict) else key
        for name, key in schema["properties"].items()
    }
    return {**schema, "properties": keys}


def schema_of(kind: str) -> dict[str, Any]:
    """The schema of one kind. Raises Refused naming the kinds there are."""
    found = schemas()
    if kind not in found:
        raise Refused(f"没有“{kind}”这一类文件；允许：{'、'.join(found)}")
    return found[kind]
