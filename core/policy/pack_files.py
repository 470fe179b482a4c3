"""Definitions → the files of a region's folder: the way back from what `core.policy.pack` reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from core.policy.source import canonical
from core.policy.version import Sources

SHARED = ("region", "documents")
"""Kinds that all versions of a region share; their newest text is the one that is written."""


def files_of(versions: Mapping[str, Sources]) -> dict[str, str]:
    """Path in the folder → text, for definitions by version, the oldest version first.

    Reading these files again and writing them out once more gives the same bytes. A form that is the same in all
    versions lies in `forms/`, one that changed lies with each version.
    """
    files: dict[str, str] = {}
    for version, sources in versions.items():
        count = Counter(kind for kind, _ in sources)
        for (kind, key), text in sources.items():
            shared = kind == "form" and all(v.get((kind, key)) == text for v in versions.values())
            files[_path(version, kind, key, alone=count[kind] == 1, shared=shared)] = canonical(text)
    return dict(sorted(files.items()))


def _path(version: str, kind: str, key: str, *, alone: bool, shared: bool) -> str:
    if kind in SHARED:
        return f"{kind}.toml"
    if shared:
        return f"forms/{key}.toml"
    if alone and kind != "form":
        return f"policy/{version}/{kind}.toml"
    return f"policy/{version}/{kind}/{key}.toml"
