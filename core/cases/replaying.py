"""Replay (试算): the published results of a past round beside what drafts would have made of them.

Nothing of the round is touched. A large round is worked through in steps of the outbox, so that its progress shows
and it can be stopped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from core import clock
from core.cases import clocks, definitions, scoring, statements
from core.cases.action import Receipt, once
from core.cases.admin_events import record
from core.errors import OutOfScope, Refused
from core.models import (
    Case,
    DefinitionVersion,
    EvaluationRound,
    NoticeEntry,
    PanelMember,
    PanelOpinion,
    Recusal,
    ReplayLine,
    ReplayRun,
    Result,
    ScoreSheet,
    Submission,
)
from core.people.scope import Viewer
from core.policy.numbers import exact
from core.policy.places import asks_for_places
from core.policy.replay import Frozen, Outcome, Schemes, computed_points, moved, outcome, recorded
from core.policy.scheme import Scheme, scheme_of
from core.policy.scoring.points import best_values
from core.policy.version import PolicyVersion
from forms.findings import DefinitionError

AT_ONCE = 1500
"""Carriers that are replayed within the request; more of them go step by step."""
STEP = 300
DRAFTS_OF = ("indicators", "grades", "vetoes", "consequences", "awards", "facts", "parameters", "form")
"""The kinds that a result depends on."""


def rounds_to_replay(region: int) -> list[EvaluationRound]:
    """The rounds with results that are final and public, newest first: others are nobody's business yet."""
    final = NoticeEntry.select(Case.round).join(Case).where((Case.region == region) & (NoticeEntry.status == "final"))
    return list(EvaluationRound.select().where(EvaluationRound.id.in_(final)).order_by(EvaluationRound.year.desc()))


def find_run(viewer: Viewer, run_id: int) -> ReplayRun:
    """A replay in a region whose policy officer this person is. Raises OutOfScope."""
    run = ReplayRun.get_or_none(ReplayRun.id == run_id)
    if run is None or not viewer.has("policy_officer", run.region_id):
        raise OutOfScope
    return run


def start(viewer: Viewer, round_id: int, chosen: Sequence[int], token: str) -> Receipt:
    """Replay a round through drafts (or other versions), at once or step by step.

    Raises Refused for drafts that do not fit together or a round without published results, OutOfScope.
    """

    def work() -> Receipt:
        round_ = EvaluationRound.get_or_none(EvaluationRound.id == round_id)
        if round_ is None or not viewer.has("policy_officer", round_.region_id):
            raise OutOfScope
        rows = _chosen(round_, chosen)
        if asks_for_places(_policy(round_, rows)):  # sound, or refused before anything is written
            raise Refused("这里的档次要看名次，试算还不会重排名次，不能试算。")
        total = len(_final_results(round_))
        if not total:
            raise Refused("这个批次还没有公布的结果，不能试算。")
        run = ReplayRun.create(
            region=round_.region_id, round=round_, drafts=[[row.id, row.digest] for row in rows], total=total,
            created_by=viewer.account, created_at=clock.now(),
        )  # fmt: skip
        record(viewer, "replay_started", {"run": run.id, "round": round_.id, "drafts": run.drafts})
        if total <= AT_ONCE:
            step(run.id, total)
        else:
            statements.append_outbox("replay_step", {"run": run.id, "round": round_.id})
        return {"run": run.id, "message": f"已试算 {total} 家。" if total <= AT_ONCE else f"开始试算，共 {total} 家。"}

    return once(token, work)


def _chosen(round_: EvaluationRound, chosen: Sequence[int]) -> list[DefinitionVersion]:
    own = (DefinitionVersion.region == round_.region_id) & DefinitionVersion.id.in_(list(chosen) or [0])
    rows = list(DefinitionVersion.select().where(own & (DefinitionVersion.status != "withdrawn")).order_by(DefinitionVersion.id))
    if len(rows) != len(set(chosen)):
        raise OutOfScope
    if not rows:
        raise Refused("请至少选一份草稿。", {"drafts": "请至少选一份草稿。"})
    if len({(row.kind, row.key) for row in rows}) != len(rows):
        raise Refused("同一份规定只能选一个版本。", {"drafts": "同一份规定只能选一个版本。"})
    return rows


