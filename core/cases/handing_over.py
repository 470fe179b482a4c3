"""Handing one person's waiting work to colleagues (交接): a role and place at a time, in one transaction.

The system administrator may do it for anybody and learns numbers only; a reviewer does it within the own role and
place. Every case keeps its event of 转办. Filling belongs to the carrier and an expert's sheet to the expert: neither
can be handed over here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from core.cases import definitions, events, locking, statements
from core.cases.action import Receipt, once
from core.cases.admin_events import record
from core.errors import OutOfScope, Refused, Stale
from core.models import Account, Case, District, Grant, PanelMember, Region, canonical_json
from core.people import accounts
from core.people.scope import BOUND_BY, Reach, Viewer, may_handle, viewer_of, visible_cases
from core.roles import ROLES

HANDLERS = ("district_reviewer", "district_centre", "city_reviewer", "city_centre")
"""The roles whose work can go to a colleague."""
MOST = 1000
"""Cases in one hand-over: all of them are held until it is done."""


@dataclass
class Work:
    """What waits for a person in one role and place: cases handed to this person, and those open to all of the role."""

    role: str
    region: Region
    district: District | None
    assigned: list[Case] = field(default_factory=list)
    pooled: list[Case] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The name of this work in a form."""
        return f"{self.role}-{self.region.id}-{self.district.id if self.district else 0}"

    @property
    def words(self) -> str:
        """Role and place for people."""
        return f"{self.region.name}{self.district.name if self.district else ''}{ROLES[self.role].name}"

    def cases(self, everything: bool) -> list[Case]:
        """What goes, in the order in which cases are held."""
        return sorted([*self.assigned, *(self.pooled if everything else [])], key=lambda case: int(case.id))


@dataclass(frozen=True)
class HandOver:
    """What is asked: work → the colleague's account; `everything` takes along what is open to all of the role."""

    to: Mapping[str, int]
    reason: str
    everything: bool = False
    disable: bool = False


def works_of(viewer: Viewer, person: Account) -> list[Work]:
    """The work of a person that this viewer may hand over, by role and place.

    Raises OutOfScope for a reviewer who shares no role and place with the person.
    """
    found = _works(person)
    if "system_admin" in viewer.roles:
        return found
    mine = [work for work in found if _shares(viewer, work)]
    if not mine and not any(reach in viewer.reaches for reach in _handling(viewer_of(person))):
        raise OutOfScope
    return mine


def _shares(viewer: Viewer, work: Work) -> bool:
    """Whether the viewer holds the role of this work in its place."""
    district = work.district.id if work.district else None
    return any(reach.region == work.region.id and reach.district == district for reach in viewer.within(work.role))


def _handling(person: Viewer) -> list[Reach]:
    return [reach for reach in person.reaches if reach.role in HANDLERS and reach.region is not None]


def _works(person: Account) -> list[Work]:
    """Everything, whether the person still holds the role or not; work without a case is left in for the page."""
    found: dict[tuple[str, int, int | None], Work] = {}
    for case in Case.select().where(Case.assignee == person.id).order_by(Case.id):
        role = _single_role(case)
        if role in HANDLERS:
            district = case.district_id if "district" in BOUND_BY[role] else None
            _work(found, role, case.region_id, district).assigned.append(case)
    held = viewer_of(person)
    for reach in _handling(held):
        work = _work(found, reach.role, int(reach.region or 0), reach.district)
        own = Viewer(held.account, held.name, (reach,))
        free = visible_cases(own, reach.role).where((Case.outcome == "") & Case.assignee.is_null()).order_by(Case.id)
        work.pooled += [case for case in free.limit(5 * MOST) if _single_role(case) == reach.role]
    return sorted(found.values(), key=lambda work: work.key)


def _single_role(case: Case) -> str:
    """The one role that acts on the case now; "" where several sign, or nobody acts."""
    try:
        stage = definitions.workflow_of(case).stage(case.stage)
    except Refused:
        return ""
    return "" if stage.signing is not None or stage.kind in ("fill", "closed") else stage.role


def _work(found: dict[tuple[str, int, int | None], Work], role: str, region: int, district: int | None) -> Work:
    key = (role, region, district)
    if key not in found:
        place = District.get_by_id(district) if district is not None else None
        found[key] = Work(role, Region.get_by_id(region), place)
    return found[key]


def colleagues(work: Work, leaving: Account) -> list[Account]:
    """Who holds the same role in the same place and may sign in."""
    district = work.district.id if work.district else None
    same = (Grant.role == work.role) & (Grant.region == work.region.id) & Grant.revoked_at.is_null()
    same &= Grant.district.is_null() if district is None else Grant.district == district
    rows = Account.select().where(
        Account.id.in_(Grant.select(Grant.account).where(same)) & Account.is_active & (Account.id != leaving.id)
    )
    return list(rows.order_by(Account.display_name, Account.id))


def panel_seats(person: Account) -> int:
    """On how many panels of open rounds the person sits; seats are the city's to fill anew."""
    seats = PanelMember.select().where((PanelMember.account == person.id) & PanelMember.removed_at.is_null())
    return sum(seat.round.status == "open" for seat in seats)


def seen(works: Iterable[Work]) -> str:
    """What a form was drawn with: every case that waits and its version."""
    return events.digest(
        canonical_json(
            [[w.key, *([c.id, c.stage_version] for c in w.assigned), "", *([c.id, c.stage_version] for c in w.pooled)] for w in works]
        )
    )


