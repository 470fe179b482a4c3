"""What award money was used for: only after release, within what was released, for what the policy names."""

from __future__ import annotations

from typing import Any

import pytest

from core import clock
from core.cases import award_use, awarding, checking, definitions
from core.cases.action import new_token
from core.errors import OutOfScope, Refused
from core.jobs import handlers
from core.models import Account, Attachment, Award, Case, DefinitionVersion, Draft, Message, OutboxRow, Submission
from core.people.scope import Viewer, viewer_of
from core.policy.award_use_check import AWARD_USE
from core.policy.awards import AwardPurpose
from core.policy.submission_checks import Submitted
from tests import factories
from tests.core.cases import award_world as a

PROCEDURE = """
[[procedures]]
key = "award_use"
name = "奖励资金使用情况"
every = "on_demand"
opened_by = []
checked_by = ["award_use"]
form = "award_use"
workflow = "award_use"
clause = "工作惯例"
basis = "practice"
"""
PURPOSES = """
[[purposes]]
key = "operation"
name = "运营经费"
clause = "第十八条"
basis = "text"
"""
EVALUATION = PROCEDURE.replace('key = "award_use"', 'key = "platform_evaluation"').replace("on_demand", "year")
MORE = {
    "procedures": (('key = "award_use"', PROCEDURE), ('key = "platform_evaluation"', EVALUATION)),
    "awards": (("[[purposes]]", PURPOSES),),
}
GENERIC = a.PLUGINS.parent / "core" / "workflow" / "generic"
PLATFORM = "demonstration_platform"


def with_award_use() -> None:
    """Give the imported region the generic procedure, as a pack that uses it would; what it has itself stays."""
    for row in DefinitionVersion.select().where(DefinitionVersion.kind.in_(("procedures", "awards"))):
        more = "".join(text for mark, text in MORE[row.kind] if mark not in row.text)
        head, mark, rest = row.text.partition("[highest_only]")
        DefinitionVersion.update(text=head + more + mark + rest).where(DefinitionVersion.id == row.id).execute()
    like = DefinitionVersion.get(DefinitionVersion.kind == "awards")
    for kind in ("form", "workflow"):
        own = (DefinitionVersion.kind == kind) & (DefinitionVersion.key == "award_use")
        if DefinitionVersion.select().where(own).exists():
            continue
        text = (GENERIC / f"{kind}_award_use.toml").read_text("utf-8")
        DefinitionVersion.create(
            region=like.region, kind=kind, key="award_use", version=like.version, digest="", origin="plugin", text=text,
            in_force_from=like.in_force_from, in_force_to=like.in_force_to, created_at=clock.now(),
            published_at=clock.now(),
        )  # fmt: skip
    definitions._policy.cache_clear()


class Paid:
    """A released award of 50 000 yuan, with the carrier's clerk."""

    def __init__(self) -> None:
        self.titles = a.build()
        with_award_use()
        carrier = self.titles.carriers[PLATFORM]
        self.account: Account = factories.account("carrier_clerk", carrier=carrier)
        self.award: Award = self.titles.final(2021, {PLATFORM: "good"})[0]
        self.titles.release(self.award)
        self.award = a.fresh(self.award)

    @property
    def clerk(self) -> Viewer:
        return viewer_of(self.account)

    def open(self) -> Case:
        return Case.get_by_id(award_use.open_use(self.clerk, self.award.id, new_token())["case"])

    @property
    def purpose(self) -> AwardPurpose:
        """What the money is for."""
        return award_use.purposes_of(self.award)[0]

    def typed(self, case: Case, *yuan: str, purpose: str = "") -> dict[str, list[str]]:
        """Type rows into the draft; what forbids submitting them."""
        purpose = purpose or self.purpose.name
        rows = [{"purpose": purpose, "spent_on": "2023-05-01", "yuan": one, "note": ""} for one in yuan]
        Draft.update(answers={"uses": rows}).where(Draft.case == case).execute()
        return checking.blocking(checking.of_draft(case, Draft.get(Draft.case == case)))

    def submitted(self, case: Case) -> None:
        draft = Draft.get(Draft.case == case)
        file = Attachment.create(
            case=case, field="use_files", filename="发票.pdf", content_type="application/pdf", size=1, digest="0" * 64,
            uploaded_at=clock.now(),
        )  # fmt: skip
        Submission.create(
            case=case, number=1, answers=draft.answers, files={"use_files": [file.id]}, digest="",
            submitted_at=clock.now(), submitted_on=clock.today(),
        )  # fmt: skip
        Case.update(stage="city_review").where(Case.id == case.id).execute()


