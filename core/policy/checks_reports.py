"""Loading checks of common problems and work reports: every record that is looked through, every figure that is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from core.policy.checks_by_kind import Files
from core.policy.grades import ORDER
from core.policy.work_report import PLACE
from forms.findings import Finding
from forms.formula import compile_formula

FRAME = ("region", "bureau", "year", "until", "carriers")
OF_REPORTS = ("periods", "due", "received", "missing", "silent", "silent_names", "completeness_pct")
OF_VISITS = ("cases", "carriers", "never")
OF_CASES = ("cases", "running", "failed", "passed")
OF_ROUNDS = ("participants", "results", "waiting")
OF_MEETINGS = ("meetings", "list", "people", "carriers", "topics")
MEETINGS = ("training", "forum")


def report_findings(files: Files) -> Iterator[Finding]:
    """Faults of `common_problems` and `work_report`, judged with the procedures and forms around them."""
    procedures = {p["key"]: p for _, data in files.get("procedures", []) for p in data["procedures"]}
    for file, data in files.get("common_problems", []):
        yield from _sources(file, data, files, procedures)
    known = figure_names(files)
    for file, data in files.get("work_report", []):
        yield from _places(file, data, known)


def figure_names(files: Files) -> set[str]:
    """Every figure that a work report of this policy may name, as core.web.yearly_report counts them."""
    names = {*FRAME, "total_carriers", "problem_carriers", "problem_list"}
    names |= {f"{kind}_{what}" for kind in MEETINGS for what in OF_MEETINGS}
    grades = _grades(files)
    for _, data in files.get("procedures", []):
        for procedure in data["procedures"]:
            names |= {f"{procedure['key']}_{what}" for what in _of(procedure, grades)}
            names |= {f"carriers_{kind}" for kind in procedure.get("carrier_kinds", ())}
    for _, data in files.get("reporting", []):
        names |= {f"total_{entry['key']}" for entry in data.get("fields", [])}
        names |= {f"ratio_{entry['key']}" for entry in data.get("derived", [])}
    for _, data in files.get("common_problems", []):
        names |= {f"problem_{entry['key']}" for entry in data["problems"]}
    return names


def _grades(files: Files) -> tuple[str, ...]:
    """The grades that the policy knows, as `core.policy.grades.named_grades`."""
    read = [entry for _, data in files.get("grades", []) for kind in ("lines", "named") for entry in data.get(kind, [])]
    known = {entry["grade"] for entry in read}
    return tuple(grade for grade in ORDER if grade in known) if known else ORDER


def _of(procedure: Mapping[str, Any], grades: tuple[str, ...]) -> tuple[str, ...]:
    every = procedure.get("every")
    if every == "year":
        return (*OF_ROUNDS, *grades, *(f"{grade}_names" for grade in grades))
    if every != "on_demand":
        return OF_REPORTS
    if "city_reviewer" in procedure.get("opened_by", ()):
        return OF_VISITS
    return OF_CASES if procedure.get("decides") else OF_CASES[:2]


def _places(file: str, data: Mapping[str, Any], known: set[str]) -> Iterator[Finding]:
    told = [("title", set(PLACE.findall(data["title"])))]
    for i, part in enumerate(data["parts"]):
        for j, paragraph in enumerate(part["paragraphs"]):
            place = f"parts.{i}.paragraphs.{j}"
            told.append((f"{place}.text", set(PLACE.findall(paragraph["text"]))))
            if paragraph.get("when"):
                told.append((f"{place}.when", set(compile_formula(paragraph["when"]).names)))
    for place, names in told:
        for name in sorted(names - known):
            yield Finding(file, place, f"没有“{name}”这个数", "、".join(sorted(known)))


def _sources(file: str, data: Mapping[str, Any], files: Files, procedures: Mapping[str, Any]) -> Iterator[Finding]:
    problems = {entry["key"] for entry in data["problems"]}
    for index, source in enumerate(data["sources"]):
        place = f"sources.{index}"
        if source["procedure"] not in procedures:
            told = f"没有“{source['procedure']}”这个事项"
            yield Finding(file, f"{place}.procedure", told, "、".join(sorted(procedures)))
            continue
        form = _form(files, procedures[source["procedure"]], source.get("stage", ""))
        if form is None:
            yield Finding(file, f"{place}.stage", "找不到这个环节的现场考察表单，或者事项没有表单", "site_visit_form")
            continue
        yield from _fields(file, place, source, form, problems)


def _form(files: Files, procedure: Mapping[str, Any], stage: str) -> dict[str, Any] | None:
    name = procedure.get("form", "")
    if stage:
        flows = [data for _, data in files.get("workflow", []) if data["key"] == procedure.get("workflow")]
        stages = [entry for data in flows for entry in data["stages"] if entry.get("key") == stage]
        name = next((entry.get("site_visit_form", "") for entry in stages), "")
    return next((data for _, data in files.get("form", []) if data.get("key") == name), None)


def _fields(
    file: str, place: str, source: Mapping[str, Any], form: Mapping[str, Any], problems: set[str]
) -> Iterator[Finding]:
    fields = {entry.get("key"): entry for section in form.get("sections", []) for entry in section.get("fields", [])}
    for name in ("field", "other"):
        if source.get(name) and source[name] not in fields:
            yield Finding(file, f"{place}.{name}", f"表单里没有“{source[name]}”", "、".join(map(str, fields)))
    offered = {choice["key"] for choice in fields.get(source["field"], {}).get("choices", [])}
    for name in sorted(offered - problems):
        yield Finding(file, f"{place}.field", f"表单里的选项“{name}”不是共性问题", "、".join(sorted(problems)))