def hand_over(viewer: Viewer, account_id: int, asked: HandOver, drawn_from: str, token: str) -> Receipt:
    """Hand over the work that is asked for, all of it or nothing; the account may be disabled with it.

    `drawn_from` is `seen` of the page. Raises Refused with the fields, Stale when anything of it moved, OutOfScope.
    """

    def work() -> Receipt:
        person = Account.get_or_none(Account.id == account_id)
        if person is None or (asked.disable and "system_admin" not in viewer.roles):
            raise OutOfScope
        works = works_of(viewer, person)
        if seen(works) != drawn_from:
            raise Stale("待办刚有变化，没有移交。请看过现在的件数再办。")
        chosen = _chosen(works, person, asked)
        _refuse_incomplete(viewer, works, person, asked, chosen)
        count = sum(_move(viewer, person, one, to, asked) for one, to in chosen)
        if asked.disable:
            accounts.set_active(person, False)
            record(viewer, "account_disabled", {"account": person.id, "reason": asked.reason.strip()})
        also = "，账号已停用" if asked.disable else ""
        return {"account": person.id, "cases": count, "message": f"已把 {person.display_name} 的 {count} 件待办移交{also}。"}

    return once(token, work)


def _chosen(works: Sequence[Work], person: Account, asked: HandOver) -> list[tuple[Work, Account]]:
    """Each work that goes with the colleague who takes it. Raises Refused for somebody who may not."""
    known = {work.key: work for work in works}
    if set(asked.to) - set(known):
        raise OutOfScope
    chosen = []
    for key, to in asked.to.items():
        taking = next((one for one in colleagues(known[key], person) if one.id == to), None)
        if taking is None:
            raise Refused("对方不能接办这些事，请另选一位。", {f"to-{key}": "请选一位同一角色、同一范围、在用的同事。"})
        if known[key].cases(asked.everything):
            chosen.append((known[key], taking))
    return chosen


def _refuse_incomplete(
    viewer: Viewer, works: Sequence[Work], person: Account, asked: HandOver, chosen: Sequence[tuple[Work, Account]]
) -> None:
    faults = {} if asked.reason.strip() else {"reason": "请写明交接的原因。"}
    going = {work.key for work, _ in chosen}
    if asked.disable and person.id == viewer.account:
        faults["disable"] = "不能停用自己的账号，请由另一位系统管理员办理。"
    if asked.disable:
        left = [w for w in works if w.assigned and w.key not in going and colleagues(w, person)]
        faults |= {f"to-{w.key}": f"停用以前，请选好 {w.words} 的 {len(w.assigned)} 件交给谁。" for w in left}
    if not chosen and not faults and not asked.disable:
        faults["to"] = "没有要移交的：请选好交给谁；只移交已经转给本人的，或连同本角色共同的待办。"
    if sum(len(work.cases(asked.everything)) for work, _ in chosen) > MOST:
        faults["to"] = f"一次最多移交 {MOST} 件，请一处一处地办。"
    if faults:
        raise Refused("".join(faults.values()), faults)


def _move(viewer: Viewer, person: Account, work: Work, taking: Account, asked: HandOver) -> int:
    """Hand the cases of one work to a colleague; how many."""
    cases, taker = work.cases(asked.everything), viewer_of(taking)
    locking.lock_cases(case.id for case in cases)
    for case in cases:
        row = statements.load_case(case.id)
        if row.stage_version != case.stage_version:
            raise Stale("待办刚有变化，没有移交。请看过现在的件数再办。")
        if not may_handle(taker, case, work.role):
            raise Refused("对方不能接办其中的事，请另选一位。", {f"to-{work.key}": "对方接不了其中的事。"})
        Case.update(assignee=taking).where(Case.id == case.id).execute()
        data = {"to_account": taking.id, "from_account": person.id}
        sequence = events.append(row, viewer, "reassigned", data, asked.reason.strip(), renews=True)
        statements.append_outbox("case_reassigned", {"case": case.id, "account": taking.id, "sequence": sequence})
    data = {"from": person.id, "to": taking.id, "role": work.role, "region": work.region.id, "cases": len(cases)}
    place = {"district": work.district.id} if work.district else {}
    record(viewer, "tasks_handed_over", {**data, **place, "reason": asked.reason.strip()})
    return len(cases)


def people_with_work(viewer: Viewer) -> list[Account]:
    """Whose work this viewer may hand over: everybody who holds or held cases in a role and place of theirs."""
    grants = Grant.select(Grant.account).where(Grant.role.in_(HANDLERS) & Grant.revoked_at.is_null())
    holding = Case.select(Case.assignee).where(Case.assignee.is_null(False))
    if "system_admin" not in viewer.roles:
        mine = [(r.role, r.region, r.district) for r in _handling(viewer)]
        rows = Grant.select().where(Grant.role.in_(HANDLERS) & Grant.revoked_at.is_null())
        fitting = {g.account_id for g in rows if (g.role, g.region_id, g.district_id) in mine}
        reached = [visible_cases(viewer, role).where(Case.assignee.is_null(False)) for role in {r.role for r in _handling(viewer)}]
        fitting |= {case.assignee_id for cases in reached for case in cases}
        return list(Account.select().where(Account.id.in_(list(fitting) or [0])).order_by(Account.display_name))
    return list(Account.select().where(Account.id.in_(grants) | Account.id.in_(holding)).order_by(Account.display_name))