@pytest.fixture
def paid(database: str) -> Paid:
    """Released, and nothing reported yet."""
    return Paid()


def test_the_clerk_is_asked_after_release(paid: Paid) -> None:
    row = OutboxRow.get(OutboxRow.kind == "award_released")
    handlers.HANDLERS[row.kind](row)
    message = Message.get(Message.account == paid.account)
    assert "填报使用情况" in message.text
    assert message.link == "/carrier/awards/"
    [of] = award_use.of_viewer(paid.clerk)
    assert (of.released, of.used, of.left, of.possible) == (50_000_00, 0, 50_000_00, True)


def test_all_uses_together_stay_within_what_was_released(paid: Paid) -> None:
    first = paid.open()
    assert first.origin_id == paid.award.case_id
    assert "超过已发放的奖励 0.01 元" in paid.typed(first, "30000", "20000.01")["uses"][0]
    assert paid.typed(first, "30000") == {}
    paid.submitted(first)
    second = paid.open()
    assert "最多能报 20,000 元" in paid.typed(second, "20000.01")["uses"][0]
    assert paid.typed(second, "20000") == {}
    paid.submitted(second)
    of = award_use.of_awards([paid.award])[paid.award.id]
    assert (of.used, of.left) == (50_000_00, 0)
    assert [len(use.files) for use in of.uses] == [1, 1]
    with pytest.raises(Refused, match="都报过"):
        paid.open()


def test_a_purpose_outside_the_policy_is_refused_by_row(paid: Paid) -> None:
    case = paid.open()
    assert "第 1 行的用途不在规定的范围里" in paid.typed(case, "1", purpose="旅游")["uses"][0]
    assert paid.typed(case, "1", purpose=paid.purpose.key) == {}


def test_one_report_at_a_time_and_only_by_the_carriers_clerk(paid: Paid) -> None:
    with pytest.raises(OutOfScope):
        award_use.open_use(paid.titles.payer, paid.award.id, new_token())
    stranger = factories.account("carrier_clerk", carrier=paid.titles.carriers["demonstration_base"])
    with pytest.raises(OutOfScope):
        award_use.open_use(viewer_of(stranger), paid.award.id, new_token())
    assert award_use.of_viewer(viewer_of(stranger)) == []
    case = paid.open()
    with pytest.raises(Refused, match=case.number):
        paid.open()


def test_nothing_is_reported_on_money_that_was_not_released(paid: Paid) -> None:
    waiting = paid.titles.final(2022, {PLATFORM: "good"})[0]
    with pytest.raises(Refused, match="还没有发放"):
        award_use.open_use(paid.clerk, waiting.id, new_token())


def test_finance_reads_the_evidence_of_uses_and_nothing_else(paid: Paid, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.storage.open_file", lambda digest: digest)
    case = paid.open()
    paid.typed(case, "5")
    paid.submitted(case)
    [file] = Attachment.select()
    found: Any = award_use.evidence_for_finance(paid.titles.payer, paid.award, file.id)
    assert found[0].id == file.id
    other = Attachment.create(
        case=paid.award.case_id,
        field="x",
        filename="x.pdf",
        content_type="",
        size=1,
        digest="",
        uploaded_at=clock.now(),
    )
    with pytest.raises(OutOfScope):
        award_use.evidence_for_finance(paid.titles.payer, paid.award, other.id)
    with pytest.raises(OutOfScope):
        award_use.evidence_for_finance(paid.clerk, paid.award, file.id)


def test_without_an_award_nothing_can_be_submitted(paid: Paid) -> None:
    policy = awarding.award_history.policy_for(paid.award.case)
    checked = AWARD_USE.run(Submitted(policy, {"uses": []}, {}, {}, clock.today()))
    assert [finding.blocks for finding in checked.findings] == [True]
