"""A fictitious region whose panel gives grades: no indicators, no score lines, a few aspects.

    place = build(folder)                                  # the city runs the panel, results are noticed
    place = build(folder, run_by="third_party", notice=False)  # a third party runs it, results are published at once

Everything goes through the verbs that the pages use. Its clauses are invented, as everything in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import clock, storage
from core.cases import acting, definitions, determining, noticing, panels, rounds, scoring, submitting
from core.cases.action import new_token
from core.cases.importing import import_region
from core.cases.panel_opinion import Opinion, record_opinion
from core.models import Account, Carrier, Case, Draft, EvaluationRound, PublicNotice, Region
from core.people.scope import Viewer, viewer_of
from core.policy.pack import RegionPack, load_region
from tests import factories

_STAGE = 'role = "{role}"\nscope = "{scope}"\nclause = "第三条"\nbasis = "text"\n'

FILES = {
    "region.toml": 'key = "jingang"\nname = "津港市"\nbureau = "津港市工信主管部门"\nclause = "第一条"\n',
    "documents.toml": """
key = "jingang"

[[documents]]
number = "津港工信〔2023〕1号"
title = "津港市服务平台评价办法（演示）"
version = "2023"
in_force_from = 2023-01-01
clause = "第九条"
""",
    "policy/2023/procedures.toml": """
key = "jingang"

[[procedures]]
key = "platform_evaluation"
name = "服务平台年度评价"
carrier_kinds = ["service_centre", "demonstration_platform"]
every = "year"
form = "platform_evaluation"
workflow = "platform_evaluation"
clause = "第二条"
basis = "text"
""",
    "policy/2023/facts.toml": """
key = "platform_evaluation"

[[facts]]
key = "kind"
name = "平台类型"
type = "choice"
allowed = ["service_centre", "demonstration_platform"]
clause = "第二条"

[[facts]]
key = "participated"
name = "报送了评价材料"
type = "yes_no"
default = true
clause = "第六条"

[[facts]]
key = "submitted_on"
name = "材料报送日"
type = "date"
clause = "第六条"

[[facts]]
key = "deadline"
name = "材料报送截止日"
type = "date"
clause = "第六条"

[[facts]]
key = "just_cause"
name = "有正当理由"
type = "yes_no"
default = false
clause = "第六条"

[[facts]]
key = "materials_conform"
name = "材料符合规定要求"
type = "yes_no"
default = true
must_be_checked = true
clause = "第六条"

[[facts]]
key = "integrity_breach"
name = "有失信行为记录"
type = "yes_no"
default = false
must_be_checked = true
clause = "第七条"
""",
    "policy/2023/vetoes.toml": """
key = "platform_evaluation"

[[vetoes]]
key = "false_materials"
name = "提供虚假材料"
grade = "unqualified"
clause = "第七条"
basis = "text"

[[vetoes]]
key = "late_submission"
name = "无正当理由，不按时报送材料"
when = "submitted_on > deadline and not just_cause"
grade = "unqualified"
clause = "第六条"
basis = "text"

[[vetoes]]
key = "nonconforming_materials"
name = "无正当理由，材料不合规定"
when = "not materials_conform and not just_cause"
grade = "unqualified"
clause = "第六条"
basis = "text"

[[vetoes]]
key = "not_submitted"
name = "无正当理由，没有报送材料"
when = "not participated and not just_cause"
grade = "unqualified"
clause = "第六条"
basis = "text"

[[ceilings]]
key = "integrity_breach"
name = "有失信行为记录的不得评为优秀和良好"
when = "integrity_breach"
at_most = "qualified"
clause = "第七条"
basis = "text"
""",
    "policy/2023/consequences.toml": """
key = "platform_evaluation"

[[consequences]]
key = "corrective_action"
name = "下达整改通知"
when = 'grade == "unqualified"'
clause = "第八条"
basis = "text"
""",
    "policy/2023/grades.toml": "key = \"platform_evaluation\"\n"
    + "".join(
        f'\n[[named]]\ngrade = "{grade}"\nname = "{name}"\nclause = "第五条"\nbasis = "text"\n'
        for grade, name in (("excellent", "优秀"), ("good", "良好"), ("qualified", "合格"), ("unqualified", "不合格"))
    ),
    "policy/2023/panel.toml": """
key = "platform_evaluation"
minimum = 2
gives = "grade"
run_by = "city_reviewer"
clause = "第四条"
basis = "text"

[[aspects]]
key = "management"
name = "建设及运营管理"
clause = "第四条"
basis = "text"

[[aspects]]
key = "services"
name = "服务业绩"
clause = "第四条"
basis = "text"

[[modes]]
key = "desk_review"
name = "材料审查"
clause = "第四条"

