"""What comes along with a copied procedure, for every procedure of every city, into every other and into a new region."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from core.cases.authoring_checks import findings_of_sources
from core.cases.copying_needs import parameters_in, procedures_of_form
from core.cases.copying_parts import Piece, Two, entries_of
from core.cases.copying_pieces import pieces_of_copy
from core.errors import Refused
from core.policy.pack import RegionPack, load_region
from core.policy.source import parse
from core.policy.version import Sources

PLUGINS = Path(__file__).parent.parent.parent.parent / "plugins"
CITIES = ("lhasa", "tianjin", "kunming", "tangshan", "qinhuangdao")
EVALUATION = "makerspace_evaluation"


@cache
def pack(city: str) -> RegionPack:
    return load_region(PLUGINS / city)


def sources(city: str) -> Sources:
    if city == "nowhere":
        return {("region", city): 'key = "nowhere"\nname = "某市"\nbureau = "某局"\n'}
    return dict(pack(city).newest.sources)


def copied(source: str, procedure: str, target: str, there: Sources | None = None) -> tuple[list[Piece], Sources]:
    """The pieces, and the texts of the other region with them."""
    found = sources(target) if there is None else there
    pieces = pieces_of_copy(Two(source, target, pack(source).region.name, sources(source), found, set(found)), procedure)
    return pieces, {**found, **{(p.kind, p.new_key): p.text for p in pieces if p.is_draft}}


def pairs() -> Iterator[tuple[str, str]]:
    return ((city, key) for city in CITIES for key in entries_of(sources(city), "procedures"))


@pytest.mark.parametrize(("source", "procedure"), list(pairs()))
def test_a_copy_lacks_nothing_wherever_it_goes(source: str, procedure: str) -> None:
    for target in (*CITIES, "nowhere"):
        if target != source:
            pieces, together = copied(source, procedure, target)
            assert findings_of_sources(target, together) == [], target
            key = next(p for p in pieces if p.kind == "procedures")
            clock = entries_of(together, "procedures")[parse(key.text, "")["procedures"][-1]["key"]][1].get("clock")
            assert clock is None or clock in entries_of(together, "clocks"), target
            assert not any(p.how == "added" and p.kind in ("vetoes", "grades", "notice", "panel") for p in pieces)


def piece(pieces: list[Piece], kind: str) -> Piece:
    return next(p for p in pieces if p.kind == kind)


def test_what_the_rules_refer_to_is_missed_where_it_is_taken_away() -> None:
    """The negative control: without its parameters the copy would lack something."""
    pieces, together = copied("qinhuangdao", EVALUATION, "nowhere")
    assert parameters_in([parse(p.text, p.kind) for p in pieces if p.kind != "form"])
    bare = {at: text for at, text in together.items() if at[0] != "parameters"}
    assert any("这个参数" in finding.message for finding in findings_of_sources("nowhere", bare))


def test_a_value_of_another_city_is_a_reading_to_confirm_and_its_money_is_not_brought() -> None:
    there = sources("nowhere")
    pieces, _ = copied("tianjin", "centre_evaluation", "nowhere", there)
    found = piece(pieces, "parameters")
    entries = parse(found.text, "")["parameters"]
    assert {entry["basis"] for entry in entries} == {"reading"}
    assert all("请按本地文件确认" in entry["note"] and entry["clause"].startswith("参照天津市（") for entry in entries)
    assert all(entry.to_confirm for entry in found.entries)


def test_money_of_another_city_is_asked_for_and_not_brought() -> None:
    notice = next(at for at in sources("qinhuangdao") if at[0] == "notice")
    text = re.sub("(?m)^length = .*$", 'length = "$amount"', sources("qinhuangdao")[notice])
    here, there = {**sources("qinhuangdao"), ("parameters", "money"): MONEY, notice: text}, sources("nowhere")
    pieces = pieces_of_copy(Two("qinhuangdao", "nowhere", "秦皇岛市", here, there, set(there)), EVALUATION)
    found = piece(pieces, "parameters")
    (amount,) = (one for one in parse(found.text, "")["parameters"] if one["key"] == "amount")
    assert "value" not in amount and "秦皇岛市：200000元" in amount["ask"]
    assert any("等待录入" in entry.told for entry in found.entries)


MONEY = """key = "money"
[[parameters]]
key = "amount"
name = "金额"
type = "money_yuan"
value = 200000
unit = "元"
basis = "text"
clause = "三"
"""


def test_a_clock_of_the_same_name_that_counts_otherwise() -> None:
    clocks = """key = "own"
