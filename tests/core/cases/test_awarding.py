"""Awards: waiting for an amount, payable, released once, called back; the ledger only grows and adds up."""

from __future__ import annotations

import pytest

from core import clock
from core.cases import awarding, events
from core.errors import OutOfScope, Refused, Stale
from core.models import Award, AwardEntry, CarrierMark, Case, Result
from core.policy.award_holds import OBJECTED
from tests import factories
from tests import world as w

YUAN = 150_000


@pytest.fixture
def world(database: str) -> w.World:
    """Two carriers whose results are final."""
    made = w.build(2, 3)
    w.to_closed(made, *made.cases)
    return made


def enter(world: w.World, grade: str = "", yuan: int = YUAN) -> int:
    key = f"award_{grade or Award.select().order_by(Award.id).get().grade}_yuan"
    person = w.viewer(world.policy_officer)
    return awarding.enter_parameter(person, world.region, key, str(yuan), "演示文件第一条", clock.today())


def first() -> Award:
    return Award.select().order_by(Award.id).get()


def release(world: w.World, award: Award, token: str = "") -> dict[str, object]:
    return awarding.release(w.viewer(world.finance), award.id, award.version, token or w.new_token())


def test_an_award_waits_and_says_what_for(world: w.World) -> None:
    award = first()
    assert (award.status, award.amount_fen) == ("waiting", None)
    assert "没有写金额" in "".join(award.reasons)
    assert award.trace[-1]["clause"] == "第十八条"
    with pytest.raises(Refused, match="还不能发放"):
        release(world, award)
    assert not AwardEntry.select().exists()


def test_the_amount_makes_it_payable_and_it_is_paid_once(world: w.World) -> None:
    assert enter(world) >= 1
    award, token = first(), w.new_token()
    assert (award.status, award.amount_fen, award.reasons) == ("payable", YUAN * 100, [])
    receipt = release(world, award, token)
    assert release(world, award, token) == {**receipt, "repeated": True}
    with pytest.raises(Stale):
        release(world, award)
    assert [(e.kind, e.amount_fen) for e in AwardEntry.select()] == [("release", YUAN * 100)]
    assert (first().status, awarding.balance_fen(award)) == ("released", YUAN * 100)
    assert events.verify(w.fresh(award.case)) is None


def test_a_paid_award_is_called_back_by_an_entry_of_its_own(world: w.World) -> None:
    enter(world)
    award = first()
    release(world, award)
    city = w.viewer(world.city_reviewer)
    with pytest.raises(Refused, match="依据"):
        awarding.recover(city, award.case_id, " ", w.new_token())
    awarding.recover(city, award.case_id, "合同系伪造", w.new_token())
    kept = list(AwardEntry.select().order_by(AwardEntry.id))
    assert [(e.kind, e.amount_fen, e.reason) for e in kept] == [
        ("release", YUAN * 100, ""),
        ("reversal", -YUAN * 100, "合同系伪造"),
    ]
    assert (first().status, awarding.balance_fen(award)) == ("reversed", 0)
    newest = Result.select().where(Result.case == award.case_id).order_by(Result.version.desc()).get()
    assert (newest.version, newest.grade) == (2, "unqualified")


def test_an_unpaid_award_is_only_cancelled(world: w.World) -> None:
    award = first()
    awarding.recover(w.viewer(world.city_reviewer), award.case_id, "合同系伪造", w.new_token())
    assert first().status == "cancelled"
    enter(world)
    assert (first().status, first().amount_fen) == ("cancelled", None)
    assert not AwardEntry.select().exists()