[[modes]]
key = "panel_meeting"
name = "会议评审"
clause = "第四条"
""",
    "policy/2023/notice.toml": """
key = "platform_evaluation"
enabled = true
unit = "working_days"
length = 5
counts_opening_day = false
clause = "第五条"
basis = "text"

[objection]
until = "last_day"
person_needs = ["real_name", "contact"]
organisation_needs = ["sealed", "contact"]
clause = "第五条"
basis = "text"

[changed_result]
notice_again = true
clause = "第五条"
basis = "practice"
""",
    "policy/2023/workflow.toml": f"""
key = "platform_evaluation"
name = "服务平台年度评价"
procedure = "platform_evaluation"
start = "fill"

[[stages]]
key = "fill"
name = "单位填报"
kind = "fill"
form = "platform_evaluation"
clock = {{ kind = "plan", field = "submission_deadline" }}
{_STAGE.format(role="carrier_clerk", scope="carrier")}
[[stages.actions]]
key = "submit"
name = "提交审核"
to = "city_review"
effect = "submit"

[[stages.actions]]
key = "absent"
name = "记为未参加"
to = "determination"
effect = "absent"
role = "city_reviewer"
needs = ["said"]

[[stages]]
key = "city_review"
name = "市级复审"
kind = "review"
{_STAGE.format(role="city_reviewer", scope="region")}
[[stages.actions]]
key = "forward"
name = "受理，交专家评价"
to = "expert_panel"
effect = "forward"

[[stages.actions]]
key = "return"
name = "退回补正"
to = "fill"
effect = "return"
needs = ["reasons"]

[[stages]]
key = "expert_panel"
name = "专家评价"
kind = "expert_panel"
{_STAGE.format(role="expert", scope="panel")}
[[stages.actions]]
key = "determine"
name = "评价完成"
to = "determination"
effect = "determine"

[[stages]]
key = "determination"
name = "结果认定"
kind = "determination"
{_STAGE.format(role="city_reviewer", scope="region")}
[[stages.actions]]
key = "return_to_panel"
name = "退回专家组"
to = "expert_panel"
effect = "return"
needs = ["said"]

[[stages.actions]]
key = "publish_results"
name = "公布结果"
to = "closed"
effect = "publish"

[[stages.actions]]
key = "publish"
name = "发布公示"
to = "public_notice"
effect = "publish"

[[stages]]
key = "public_notice"
name = "结果公示"
kind = "public_notice"
{_STAGE.format(role="city_reviewer", scope="region")}
[[stages.actions]]
key = "close"
name = "公示期满，办结"
to = "closed"
effect = "close"

[[stages.actions]]
key = "redetermine"
name = "重新认定"
to = "determination"
effect = "redetermine"
needs = ["reasons"]

[[stages]]
key = "closed"
name = "办结"
kind = "closed"
clause = "第五条"
basis = "text"
""",
    "forms/platform_evaluation.toml": """
key = "platform_evaluation"
title = "服务平台评价材料"
version = "2023"
clause = "第三条"

[[sections]]
key = "services"
title = "服务情况"
clause = "第三条"

[[sections.fields]]
key = "events"
label = "服务活动场次"
type = "integer"
unit = "场次"
required = true
clause = "第三条"
""",
}

DEADLINE = "2023-06-30"


@dataclass
class Place:
    """The region and its people; `clerks[i]` belongs to `carriers[i]` and `cases[i]`."""

    region: Region
    round: EvaluationRound
    carriers: list[Carrier]
    cases: list[Case]
    clerks: list[Account]
    city_reviewer: Account
    third_party: Account
    experts: list[Account]

    @property
    def runner(self) -> Viewer:
        """Who runs the panel."""
        return viewer(self.third_party if panels.rules_of(self.round).run_by == "third_party" else self.city_reviewer)

    @property
    def city(self) -> Viewer:
        """The city's reviewer."""
        return viewer(self.city_reviewer)


def viewer(account: Account) -> Viewer:
    """The person as the rules see them now."""
    return viewer_of(Account.get_by_id(account.id))


def fresh(case: Case) -> Case:
    """The case as it stands."""
    return Case.get_by_id(case.id)


def write(folder: Path, *, run_by: str = "city_reviewer", notice: bool | None = True, **other: str) -> Path:
    """Write the pack; `notice` False switches it off, None writes none; `other` replaces files by their stem."""
    for name, text in FILES.items():
        told = other.get(Path(name).stem, text)
        if name.endswith("panel.toml"):
            told = told.replace('run_by = "city_reviewer"', f'run_by = "{run_by}"')
        if name.endswith("notice.toml"):
            if notice is None:
                continue
            told = told.replace("enabled = true", f"enabled = {str(notice).lower()}")
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(told, encoding="utf-8")
    return folder