def _policy(round_: EvaluationRound, rows: Sequence[DefinitionVersion]) -> PolicyVersion:
    """The round's policy with the drafts in place of what it was pinned to."""
    old = definitions.pinned_policy(round_)
    sources = {**old.sources, **{(row.kind, row.key): row.text for row in rows}}
    try:
        made = PolicyVersion.from_sources(round_.region.key, old.version, sources, methods=old.methods)
    except DefinitionError as fault:
        raise Refused(f"草稿还有 {len(fault.findings)} 处毛病，改好再试算：{fault.findings[0]}") from fault
    return clocks.with_entered_values(made, round_.region_id, clock.today())


def _final_results(round_: EvaluationRound) -> dict[int, Result]:
    """Case → its result that is final and public."""
    rows = Result.select(Result, Case).join(Case).switch(Result).join(NoticeEntry, on=(NoticeEntry.result == Result.id))
    final = rows.where((Case.round == round_) & (NoticeEntry.status == "final")).order_by(Result.version)
    return {row.case_id: row for row in final}


def stop(viewer: Viewer, run_id: int) -> None:
    """Stop a replay that is still going; what was worked out stays to be read. Raises OutOfScope."""
    run = find_run(viewer, run_id)
    going = ReplayRun.status.in_(("waiting", "running"))
    ReplayRun.update(status="cancelled").where((ReplayRun.id == run.id) & going).execute()


def step(run_id: int, size: int = STEP) -> bool:
    """Work out the next carriers of a replay, inside the caller's transaction; whether more wait.

    Repeating a step adds nothing: what has a line is left out.
    """
    run = ReplayRun.get_by_id(run_id)
    if run.status not in ("waiting", "running"):
        return False
    round_ = run.round
    rows = list(DefinitionVersion.select().where(DefinitionVersion.id.in_([one for one, _ in run.drafts])))
    if {(row.id, row.digest) for row in rows} != {tuple(one) for one in run.drafts}:
        _end(run, "failed", "试算中途草稿有改动，请重新试算。")
        return False
    pair = _pair(round_, definitions.pinned_policy(round_), _policy(round_, rows))
    results = _final_results(round_)
    known = {line.case_id for line in ReplayLine.select(ReplayLine.case).where(ReplayLine.run == run)}
    todo = [case for case in sorted(results) if case not in known][:size]
    ReplayLine.insert_many(_lines(run, pair, results, todo)).execute()
    done = len(known) + len(todo)
    ReplayRun.update(done=done, status="running" if done < run.total else "done").where(ReplayRun.id == run.id).execute()
    return done < run.total


def _end(run: ReplayRun, status: str, problem: str) -> None:
    ReplayRun.update(status=status, problem=problem).where(ReplayRun.id == run.id).execute()


@dataclass(frozen=True)
class _Pair:
    """The policy of the round and the one to be tried; schemes where points are given under both."""

    round: EvaluationRound
    old: PolicyVersion
    new: PolicyVersion
    schemes: Schemes | None
    names: Mapping[str, str]


def _pair(round_: EvaluationRound, old: PolicyVersion, new: PolicyVersion) -> _Pair:
    if not (scoring.gives_points(old) and scoring.gives_points(new)):
        return _Pair(round_, old, new, None, {})
    schemes = Schemes(scheme_of(old), scheme_of(new))
    names = {i.code: i.name for scheme in (schemes.old, schemes.new) for i in scheme.indicators}
    return _Pair(round_, old, new, schemes, names)


def _submissions(results: Mapping[int, Result]) -> dict[int, Submission]:
    """Case → what was submitted when its result was determined."""
    rows = Submission.select().where(Submission.case.in_(list(results) or [0])).order_by(Submission.number)
    return {row.case_id: row for row in rows if row.submitted_at <= results[row.case_id].determined_at}


def _best(run: ReplayRun, pair: _Pair, read: Mapping[str, Mapping[str, Fraction | None]]) -> dict[str, Fraction]:
    """The best values of the whole round under the new rules; worked out once a replay."""
    if run.best is not None:
        return {code: Fraction(value) for code, value in run.best.items()}
    best = best_values(pair.schemes.new, read) if pair.schemes else {}
    ReplayRun.update(best={code: str(value) for code, value in best.items()}).where(ReplayRun.id == run.id).execute()
    return best


