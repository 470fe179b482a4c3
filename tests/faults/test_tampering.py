"""A changed, deleted, inserted or exchanged event is found, and the first bad row named (R9)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from core.cases import admin_events, events
from core.cli import audit
from core.models import AdminEvent, CaseEvent
from core.models import database as handle
from tests import world as w

pytestmark = [pytest.mark.faults, pytest.mark.usefixtures("database")]


@pytest.fixture
def chain(tmp_path: Path) -> w.World:
    """A case that was submitted, forwarded and returned: at least four events."""
    world = w.build(carriers=2, folder=tmp_path)
    w.submit(world, world.cases[0])
    w.return_case(world, world.cases[0])
    w.submit(world, world.cases[0])
    w.forward(world, world.cases[0])
    assert CaseEvent.select().where(CaseEvent.case == world.cases[0]).count() >= 4
    return world


def _row(world: w.World, sequence: int) -> CaseEvent:
    return CaseEvent.get((CaseEvent.case == world.cases[0]) & (CaseEvent.sequence == sequence))


def _edit_body(world: w.World) -> None:
    row = _row(world, 3)
    CaseEvent.update(body=row.body.replace('"sequence":3', '"sequence":3 ')).where(CaseEvent.id == row.id).execute()


def _edit_body_and_hash(world: w.World) -> None:
    """Somebody who knows the rule and mends the row's own hash: the next row gives it away."""
    row = _row(world, 3)
    body = row.body.replace('"on":"2023-06-01"', '"on":"2023-05-01"')
    CaseEvent.update(
        body=body, hash=events.digest(row.previous_hash + body), policy_date="2023-05-01"
    ).where(CaseEvent.id == row.id).execute()


def _edit_column(world: w.World) -> None:
    CaseEvent.update(kind="withdrawn").where(CaseEvent.id == _row(world, 3).id).execute()


def _edit_words(world: w.World) -> None:
    row = CaseEvent.get((CaseEvent.case == world.cases[0]) & (CaseEvent.kind == "returned"))
    CaseEvent.update(said="另一种说法").where(CaseEvent.id == row.id).execute()


def _delete(world: w.World) -> None:
    CaseEvent.delete().where(CaseEvent.id == _row(world, 3).id).execute()


def _cut_tail(world: w.World) -> None:
    last = CaseEvent.select().where(CaseEvent.case == world.cases[0]).order_by(CaseEvent.sequence.desc()).first()
    CaseEvent.delete().where(CaseEvent.id == last.id).execute()


def _insert(world: w.World) -> None:
    last = CaseEvent.select().where(CaseEvent.case == world.cases[0]).order_by(CaseEvent.sequence.desc()).first()
    values = {f: getattr(last, f) for f in ("case", "kind", "occurred_at", "policy_date", "body")}
    body = values.pop("body")
    CaseEvent.create(
        **values, body=body, sequence=last.sequence + 1, previous_hash=last.hash, hash=events.digest(last.hash + body)
    )


def _swap(world: w.World) -> None:
    third, fourth = _row(world, 3), _row(world, 4)
    CaseEvent.update(sequence=-1).where(CaseEvent.id == third.id).execute()
    CaseEvent.update(sequence=3).where(CaseEvent.id == fourth.id).execute()
    CaseEvent.update(sequence=4).where(CaseEvent.id == third.id).execute()


def _returned(world: w.World) -> int:
    return CaseEvent.get((CaseEvent.case == world.cases[0]) & (CaseEvent.kind == "returned")).sequence


def _length(world: w.World) -> int:
    return w.fresh(world.cases[0]).head_sequence


TAMPERINGS: list[tuple[Callable[[w.World], None], Callable[[w.World], int]]] = [
    (_edit_body, lambda world: 3),
    (_edit_body_and_hash, lambda world: 4),
    (_edit_column, lambda world: 3),
    (_edit_words, _returned),
    (_delete, lambda world: 4),
    (_cut_tail, _length),
    (_insert, lambda world: _length(world) + 1),
    (_swap, lambda world: 3),
]


def test_control_the_untouched_chain_holds(chain: w.World) -> None:
    assert events.verify(w.fresh(chain.cases[0])) is None
    assert audit.verify_all() == (2, [])


@pytest.mark.parametrize(("tamper", "first_bad"), TAMPERINGS, ids=[t.__name__.strip("_") for t, _ in TAMPERINGS])
def test_the_first_bad_row_is_named(
    chain: w.World, tamper: Callable[[w.World], None], first_bad: Callable[[w.World], int]
) -> None:
    expected = first_bad(chain)

    tamper(chain)

    fault = events.verify(w.fresh(chain.cases[0]))
    assert fault is not None
    assert (fault.case, fault.sequence) == (chain.cases[0].id, expected)
    count, said = audit.verify_all()
    assert count == 2
    assert len(said) == 1
    assert f"第 {expected} 条" in said[0]


def test_the_administrative_chain_too(chain: w.World) -> None:
    assert AdminEvent.select().count() >= 3
    AdminEvent.update(kind="something_else").where(AdminEvent.sequence == 2).execute()

    assert admin_events.first_fault() == 2
    assert audit.verify_all()[1] == ["管理事项第 2 条：与链不符。"]


def _verify() -> Result:
    """The command opens the database itself, as in a process of its own."""
    handle.close()
    result = CliRunner().invoke(audit.command, ["verify"])
    handle.close()
    return result


def test_the_command_names_it_and_fails(
    chain: w.World, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core import migrations

    monkeypatch.setenv("KAOPING_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("KAOPING_DATABASE_URL", database)
    monkeypatch.setattr(migrations, "require_current", lambda: None)
    sound = _verify()
    _edit_body(chain)
    broken = _verify()

    assert (sound.exit_code, broken.exit_code) == (0, 1)
    assert "2 件办件" in sound.output
    assert "第 3 条" in broken.output
