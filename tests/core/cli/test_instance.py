"""Making, checking and bringing forward an instance; its officers; its chains."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core import migrations
from core.cli.audit import verify_all
from core.errors import SettingError
from core.models import Account, AdminEvent, Grant, Region, SignInFailure, StoredSetting, connect
from core.models import database as handle
from core.people import passwords
from tests.core.cli import running

PASSWORD = "海港-云雀-四十二-青石"


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    """A folder with an instance made in it, connected to the models."""
    assert running.run(tmp_path, "init").returncode == 0
    connect(f"sqlite:///{tmp_path / 'instance' / 'kaoping.db'}")
    return tmp_path


@pytest.fixture(autouse=True)
def closed() -> object:
    yield
    if handle.obj is not None:
        handle.close()


def test_init_makes_tables_and_regions_and_may_be_repeated(instance: Path) -> None:
    again = running.run(instance, "init")

    assert (again.returncode, again.stderr) == (0, "")
    assert "表已经在" in again.stdout
    assert "秦皇岛市" in again.stdout
    assert [region.key for region in Region.select().where(Region.key.in_(["national", "qinhuangdao"]))] == ["qinhuangdao"]


def test_init_reports_a_changed_definition(instance: Path) -> None:
    handle.execute_sql("UPDATE definition_version SET digest = 'x' WHERE id = 1")
    again = running.run(instance, "init")
    assert again.returncode == 0
    assert "同一版本的内容与已导入的不同" in again.stderr


def test_check_shows_settings_and_hides_secrets(instance: Path) -> None:
    done = running.run(instance, "check", KAOPING_SECRET_KEY="k" * 40, KAOPING_QUEUE_URL="sqlite:///" + str(instance / "q.db"))
    assert done.returncode == 0, done.stderr
    assert "KAOPING_PORT=8000" in done.stdout
    assert "KAOPING_SECRET_KEY=******" in done.stdout
    assert "kkkk" not in done.stdout
    assert "数据库：能连" in done.stdout


def test_check_hides_the_password_in_an_address_and_says_what_is_wrong(instance: Path) -> None:
    done = running.run(instance, "check", KAOPING_DATABASE_URL="postgresql://kaoping:geheim@127.0.0.1:1/x")
    assert done.returncode == 1
    assert "postgresql://******@127.0.0.1:1/x" in done.stdout
    assert "数据库：不能用" in done.stderr
    assert "geheim" not in done.stdout + done.stderr


def test_plugins_lists_the_regions(tmp_path: Path) -> None:
    done = running.run(tmp_path, "plugins")
    assert done.returncode == 0, done.stderr
    assert re.search(r"^qinhuangdao\t秦皇岛市\t2023\t", done.stdout, re.M)


def test_another_schema_is_refused_with_the_way_out(instance: Path) -> None:
    StoredSetting.update(value="x").where(StoredSetting.key == migrations.KEY).execute()
    done = running.run(instance, "worker")
    assert done.returncode == 2
    assert "kaoping migrate" in done.stderr

    assert running.run(instance, "migrate").returncode == 0  # the tables are right, only the mark was wrong
    migrations.require_current()


def test_migrate_refuses_when_a_column_is_missing(instance: Path) -> None:
    handle.execute_sql("ALTER TABLE outbox_row DROP COLUMN error")
    done = running.run(instance, "migrate")
    assert done.returncode == 2
    assert "outbox_row.error" in done.stderr


def test_tables_are_made_once_on_both_databases(bare_database_url: str) -> None:
    connect(bare_database_url)
    assert migrations.create()
    assert not migrations.create()
    migrations.require_current()
    assert migrations.migrate() == []


def test_the_digest_tells_any_change_of_a_column(monkeypatch: pytest.MonkeyPatch) -> None:
    before = migrations.schema_digest()
    monkeypatch.setattr(StoredSetting._meta.fields["key"], "max_length", 61)
    assert migrations.schema_digest() != before


def test_officers_from_the_command_line(instance: Path) -> None:
    done = running.run(instance, "user", "add", "Guanli", "--role", "security_admin", typed=PASSWORD + "\n")

    assert done.returncode == 0, done.stderr
    row = Account.get()
    assert (row.username, row.must_change_password) == ("guanli", True)
    assert passwords.matches(PASSWORD, row.password_hash)
    assert [grant.role for grant in Grant.select()] == ["security_admin"]
    assert AdminEvent.select().where(AdminEvent.kind == "account_created").count() == 1
    assert PASSWORD not in AdminEvent.get().body


def test_a_weak_password_or_a_taken_name_is_one_line(instance: Path) -> None:
    assert running.run(instance, "user", "add", "guanli", typed=PASSWORD + "\n").returncode == 0
    for name, typed, said in (("other", "12345\n", "密码应为"), ("guanli", PASSWORD + "\n", "已经有人用了")):
        done = running.run(instance, "user", "add", name, typed=typed)
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
        assert said in done.stderr
    assert Account.select().count() == 1


def test_a_new_password_and_an_end_to_a_lock(instance: Path) -> None:
    running.run(instance, "user", "add", "guanli", typed=PASSWORD + "\n")
    row = Account.get()
    SignInFailure.create(name_digest="x" * 64, last_at=row.created_at)
    assert running.run(instance, "user", "password", "guanli", typed="另一句-够长的-口令\n").returncode == 0
    again = Account.get()
    assert passwords.matches("另一句-够长的-口令", again.password_hash)
    assert again.session_epoch == row.session_epoch + 1
    assert running.run(instance, "user", "unlock", "guanli").returncode == 0
    assert running.run(instance, "user", "unlock", "nobody").returncode == 2


def test_the_chains_of_a_new_instance_hold(instance: Path) -> None:
    running.run(instance, "user", "add", "guanli", typed=PASSWORD + "\n")
    assert running.run(instance, "audit", "verify").returncode == 0
    AdminEvent.update(body="{}").execute()
    assert running.run(instance, "audit", "verify").returncode == 1


def test_verify_all_reads_every_chain(instance: Path) -> None:
    assert verify_all() == (0, [])


def test_a_database_without_tables_is_not_current(tmp_path: Path) -> None:
    connect(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(SettingError, match="kaoping init"):
        migrations.require_current()