def _values(
    policy: PolicyVersion, submissions: Mapping[int, Submission]
) -> tuple[dict[str, dict[str, Fraction | None]], dict[str, str]]:
    """The indicator values by case, and why those of the others cannot be read."""
    read, problems = {}, {}
    for case, submission in submissions.items():
        try:
            read[str(case)] = {code: one.value for code, one in scoring.values_of(policy, submission).items()}
        except Refused as refusal:
            problems[str(case)] = str(refusal)
    return read, problems


def _lines(run: ReplayRun, pair: _Pair, results: Mapping[int, Result], todo: Sequence[int]) -> list[dict[str, Any]]:
    chosen = {case: results[case] for case in todo}
    frozen = _frozen(pair, chosen)
    # the first step reads the whole round, for its best values; the others only what is theirs
    submissions = _submissions(results if run.best is None else chosen) if pair.schemes else {}
    read, problems = _values(pair.new, submissions)
    best = _best(run, pair, read)
    computed = computed_points(pair.new, read, best) if pair.schemes else {}
    return [
        _line(run, pair, (chosen[case], frozen[case]), computed.get(str(case), {}), problems.get(str(case), ""))
        for case in todo
    ]


def _frozen(pair: _Pair, results: Mapping[int, Result]) -> dict[int, Frozen]:
    ids, given = list(results), _given(list(results))
    grades = {}
    if not scoring.gives_points(pair.old):
        grades = {row.case_id: row.grade for row in PanelOpinion.select().where(PanelOpinion.case.in_(ids or [0]))}
    return {case: Frozen(one.facts, given.get(case, ()), grades.get(case, "")) for case, one in results.items()}


def _given(cases: Sequence[int]) -> dict[int, list[dict[str, Fraction]]]:
    """Case → each counting expert's own points: panel indicators, and figures changed with a reason."""
    recused = Recusal.select(Recusal.member).where(Recusal.case == ScoreSheet.case)
    rows = (
        ScoreSheet.select()
        .join(PanelMember)
        .where(
            ScoreSheet.case.in_(list(cases) or [0]) & (ScoreSheet.status == "signed") & (ScoreSheet.total != "")
            & PanelMember.removed_at.is_null() & PanelMember.id.not_in(recused)
        )
        .order_by(ScoreSheet.id)
    )  # fmt: skip
    found: dict[int, list[dict[str, Fraction]]] = {}
    for sheet in rows:
        own = {**sheet.points, **{code: change["points"] for code, change in sheet.changes.items()}}
        read = {code: number for code, text in own.items() if (number := exact(text)) is not None}
        found.setdefault(sheet.case_id, []).append(read)
    return found


def _line(
    run: ReplayRun, pair: _Pair, known: tuple[Result, Frozen], computed: Mapping[str, Fraction], problem: str
) -> dict[str, Any]:
    result, frozen = known
    total = Decimal(result.total) if result.total else None
    points = {code: Fraction(one["points"]) for code, one in result.indicators.items()}
    before = recorded(pair.old, frozen, total, points)
    line = {"run": run, "case": result.case_id, "before": _plain(before), "moved": [], "reasons": []}
    try:
        if problem and frozen.given:
            raise Refused(problem)
        after = outcome(pair.new, frozen, computed, pair.schemes or _NO_SCHEMES)
    except Refused as refusal:
        return {**line, "after": {"problem": str(refusal)}}
    changed = [{key: str(value) for key, value in asdict(one).items()} for one in moved(before, after, pair.names)]
    reasons = list(after.reasons) if after.grade != before.grade else []
    return {**line, "after": _plain(after), "moved": changed, "reasons": reasons}


_NO_SCHEMES = Schemes(Scheme("", "", "", (), ()), Scheme("", "", "", (), ()))
"""Where nothing is scored by points."""


def _plain(told: Outcome) -> dict[str, Any]:
    return {"grade": told.grade, "total": None if told.total is None else str(told.total), "yuan": told.yuan}