def pack(folder: Path, **how: Any) -> RegionPack:
    """The pack, written, read and checked."""
    return load_region(write(folder, **how))


def build(folder: Path, carriers: int = 2, experts: int = 3, **how: Any) -> Place:
    """The region with its people and one open round."""
    storage.use(f"file://{folder / 'files'}")
    region = import_region(pack(folder / "jingang", **how))
    district = factories.district(region, "east", "东区")
    rows = [factories.carrier(district, f"演示服务平台{n}", kind="service_centre") for n in range(1, carriers + 1)]
    place = Place(
        region=region,
        round=EvaluationRound(),
        carriers=rows,
        cases=[],
        clerks=[factories.account("carrier_clerk", carrier=row) for row in rows],
        city_reviewer=factories.account("city_reviewer", region=region),
        third_party=factories.account("third_party", region=region),
        experts=[factories.account("expert", region=region) for _ in range(experts)],
    )
    made = rounds.create_round(place.city, region, "platform_evaluation", 2023, "2023 年度服务平台评价")
    rounds.save_plan(place.city, made.id, {"submission_deadline": DEADLINE}, made.version)
    rounds.set_participants(place.city, made.id, {row.id: (True, "") for row in rows})
    rounds.open_round(place.city, made.id, new_token())
    place.round = EvaluationRound.get_by_id(made.id)
    place.cases = list(Case.select().where(Case.round == made.id).order_by(Case.id))
    panels.form_panel(place.runner, made.id, [expert.id for expert in place.experts])
    return place


def submit(place: Place, case: Case, events: int = 12) -> None:
    """Fill and submit."""
    clerk = viewer(place.clerks[place.cases.index(case)])
    Draft.update(answers={"events": events}, raw={}).where(Draft.case == case).execute()
    submitting.submit(clerk, case.id, fresh(case).stage_version, new_token())


def to_panel(place: Place, case: Case) -> None:
    """Bring a case before the panel."""
    submit(place, case)
    acting.act(place.city, case.id, "forward", acting.Decision(), fresh(case).stage_version, new_token())


REMARKS = {"management": "制度齐全。", "services": "服务较多。"}


def sheet(place: Place, case: Case, expert: Account, grade: str, **more: Any) -> None:
    """One expert pledges, declares and signs a sheet with a grade."""
    person = viewer(expert)
    panels.sign_pledge(person, place.round.id, "我承诺保密。")
    panels.declare_no_conflict(person, case.id, new_token())
    _, _, row = scoring.open_sheet(person, case.id)
    given = {"grade": grade, "remarks": REMARKS, "opinion": "总体情况较好。", **more}
    kept = scoring.save_sheet(person, case.id, given, row.version)
    scoring.sign_sheet(person, case.id, kept.version, new_token())


def to_determination(
    place: Place, case: Case, sheets: Sequence[str] = ("good", "good", "good"), grade: str = "good", reasons: str = ""
) -> None:
    """Bring a case through the panel: these grades on the sheets, and the grade that the panel agrees on."""
    if fresh(case).stage == "fill":
        to_panel(place, case)
    for expert, given in zip(place.experts, sheets, strict=True):
        sheet(place, case, expert, given)
    said = Opinion(["desk_review"], "专家组意见。", grade, reasons)
    record_opinion(place.runner, case.id, said, new_token())
    determining.conclude_panel(place.runner, case.id, fresh(case).stage_version, new_token())


def check(place: Place, case: Case, **found: Any) -> None:
    """Record the checks: everything in order unless `found` says otherwise."""
    usual: Mapping[str, Any] = {"materials_conform": True}
    for needed in determining.missing_checks(fresh(case)):
        value = found.get(needed.key, usual.get(needed.key, False))
        determining.record_check(place.city, case.id, needed.key, value, "经核查")


def determine(place: Place, case: Case, **found: Any) -> None:
    """Record the checks and determine."""
    check(place, case, **found)
    determining.determine_case(place.city, case.id, fresh(case).stage_version, new_token())


def publish(place: Place, *cases: Case) -> PublicNotice:
    """Make results public as the policy has it: a notice, or at once."""
    chosen, round_ = [case.id for case in cases], place.round
    if noticing.publishes_at_once(definitions.pinned_policy(round_)):
        made = noticing.publish_results(place.city, round_.id, chosen, new_token())
    else:
        made = noticing.publish_notice(place.city, round_.id, chosen, "市工信主管部门（虚构）", new_token())
    return PublicNotice.get_by_id(made["notice"])


def after(notice: PublicNotice) -> Any:
    """The day after a notice's last day, as the policy date."""
    return clock.policy_date(notice.last_day.fromordinal(notice.last_day.toordinal() + 1))
