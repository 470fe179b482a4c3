"""The pieces of a copy, worked out from the texts of two regions: what is brought, what is kept, what is renamed.

A region determines results by one rule book. Where the other region has it, its own stays: bringing in another
city's vetoes would change what its own evaluations come to. Parameters and clocks that it has under the same name
stay as well where they fit, and come under a new name where they do not. Every clause is cited as a reading of the
first region's until somebody puts the own document's clause in its place; amounts of money come without their value.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Set
from typing import Any

import tomli_w

from core.cases.authoring_checks import name_of
from core.cases.copying_needs import (
    FORMS,
    RESULT,
    Data,
    asked_fields,
    forms_of,
    kinds_needed,
    names_in,
    parameters_in,
    plan_dates,
    procedures_of_form,
    with_parameters_called,
)
from core.cases.copying_parts import (
    LISTS,
    Entry,
    Part,
    Piece,
    Two,
    candidates,
    consequence_keys,
    entries_of,
    kept_words,
    rules_alone,
    same_clock,
    same_parameter,
    value_words,
)
from core.errors import Refused
from core.policy.prefill import prefill_findings, read_prefill
from core.policy.source import canonical, parse

LINKS = ("declared_in", "monitored_in", "assessed_in", "rectified_in")
"""Where the rules of spending name procedures."""


def pieces_of_copy(two: Two, procedure: str) -> list[Piece]:
    """What copying a procedure makes, in the order of reading. Raises Refused where its workflow is not there."""
    return _Copying(two).pieces(procedure)


class _Copying:
    """Works out the pieces of one copy."""

    def __init__(self, two: Two) -> None:
        self.two, self.here, self.there = two, two.here, two.there
        self.procedures = {key: entry for key, (_, entry) in entries_of(self.here, "procedures").items()}
        self.theirs = entries_of(self.there, "procedures")
        self.names: dict[str, dict[str, str]] = {"form": {}, "procedure": {}, "clocks": {}, "parameters": {}}

    def pieces(self, procedure: str) -> list[Piece]:
        chosen = self._with_those_it_looks_at(procedure)
        self.names["procedure"] = {key: self._procedure_key(key) for key in chosen}
        flows = {key: self._workflow(self.procedures[key]) for key in chosen}
        forms = list(dict.fromkeys(form for key in chosen for form in forms_of(self.procedures[key], flows[key])))
        parts = [self._whole("form", key, self._rename_in_form) for key in forms if ("form", key) in self.here]
        self.names["form"] = {part.key: part.new_key for part in parts}
        entries = [copy.deepcopy(self.procedures[key]) for key in chosen]
        rules = self._rules(chosen, flows)
        clocks = self._clocks(entries)
        drawn = [self._whole("workflow", str(one["workflow"]), self._rename_in_workflow) for one in entries]
        parts = [*rules, *clocks, *parts, *drawn, self._entries(entries, drawn)]
        parts = [*self._parameters(parts), *parts]
        self._leave_out_unknown_sources(parts)
        return [self._piece(part) for part in parts]

    # --- procedures, workflows, forms

    def _with_those_it_looks_at(self, procedure: str) -> list[str]:
        """The procedure, and those whose answers its forms take over and that the other region does not have."""
        found: list[str] = []
        waiting = [procedure]
        while waiting:
            key = waiting.pop(0)
            if key in found or key not in self.procedures or (found and key in self.theirs):
                continue
            found.append(key)
            for form in forms_of(self.procedures[key], self._workflow(self.procedures[key])):
                if ("form", form) in self.here:
                    waiting += sorted(procedures_of_form(self._read("form", form)))
        return found

    def _workflow(self, entry: Mapping[str, Any]) -> Data:
        key = str(entry.get("workflow", ""))
        if ("workflow", key) not in self.here:
            raise Refused(f"“{entry.get('name', '')}”的流程“{key}”不在现行的规定里，不能复制。")
        return self._read("workflow", key)

    def _read(self, kind: str, key: str) -> Data:
        return parse(self.here[(kind, key)], name_of(kind, key))

    def _whole(self, kind: str, key: str, change: Callable[[Data], None]) -> Part:
        """A definition of which a region may have several: kept as it is, or renamed where the key is taken."""
        before, data = self._read(kind, key), self._read(kind, key)
        change(data)
        there = self.there.get((kind, key))
        if there is not None and data == before == parse(there, name_of(kind, key)):
            return Part(kind, key, key, "same", data)
        new_key = self._free(kind, key)
        if "key" in data or new_key != key:
            data["key"] = new_key
        return Part(kind, key, new_key, "new", self._cited(data))

    def _rename_in_form(self, data: Data) -> None:
        for _, asked in asked_fields(data):
            prefill = read_prefill(str(asked.get("prefill", "")))
            if prefill is not None and prefill.procedure:
                now = self.names["procedure"].get(prefill.procedure, prefill.procedure)
                asked["prefill"] = f"{prefill.kind}:{now}.{prefill.field}"

    def _rename_in_workflow(self, data: Data) -> None:
        if "procedure" in data:
            data["procedure"] = self.names["procedure"].get(data["procedure"], data["procedure"])
        for stage in data.get("stages", []):
            for name in FORMS:
                if stage.get(name):
                    stage[name] = self.names["form"].get(stage[name], stage[name])

    def _procedure_key(self, key: str) -> str:
        return next(one for one in candidates(key, self.two.source) if one not in self.theirs)

    def _entries(self, entries: list[Data], drawn: list[Part]) -> Part:
        """The entries of the procedures, the chosen one last among those it is added to."""
        told = []
        for entry, flow in zip(entries, drawn, strict=True):
            before = str(entry["key"])
            entry |= {"key": self.names["procedure"][before], "workflow": flow.new_key}
            for name in ("form", "clock"):
                if entry.get(name):
                    entry[name] = self.names["form" if name == "form" else "clocks"].get(entry[name], entry[name])
            renamed = "" if entry["key"] == before else f"，代号已有人用，改为 {entry['key']}"
            told.append(Entry(str(entry.get("name", "")), f"带来{renamed}"))
        part = self._added("procedures", [self._cited(entry) for entry in reversed(entries)], told)
        part.key = str(entries[0]["key"])
        return part

    # --- rules

    def _rules(self, chosen: list[str], flows: Mapping[str, Data]) -> list[Part]:
        """The rule books that are needed, each brought whole where the other region has none."""
        kinds = dict.fromkeys(kind for key in chosen for kind in kinds_needed(self.procedures[key], flows[key]))
        left_out = self._left_out()
        found: list[Part] = []
        for kind in kinds:
            if not any(one == kind for one, _ in self.here):
                continue
            found.append(self._kept(kind) if self._has(kind) or kind in left_out else self._brought(kind))
        brought = {part.kind for part in found if part.how == "new"}
        found += self._dates(flows, brought) + self._causes(chosen, found) + self._register(flows)
        return found + self._facts(found)

    def _left_out(self) -> set[str]:
        """What the other region does without: it determines results already, by its own rules."""
        determines = self._has("grades") and self._has("facts")
        panels = [parse(text, key) for (kind, key), text in self.there.items() if kind == "panel"]
        graded = any(panel.get("gives") == "grade" for panel in panels)
        return ({"vetoes", "consequences"} if determines else set()) | ({"indicators"} if graded else set())

    def _has(self, kind: str) -> bool:
        return any(one == kind for one, _ in (*self.there, *self.two.taken))

    def _kept(self, kind: str) -> Part:
        key = next((key for one, key in self.there if one == kind), "")
        data = parse(self.there[(kind, key)], name_of(kind, key)) if key else {}
        ours = self._read(kind, next(key for one, key in self.here if one == kind))
        return Part(kind, key, key, "same" if rules_alone(ours) == rules_alone({**data, "key": ours["key"]}) else "kept", data)

    def _brought(self, kind: str) -> Part:
        key = next(key for one, key in self.here if one == kind)
        data = self._read(kind, key)
        if data.get("form"):
            data["form"] = self.names["form"].get(data["form"], data["form"])
        for name in LINKS if kind == "spending" else ():
            linked = self.names["procedure"].get(str(data.get(name)), str(data.get(name)))
            if linked in {*self.names["procedure"].values(), *self.theirs}:
                data[name] = linked
            else:
                data.pop(name, None)
        new_key = self.two.target if key == self.two.source else key
        data["key"] = new_key
        return Part(kind, key, new_key, "new", self._cited(data))

    def _dates(self, flows: Mapping[str, Data], brought: set[str]) -> list[Part]:
        """Days of the plan that a copied workflow waits for, added to the plan that is there, as optional ones."""
        wanted = set().union(*(plan_dates(flow) for flow in flows.values()))
        if not wanted or "plan" in brought:
            return []
        return self._missing("plan", wanted, lambda entry: entry.pop("required", None))

    def _causes(self, chosen: list[str], found: list[Part]) -> list[Part]:
        """The consequence that opens a copied procedure, where no rule of the other region or of the copy has it."""
        known = set(entries_of(self.there, "consequences")) | consequence_keys(self.there)
        known |= {str(one.get("key")) for part in found for one in part.data.get("consequences", [])}
        named = {str(self.procedures[key].get("opened_by_consequence", "")) for key in chosen} - known - {""}
        return self._missing("consequences", named) if named else []

    def _register(self, flows: Mapping[str, Data]) -> list[Part]:
        """What the register has to keep for the conditions of the copied workflows."""
        named = set().union(*(names_in(flow.get("stages", [])) for flow in flows.values()))
        return self._missing("region", named & set(entries_of(self.here, "region")))

    def _facts(self, found: list[Part]) -> list[Part]:
        """Facts that brought rules ask for and the other region does not declare."""
        if any(part.kind == "facts" and part.how == "new" for part in found):
            return []
        rules = [part.data for part in found if part.how == "new" and part.kind in RESULT]
        rules += [entry for part in found if part.kind == "consequences" for entry in part.brought]
        named = set().union(*(names_in(rule) for rule in rules))
        # another region's check would have to be made in every evaluation of this one
        return self._missing("facts", named & set(entries_of(self.here, "facts")), lambda e: e.pop("must_be_checked", None))

    def _missing(self, kind: str, wanted: Set[str], change: Callable[[Data], object] = lambda _entry: None) -> list[Part]:
        """Entries of a list that the other region does not have under their keys, added to what is there."""
        here, there = entries_of(self.here, kind), entries_of(self.there, kind)
        brought = [copy.deepcopy(here[key][1]) for key in here if key in wanted and key not in there]
        if not brought:
            return []
        for entry in brought:
            change(entry)
        told = [Entry(str(entry.get("name", entry["key"])), "带来", True) for entry in brought]
        return [self._added(kind, [self._cited(entry) for entry in brought], told)]

    def _added(self, kind: str, brought: list[Data], told: list[Entry]) -> Part:
        """New entries in the one definition of a kind: the one that is there, or a first one."""
        key = next((key for one, key in self.there if one == kind), "")
        data = parse(self.there[(kind, key)], name_of(kind, key)) if key else {"key": self.two.target}
        had = bool(data.get(LISTS[kind]))
        data = {**data, LISTS[kind]: [*data.get(LISTS[kind], []), *brought]}
        key = key or self.two.target
        return Part(kind, key, key, "added" if had or len(data) > 2 else "new", data, told, brought)

    # --- clocks and parameters: of these a region may have several definitions, so a copy has one of its own

    def _clocks(self, entries: list[Data]) -> list[Part]:
        wanted = {str(entry["clock"]) for entry in entries if entry.get("clock")}
        return self._own_list("clocks", wanted, same_clock)

    def _parameters(self, parts: list[Part]) -> list[Part]:
        """The parameters that anything brought refers to; those that come renamed are named so everywhere."""
        new = [part for part in parts if part.how in ("new", "added") and part.kind != "form"]
        wanted = set().union(*(parameters_in(part.brought or part.data) for part in new))
        found = self._own_list("parameters", wanted, same_parameter)
        names = {old: now for old, now in self.names["parameters"].items() if old != now}
        for part in new if names else ():
            fresh = with_parameters_called(part.brought, names)
            if part.brought:
                listed = part.data[LISTS[part.kind]]
                listed[len(listed) - len(fresh) :] = fresh
            else:
                part.data = with_parameters_called(part.data, names)
        return found

    def _own_list(self, kind: str, wanted: Set[str], fits: Callable[[Data, Data], bool]) -> list[Part]:
        here, there = entries_of(self.here, kind), entries_of(self.there, kind)
        brought: list[Data] = []
        told: list[Entry] = []
        for key in (one for one in here if one in wanted):
            entry, name = copy.deepcopy(here[key][1]), str(here[key][1].get("name", key))
            own = there[key][1] if key in there else None
            if own is not None and fits(entry, own):
                told.append(Entry(name, kept_words(self.two.source_name, entry, own)))
                continue
            entry["key"] = next(one for one in candidates(key, self.two.source) if one not in there)
            self.names[kind][key] = entry["key"]
            renamed = "" if own is None else f"，本地有同名而种类不同的，改为 {entry['key']}"
            brought.append(self._to_confirm(entry) if kind == "parameters" else self._cited(entry))
            asked = "等待录入" if kind == "parameters" and "value" not in brought[-1] else value_words(entry)
            told.append(Entry(name, f"{asked}{renamed}", True))
        if not told:
            return []
        key = self._free(kind, self.two.source)
        return [Part(kind, key, key, "new" if brought else "kept", {"key": key, LISTS[kind]: brought}, told)]

    def _to_confirm(self, entry: Data) -> Data:
        """Another city's value as a reading; an amount of money as one that nobody has entered yet."""
        found: Data = self._cited(entry)
        found["basis"] = "reading"
        said = f"参照{self.two.source_name}" + (f"：{value_words(entry)}" if "value" in entry else "")
        found["note"] = f"{said}。请按本地文件确认。"
        if entry.get("type") == "money_yuan" and "value" in entry:
            del found["value"]
            found.setdefault("ask", f"“{entry.get('name', '')}”是多少，出自哪份文件？（{said}）")
        return found

    # --- putting it down

    def _leave_out_unknown_sources(self, parts: list[Part]) -> None:
        """A copied form does not take over what nothing in the other region gives; it is filled by hand."""
        files: dict[str, list[tuple[str, Data]]] = {}
        mine = {(part.kind, part.new_key): part.data for part in parts if part.how in ("new", "added")}
        read = {at: parse(text, name_of(*at)) for at, text in self.there.items() if at[0] in ("form", "procedures", "region")}
        for (kind, key), data in {**read, **mine}.items():
            files.setdefault(kind, []).append((name_of(kind, key), data))
        forms = {name_of("form", part.new_key): part for part in parts if part.kind == "form" and part.how == "new"}
        for found in list(prefill_findings(files)):
            part = forms.get(found.file)
            asked = dict(asked_fields(part.data)).get(found.key.removesuffix(".prefill")) if part else None
            if part is not None and asked is not None and asked.pop("prefill", None):
                part.entries.append(Entry(str(asked.get("label", "")), "原来自动带入，这里没有来处，改为自己填"))

    def _piece(self, part: Part) -> Piece:
        text = canonical(tomli_w.dumps(part.data)) if part.how != "same" else self.there[(part.kind, part.key)]
        name = str(part.data.get("title") or part.data.get("name") or "")
        return Piece(part.kind, part.key, part.new_key, part.how, text, tuple(part.entries), name)

    def _free(self, kind: str, key: str) -> str:
        used = set(self.two.taken) | set(self.there)
        return next(one for one in candidates(key, self.two.source) if (kind, one) not in used)

    def _cited(self, data: Any) -> Any:
        """Every clause as a reading of the first region's: the other's own document says nothing of it."""
        if isinstance(data, list):
            return [self._cited(one) for one in data]
        if not isinstance(data, dict):
            return data
        found = {key: self._cited(one) for key, one in data.items()}
        if isinstance(found.get("clause"), str) and found["clause"]:
            found |= {"clause": f"参照{self.two.source_name}（{found['clause']}）", "basis": "reading"}
        return found
