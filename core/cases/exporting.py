"""A region's definitions as the folder of a plugin: what is published now, in the shape of hand-written packs."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import tomli_w

from core.cases.definitions import version_order
from core.models import DefinitionVersion, District, Region
from core.policy.new_region import SCAFFOLD
from core.policy.pack_files import files_of
from core.policy.source import parse

FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The time that every file of an archive bears: equal content makes equal bytes."""


def region_files(region: Region) -> dict[str, str]:
    """Every file of the region's folder, path → text: the newest published text of each definition and version.

    What an administrator changed in a version (2023.1, 2023.2 …) is written as that version (2023).
    """
    versions = published_sources(region)
    for sources in versions.values():
        sources[("region", region.key)] = _with_districts(region, sources[("region", region.key)])
    return {"__init__.py": _hook(region), **files_of(versions)}


def published_sources(region: Region) -> dict[str, dict[tuple[str, str], str]]:
    """The newest published text of each kind and key, by version (the year alone), the oldest version first."""
    rows = DefinitionVersion.select().where(
        (DefinitionVersion.region == region) & (DefinitionVersion.status == "published")
    )
    versions: dict[str, dict[tuple[str, str], str]] = {}
    for row in sorted(rows, key=lambda row: (version_order(row.version), row.kind, row.key)):
        versions.setdefault(row.version.split(".")[0], {})[(row.kind, row.key)] = row.text
    return versions


def _with_districts(region: Region, text: str) -> str:
    """The region's own text; its districts anew only where the register has other ones by now."""
    data: dict[str, Any] = parse(text, "region.toml")
    known = [_district(row) for row in District.select().where(District.region == region).order_by(District.id)]
    written = [{name: one[name] for name in one if name != "note"} for one in data.get("districts", [])]
    if known == written:
        return text
    notes = {one["key"]: one["note"] for one in data.get("districts", []) if one.get("note")}
    data["districts"] = [one | ({"note": notes[one["key"]]} if one["key"] in notes else {}) for one in known]
    return tomli_w.dumps(data)


def _district(row: District) -> dict[str, str]:
    given = {"key": row.key, "name": row.name, "authority": row.authority}
    return given | ({"centre": row.centre} if row.centre else {})


def _hook(region: Region) -> str:
    template = (SCAFFOLD / "package" / "__init__.py.template").read_text(encoding="utf-8")
    return template.replace("{{region}}", region.key)


def zipped(files: dict[str, str], folder: str) -> bytes:
    """The files in one archive under a folder; equal files give equal bytes."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(f"{folder}/{path}", FIRST_DAY), text.encode("utf-8"), zipfile.ZIP_DEFLATED)
    return held.getvalue()