def test_a_release_in_between_stops_the_clawback(world: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(world)
    award = first()
    get = Award.get_or_none

    def read_then_released(*conditions: object) -> Award | None:
        found = get(*conditions)
        Award.update(status="released", version=Award.version + 1).where(Award.id == award.id).execute()
        return found

    monkeypatch.setattr(Award, "get_or_none", read_then_released)
    with pytest.raises(Stale):
        awarding.recover(w.viewer(world.city_reviewer), award.case_id, "伪造", w.new_token())
    assert Result.select().where(Result.case == award.case_id).count() == 1


def test_a_value_entered_later_leaves_paid_awards_alone(world: w.World) -> None:
    enter(world)
    release(world, first())
    enter(world, yuan=99)
    assert (first().status, first().amount_fen) == ("released", YUAN * 100)


def test_only_the_policy_officer_enters_and_only_what_the_policy_leaves_open(world: w.World) -> None:
    grade = first().grade
    for stranger in (world.finance, world.city_reviewer):
        with pytest.raises(OutOfScope):
            awarding.enter_parameter(
                w.viewer(stranger), world.region, f"award_{grade}_yuan", "1", "文件", clock.today()
            )
    officer = w.viewer(world.policy_officer)
    for key, value, source, why in (
        ("notice_working_days", "1", "文件", "已有取值"),
        (f"award_{grade}_yuan", "1", " ", "出自"),
        (f"award_{grade}_yuan", "-1", "文件", "不能是"),
        (f"award_{grade}_yuan", "1.5", "文件", "不能是"),
    ):
        with pytest.raises(Refused, match=why):
            awarding.enter_parameter(officer, world.region, key, value, source, clock.today())
    assert first().status == "waiting"


def test_money_is_released_only_by_the_regions_finance(world: w.World) -> None:
    enter(world)
    elsewhere = factories.account("finance", region=factories.region("jingang", "津港市"))
    for stranger in (elsewhere, world.city_reviewer, world.policy_officer):
        with pytest.raises(OutOfScope):
            awarding.release(w.viewer(stranger), first().id, first().version, w.new_token())
    assert not AwardEntry.select().exists()


def test_the_ledger_adds_up_over_all_awards(world: w.World) -> None:
    for grade in ("excellent", "good"):
        enter(world, grade)
    awards = list(Award.select().order_by(Award.id))
    for award in awards:
        release(world, award)
    awarding.recover(w.viewer(world.city_reviewer), awards[0].case_id, "伪造", w.new_token())
    total = sum(entry.amount_fen for entry in AwardEntry.select())
    assert len(awards) == 2
    assert total == sum(awarding.balance_fen(award) for award in awards) == YUAN * 100


def test_a_corrected_value_reaches_awards_that_are_not_paid_yet(world: w.World) -> None:
    enter(world, yuan=1_500_000)
    assert first().status == "payable"
    stale = first().version
    enter(world)
    assert (first().status, first().amount_fen) == ("payable", YUAN * 100)
    with pytest.raises(Stale, match="录入奖励金额"):
        awarding.release(w.viewer(world.finance), first().id, stale, w.new_token())


def test_a_paid_award_is_never_held(world: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(world)
    award = first()
    read = awarding._award_of

    def read_then_released(case: Case) -> Award | None:
        found = read(case)
        Award.update(status="released").where(Award.id == award.id).execute()
        return found

    monkeypatch.setattr(awarding, "_award_of", read_then_released)
    awarding.hold(award.case, OBJECTED)
    assert first().status == "released"


def test_a_held_award_goes_on_when_nothing_holds_it_any_more(world: w.World) -> None:
    enter(world)
    awarding.hold(first().case, OBJECTED)
    with pytest.raises(Refused, match="异议尚未处理完"):
        release(world, first())
    awarding.thaw(w.viewer(world.city_reviewer), first().case)
    assert (first().status, first().reasons) == ("payable", [])


def test_calling_back_is_done_once_for_what_the_policy_names(world: w.World) -> None:
    enter(world)
    release(world, first())
    city, case = w.viewer(world.city_reviewer), w.fresh(first().case)
    assert [veto.key for veto in awarding.recovering_vetoes(case)] == ["false_materials"]
    with pytest.raises(Refused, match="请选择查实的情形"):
        awarding.recover(city, case.id, "事故", w.new_token(), "major_safety_accident")
    awarding.recover(city, case.id, "伪造", w.new_token(), "false_materials")
    with pytest.raises(Refused, match="已经登记过"):
        awarding.recover(city, case.id, "伪造", w.new_token())
    assert (first().status, awarding.balance_fen(first())) == ("reversed", 0)


def test_marks_of_the_result_are_lifted_with_it_and_kept(world: w.World) -> None:
    case = w.fresh(first().case)
    CarrierMark.delete().execute()
    for number in (case.number, "QIN-2020-0001"):
        CarrierMark.create(
            carrier=case.carrier, kind="priority_recommendation", clause="第十八条", case_number=number,
            set_on=clock.today(), set_at=clock.now(),
        )  # fmt: skip
    awarding.recover(w.viewer(world.city_reviewer), case.id, "合同系伪造", w.new_token())
    lifted = CarrierMark.get(CarrierMark.case_number == case.number)
    assert (lifted.lifted_on, lifted.lifted_because) == (clock.today(), "合同系伪造")
    assert CarrierMark.get(CarrierMark.case_number == "QIN-2020-0001").lifted_on is None
    standing = {m.kind for m in CarrierMark.select().where(CarrierMark.case_number == case.number, CarrierMark.lifted_on.is_null())}
    assert standing == {"research_dishonesty_record", "title_revoked"}
