"""A region's folder on disk → a checked pack: region, documents and versions.

    region.toml  documents.toml  policy/<version>/<kind>.toml  forms/<form>.toml  cases/*.toml

Where a version needs several definitions of one kind, they lie in `policy/<version>/<kind>/*.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from core.policy.checks import Located, check_sources
from core.policy.region import Document, RegionInfo, read_documents, read_region
from core.policy.scoring.method import ScoringMethod
from core.policy.source import parse, text_of
from core.policy.version import PolicyVersion, newest
from forms.findings import DefinitionError, Finding

_SHARED = (("region", "region.toml"), ("documents", "documents.toml"))


@dataclass(frozen=True)
class RegionPack:
    """Everything a region's folder says. ``versions`` are in the order in which they came into force."""

    path: Path
    region: RegionInfo
    documents: tuple[Document, ...]
    versions: tuple[PolicyVersion, ...]

    @property
    def key(self) -> str:
        """The region's key."""
        return self.region.key

    @property
    def newest(self) -> PolicyVersion:
        """The version that came into force last."""
        return self.versions[-1]

    def version(self, version: str) -> PolicyVersion | None:
        """The version with that name."""
        return next((v for v in self.versions if v.version == version), None)

    def in_force_on(self, on: date) -> PolicyVersion | None:
        """The version in force on a day (the newest of several), None when there is none."""
        return newest(v for v in self.versions if v.in_force(on))


def load_region(path: Path, *, methods: Mapping[str, ScoringMethod] | None = None) -> RegionPack:
    """Read and check a region's folder. Raises DefinitionError with every fault of every file at once."""
    from core.policy.builtins import METHODS

    known = {**METHODS, **(methods or {})}
    found = _read(path)
    if faults := [*found.findings, *_soundness(found, known)]:
        raise DefinitionError(faults)
    versions = [
        PolicyVersion(found.key, name, _texts(sources), methods=known, bound={})
        for name, sources in found.versions.items()
    ]
    versions.sort(key=lambda v: (v.document.in_force_from if v.document else date.min, v.version))
    data = {kind: parse(text, file) for (kind, _), (file, text) in found.shared.items()}
    return RegionPack(path, read_region(data["region"]), read_documents(data.get("documents", {})), tuple(versions))


def check_region(path: Path, *, methods: Mapping[str, ScoringMethod] | None = None) -> list[Finding]:
    """Every fault of a region's folder; empty when it can be loaded."""
    try:
        load_region(path, methods=methods)
    except DefinitionError as fault:
        return fault.findings
    return []


@dataclass
class _Found:
    key: str
    shared: Located
    versions: dict[str, Located]
    findings: list[Finding]


def _read(path: Path) -> _Found:
    found = _Found("", {}, {}, [])
    if not path.is_dir():
        found.findings.append(Finding(str(path), "-", "没有这个文件夹", "放着 region.toml 的文件夹"))
        return found
    for kind, name in _SHARED:
        if (path / name).exists():
            _take(found, found.shared, kind, path / name, path)
    found.key = next((key for kind, key in found.shared if kind == "region"), "")
    if not found.key and not found.findings:
        found.findings.append(Finding("region.toml", "-", "地区文件夹里没有 region.toml", "至少写 key、name、bureau"))
    for file in sorted((path / "forms").glob("*.toml")):
        _take(found, found.shared, "form", file, path)
    for folder in sorted(p for p in (path / "policy").glob("*") if p.is_dir()):
        sources = found.versions.setdefault(folder.name, dict(found.shared))
        for file in sorted(folder.glob("*.toml")):
            _take(found, sources, file.stem, file, path)
        for file in sorted(folder.glob("*/*.toml")):
            _take(found, sources, file.parent.name, file, path)
    if not found.versions:
        found.findings.append(Finding("policy", "-", "没有任何版本的政策", "policy/<版本>/<类别>.toml"))
    return found


def _take(found: _Found, sources: Located, kind: str, file: Path, root: Path) -> None:
    place = file.relative_to(root).as_posix()
    try:
        text = text_of(file, place)
        key = parse(text, place).get("key")
    except DefinitionError as fault:
        found.findings.extend(fault.findings)
        return
    if not isinstance(key, str) or not key:
        found.findings.append(Finding(place, "key", "缺少“key”", "这份定义自己的键，加引号"))
    elif (kind, key) in sources:
        found.findings.append(Finding(place, "key", f"“{key}”已经在 {sources[(kind, key)][0]} 里定义过", "换一个键"))
    else:
        sources[(kind, key)] = (place, text)


def _soundness(found: _Found, methods: Mapping[str, ScoringMethod]) -> list[Finding]:
    """Faults of every version; what versions share is reported once."""
    faults: dict[Finding, None] = {}
    written = _documented(found.shared)
    for version, sources in found.versions.items():
        faults.update(dict.fromkeys(check_sources(sources, methods)))
        if written and version not in written:
            message = f"没有文件说明版本“{version}”何时生效"
            faults[Finding("documents.toml", "documents", message, f'version = "{version}"')] = None
    return list(faults)


def _documented(shared: Located) -> set[str]:
    """The versions that the region's documents name."""
    tables = [parse(text, file) for (kind, _), (file, text) in shared.items() if kind == "documents"]
    entries = [entry for table in tables for entry in table.get("documents", []) if isinstance(entry, dict)]
    return {str(entry.get("version")) for entry in entries}


def _texts(sources: Located) -> dict[tuple[str, str], str]:
    return {at: text for at, (_, text) in sources.items()}
