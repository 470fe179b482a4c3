"""Evidence: attached while a case is being filled, and read only by those who may."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from core.cases import files, panels
from core.cases.action import new_token
from core.cases.events import verify
from core.errors import OutOfScope, Refused
from core.models import Attachment, CaseEvent
from tests import factories
from tests import world as w

pytestmark = pytest.mark.usefixtures("database")

PDF = b"%PDF-1.4 "


@pytest.fixture
def world(tmp_path: Path) -> w.World:
    return w.build(carriers=2, folder=tmp_path / "files")


def _field(world: w.World) -> str:
    from core.cases import definitions

    form = definitions.fill_form(world.cases[0]).definition
    return next(field.key for field in form.fields if field.type == "files")


def _attach(world: w.World, content: bytes = PDF, name: str = "合同.pdf", **more: int) -> Attachment:
    clerk = w.viewer(world.clerks[0])
    return files.attach(clerk, world.cases[0].id, _field(world), name, io.BytesIO(content), **more)


def _kept(folder: Path) -> list[Path]:
    return [path for path in (folder / "files").rglob("*") if path.is_file()]


def test_a_file_is_kept_with_its_digest_in_the_chain(world: w.World) -> None:
    row = _attach(world, name="C:\\资料\\租赁合同.PDF")

    assert (row.filename, row.content_type, row.size) == ("租赁合同.pdf", "application/pdf", len(PDF))
    assert row.digest in CaseEvent.get(CaseEvent.kind == "file_attached").body
    case = w.fresh(world.cases[0])
    assert (case.stage_version, verify(case)) == (world.cases[0].stage_version, None)
    found, stream = files.readable(w.viewer(world.clerks[0]), row.id)
    with stream:
        assert (found.id, stream.read()) == (row.id, PDF)


def test_the_same_bytes_again_give_the_first_row(world: w.World) -> None:
    assert _attach(world).id == _attach(world, name="又一份.pdf").id
    assert Attachment.select().count() == 1


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [(b"<html>", "a.pdf", "不是 pdf 文件"), (PDF, "a.exe", "不收exe 文件"), (b"", "a.pdf", "空文件"), (PDF, "无扩展名", "没有扩展名")],
)
def test_what_is_refused_leaves_nothing_and_names_the_field(
    world: w.World, tmp_path: Path, content: bytes, name: str, said: str
) -> None:
    with pytest.raises(Refused, match=said) as refusal:
        _attach(world, content, name)

    assert list(refusal.value.fields) == [_field(world)]
    assert _kept(tmp_path) == []
    assert Attachment.select().count() == 0


def test_the_instances_limit(world: w.World, tmp_path: Path) -> None:
    megabyte = 1024 * 1024
    assert _attach(world, PDF.ljust(megabyte), max_upload_mb=1).size == megabyte
    with pytest.raises(Refused, match="超过 1 兆字节"):
        _attach(world, PDF.ljust(megabyte + 1), max_upload_mb=1)
    assert len(_kept(tmp_path)) == 1


def test_the_number_of_files(world: w.World, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.cases import definitions

    most = definitions.fill_form(world.cases[0]).definition.field(_field(world)).max_files or files.USUAL_MAX_FILES
    for number in range(most):
        _attach(world, PDF + str(number).encode())
    with pytest.raises(Refused, match=f"最多传 {most} 份"):
        _attach(world, PDF + b"one more")
    files.remove(w.viewer(world.clerks[0]), world.cases[0].id, Attachment.select().first().id)
    _attach(world, PDF + b"one more")


def test_only_the_carriers_clerk_and_only_a_field_for_files(world: w.World) -> None:
    case, content = world.cases[0].id, io.BytesIO(PDF)
    for person in (world.clerks[1], world.city_reviewer, world.experts[0]):
        with pytest.raises(OutOfScope):
            files.attach(w.viewer(person), case, _field(world), "a.pdf", content)
    with pytest.raises(OutOfScope):
        files.attach(w.viewer(world.clerks[0]), case, "no_such_field", "a.pdf", content)


def test_nothing_is_attached_or_removed_after_submission(world: w.World) -> None:
    row = _attach(world)
    w.submit(world, world.cases[0])

    with pytest.raises(Refused, match="已经提交"):
        _attach(world, PDF + b"later")
    with pytest.raises(Refused, match="已经提交"):
        files.remove(w.viewer(world.clerks[0]), world.cases[0].id, row.id)


def test_a_removed_file_is_gone_unless_it_was_submitted(world: w.World) -> None:
    clerk = w.viewer(world.clerks[0])
    draft = _attach(world)
    files.remove(clerk, world.cases[0].id, draft.id)
    with pytest.raises(OutOfScope):
        files.readable(clerk, draft.id)
    with pytest.raises(OutOfScope):
        files.remove(clerk, world.cases[0].id, draft.id)

    kept = _attach(world, PDF + b"2")
    w.submit(world, world.cases[0])
    w.return_case(world, world.cases[0])
    files.remove(clerk, world.cases[0].id, kept.id)

    for person in (world.clerks[0], world.district_reviewer, world.city_reviewer):
        files.readable(w.viewer(person), kept.id)[1].close()


def test_who_reads_it(world: w.World) -> None:
    row = _attach(world)
    officers = [factories.account(role) for role in ("system_admin", "security_admin", "auditor")]
    never = [world.clerks[1], world.other_district_reviewer, world.finance, world.policy_officer, *officers]

    _reads(world, row, [world.clerks[0]], [*never, world.district_reviewer, world.city_reviewer, *world.experts])
    w.submit(world, world.cases[0])
    readers = [world.clerks[0], world.district_reviewer, world.city_reviewer]
    _reads(world, row, readers, [*never, *world.experts])
    w.forward(world, world.cases[0])
    w.forward(world, world.cases[0])
    w.pledge(world)
    panels.declare_no_conflict(w.viewer(world.experts[0]), world.cases[0].id, new_token())
    panels.recuse(w.viewer(world.experts[1]), world.cases[0].id, "曾任顾问", new_token())
    _reads(world, row, [*readers, world.experts[0]], [*never, world.experts[1], world.experts[2]])


def _reads(world: w.World, row: Attachment, readers: list, others: list) -> None:  # type: ignore[type-arg]
    for person in readers:
        files.readable(w.viewer(person), row.id)[1].close()
    for person in others:
        with pytest.raises(OutOfScope):
            files.readable(w.viewer(person), row.id)


def test_bytes_that_are_missing_are_said_to_be(world: w.World, tmp_path: Path) -> None:
    row = _attach(world)
    for path in _kept(tmp_path):
        path.unlink()
    with pytest.raises(Refused, match="找不到"):
        files.readable(w.viewer(world.clerks[0]), row.id)