[[clocks]]
key = "quarterly_report"
name = "季报"
kind = "working_days"
days = 3
clause = "九"
"""
    there = {**sources("nowhere"), ("clocks", "own"): clocks}
    pieces, together = copied("kunming", "quarterly_report", "nowhere", there)
    entry = parse(piece(pieces, "procedures").text, "")["procedures"][-1]
    assert entry["clock"] == "quarterly_report_kunming" and "种类不同" in piece(pieces, "clocks").entries[0].told
    assert findings_of_sources("nowhere", together) == []


@pytest.mark.parametrize("renamed", [False, True])
def test_a_parameter_of_the_same_name_stays_where_it_fits_and_ours_comes_renamed_where_not(renamed: bool) -> None:
    pieces, _ = copied("qinhuangdao", EVALUATION, "nowhere")
    key = next(one for one, (_, entry) in entries_of(sources("qinhuangdao"), "parameters").items()
               if entry["type"] == "whole" and f'"${one}"' in "".join(p.text for p in pieces))  # fmt: skip
    own = f'key = "own"\n[[parameters]]\nkey = "{key}"\nname = "甲"\nclause = "九"\nbasis = "text"\n'
    own += 'type = "yes_no"\nvalue = true\n' if renamed else 'type = "whole"\nvalue = 3\n'
    there = {**sources("nowhere"), ("parameters", "own"): own}
    pieces, together = copied("qinhuangdao", EVALUATION, "nowhere", there)
    told = next(e.told for e in piece(pieces, "parameters").entries if "本地" in e.told)
    written = "".join(p.text for p in pieces if p.is_draft)
    assert (f'"${key}_qinhuangdao"' in written) is renamed and (f'"${key}"' in written) is not renamed
    assert ("改为" in told) is renamed and ("用本地的" in told) is not renamed
    assert findings_of_sources("nowhere", together) == []


def test_a_procedure_that_the_form_looks_at_comes_along() -> None:
    pieces, together = copied("tangshan", "self_assessment", "nowhere")
    assert set(entries_of(together, "procedures")) == {"self_assessment", "target_declaration"}
    forms = [parse(text, key) for (kind, key), text in together.items() if kind == "form"]
    assert {name for form in forms for name in procedures_of_form(form)} <= set(entries_of(together, "procedures"))
    assert "monitored_in" not in parse(piece(pieces, "spending").text, ""), "no link to a procedure that stays behind"


def test_what_has_no_source_there_is_filled_by_hand() -> None:
    there = {**sources("nowhere"), ("procedures", "nowhere"): OTHER_MONTHLY}
    pieces, together = copied("lhasa", "carrier_assessment", "nowhere", there)
    told = [e.told for p in pieces if p.kind == "form" for e in p.entries]
    assert told and set(told) == {"原来自动带入，这里没有来处，改为自己填"}
    assert findings_of_sources("nowhere", together) == []


OTHER_MONTHLY = """key = "nowhere"
[[procedures]]
key = "monthly_report"
name = "别的月报"
every = "month"
clause = "一"
"""


def test_a_rule_book_that_is_there_stays_and_a_consequence_that_opens_the_procedure_is_added() -> None:
    pieces, _ = copied("qinhuangdao", EVALUATION, "kunming")
    assert {p.kind for p in pieces if p.how == "kept"} >= {"grades", "vetoes", "consequences", "panel"}
    assert piece(pieces, "notice").how == "same"
    assert "以免改变本地的评价" in piece(pieces, "vetoes").told, "Kunming has none, and gets none"
    pieces, together = copied("lhasa", "corrective_action", "qinhuangdao")
    added = piece(pieces, "consequences")
    assert added.how == "added" and [e.to_confirm for e in added.entries] == [True]
    assert len(entries_of(together, "consequences")) == len(entries_of(sources("qinhuangdao"), "consequences")) + 1


def test_the_same_rules_under_other_clauses_are_told_to_be_the_same() -> None:
    at = ("grades", EVALUATION)
    for text, how in ((sources("qinhuangdao")[at].replace("第十七条", "九"), "same"), (GRADES, "kept")):
        pieces, together = copied("qinhuangdao", EVALUATION, "nowhere", {**sources("nowhere"), at: text})
        assert piece(pieces, "grades").how == how and together[at] == text
        assert {"facts", "vetoes"} <= {p.kind for p in pieces if p.how == "new"}, "lines alone determine nothing yet"


GRADES = f"""key = "{EVALUATION}"
[[named]]
grade = "qualified"
name = "合格"
clause = "九"
"""


def test_a_workflow_that_is_not_there_is_told() -> None:
    here = {at: text for at, text in sources("qinhuangdao").items() if at != ("workflow", EVALUATION)}
    with pytest.raises(Refused, match="不能复制"):
        pieces_of_copy(Two("qinhuangdao", "nowhere", "秦皇岛市", here, sources("nowhere")), EVALUATION)
