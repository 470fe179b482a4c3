"""One version of a region's policy, built from the texts of its definitions; immutable.

The platform stores those texts in a table and pins rounds and cases to them; `sources` gives them back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Any

from core.errors import Refused
from core.policy.parameters import Parameter, ParameterValue, read_parameters
from core.policy.region import Document, RegionInfo, read_documents, read_region
from core.policy.scoring.method import ScoringMethod
from core.policy.shape import is_parameter
from core.policy.source import canonical, digest, parse

Sources = Mapping[tuple[str, str], str]


class NotCovered(Refused):
    """The region's policy says nothing about what was asked."""


class PolicyVersion:
    """A version of a policy: its definitions as data, and its parameters.

    Build it with `from_sources`; the readers beside it (`scheme.scheme_of`, `grades.grades_of`, …) turn its
    definitions into objects.
    """

    def __init__(
        self,
        region: str,
        version: str,
        sources: Sources,
        *,
        methods: Mapping[str, ScoringMethod],
        bound: Mapping[str, Parameter],
    ) -> None:
        self.region = region
        self.version = version
        self.sources: Sources = MappingProxyType({at: canonical(text) for at, text in sources.items()})
        self.methods = methods
        self._bound = dict(bound)
        self._data = {(kind, key): parse(text, f"{kind}/{key}") for (kind, key), text in self.sources.items()}

    @classmethod
    def from_sources(
        cls,
        region: str,
        version: str,
        sources: Sources,
        *,
        methods: Mapping[str, ScoringMethod] | None = None,
    ) -> PolicyVersion:
        """Build from texts alone. Raises DefinitionError with every fault found in them.

        `sources` maps (kind, key) to TOML text; kinds are file stems, a form's kind is `form`. `methods` are
        the scoring methods known beside the built-in ones.
        """
        from core.policy.builtins import METHODS
        from core.policy.checks import require_sound

        known = {**METHODS, **(methods or {})}
        require_sound({at: (f"{at[0]}/{at[1]}", text) for at, text in sources.items()}, known)
        return cls(region, version, sources, methods=known, bound={})

    def with_parameters(self, values: Mapping[str, object], source: str = "") -> PolicyVersion:
        """The same version with parameter values entered by an administrator; the texts do not change.

        Raises Refused for a parameter the policy does not have or a value that does not fit it.
        """
        bound = dict(self._bound)
        for key, value in values.items():
            bound[key] = self.parameter(key).with_value(value, source)
        return PolicyVersion(self.region, self.version, self.sources, methods=self.methods, bound=bound)

    def keys(self, kind: str) -> list[str]:
        """The keys of the definitions of one kind, sorted."""
        return sorted(key for other, key in self.sources if other == kind)

    def has(self, kind: str) -> bool:
        """Whether the policy has any definition of this kind."""
        return bool(self.keys(kind))

    def definition(self, kind: str, key: str | None = None) -> Mapping[str, Any]:
        """A definition as data; without a key, the only one of its kind.

        Raises NotCovered when there is none, Refused when several exist and no key says which.
        """
        keys = self.keys(kind)
        if key is None and len(keys) > 1:
            raise Refused(f"“{kind}”有几份，请指明是哪一份：{'、'.join(keys)}")
        wanted = key if key is not None else (keys[0] if keys else "")
        if wanted not in keys:
            raise NotCovered(f"“{self.region}”的政策没有写这方面的规定（{kind}）。")
        return self._data[(kind, wanted)]

    def digest(self, kind: str, key: str) -> str:
        """SHA-256 of a definition's canonical text."""
        return digest(self.sources[(kind, key)])

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """Every parameter of the version, by key, with the values entered later."""
        read: dict[str, Parameter] = {}
        for key in self.keys("parameters"):
            read.update(read_parameters(self._data[("parameters", key)]))
        return MappingProxyType({**read, **self._bound})

    def parameter(self, key: str) -> Parameter:
        """The parameter; raises Refused naming the ones there are."""
        if key not in self.parameters:
            allowed = "、".join(self.parameters) or "没有参数"
            raise Refused(f"没有“{key}”这个参数；允许：{allowed}", {key: "没有这个参数"})
        return self.parameters[key]

    def resolve(self, value: Any) -> Any:
        """The value itself, or what the parameter holds that "$name" refers to (None while it is not set)."""
        resolved: ParameterValue | Any = self.parameter(value[1:]).value if is_parameter(value) else value
        return resolved

    def rests_on(self, value: Any, clause: str, basis: str) -> tuple[str, str]:
        """Clause and basis of a figure: those of the parameter that "$name" refers to, else the ones written."""
        if not is_parameter(value):
            return clause, basis
        parameter = self.parameter(value[1:])
        return parameter.clause or clause, parameter.basis

    def missing_parameters(self) -> list[Parameter]:
        """The parameters that nobody has given a value yet, each with what to ask."""
        return [parameter for parameter in self.parameters.values() if parameter.must_be_asked]

    @cached_property
    def region_info(self) -> RegionInfo:
        """The region; with only its key known when the texts hold no region definition."""
        if not self.has("region"):
            return RegionInfo(self.region, self.region, "")
        return read_region(self.definition("region", self.keys("region")[0]))

    @cached_property
    def document(self) -> Document | None:
        """The document this version implements, when the texts say; `2023.1` amends what `2023` implements."""
        for key in self.keys("documents"):
            for document in read_documents(self._data[("documents", key)]):
                if f"{self.version}.".startswith(f"{document.version}."):
                    return document
        return None

    def in_force(self, on: date) -> bool:
        """Whether the version is in force on a day; both ends are included, a version without dates always is."""
        if self.document is None:
            return True
        after_start = on >= self.document.in_force_from
        return after_start and (self.document.in_force_to is None or on <= self.document.in_force_to)


def newest(versions: Iterable[PolicyVersion]) -> PolicyVersion | None:
    """The version that came into force last."""
    ordered = sorted(versions, key=lambda v: (v.document.in_force_from if v.document else date.min, v.version))
    return ordered[-1] if ordered else None
