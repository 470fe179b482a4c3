"""What plugins do while people work: filling ahead, passing messages on, making documents; their faults stay theirs."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core import clock, contributions, message_channels
from core.cases import downloads, prefilling
from core.cases.authoring_form_choices import prefill_groups
from core.cases.prefill_sources import Sources
from core.contributions import CONTRIBUTIONS, PluginFault
from core.errors import OutOfScope, Refused, SettingError, Stale
from core.hookspecs import Download, MessageChannel, PrefillSource, Recipient, hookimpl
from core.jobs import messages, outbox, retrying
from core.jobs.handlers import HANDLERS
from core.models import AdminEvent, Message, OutboxRow
from core.people.scope import Viewer
from core.plugin_manager import PluginManager
from core.policy.downloads import DOWNLOADS
from core.policy.prefill import read_prefill
from tests import factories
from tests import world as w
from tests.core.cases.test_prefilling import next_year
from tests.core.policy.test_prefill import faults


@pytest.fixture(autouse=True)
def registries() -> Iterator[None]:
    """What these plugins bring is forgotten afterwards."""
    kept = [(what.registry, dict(what.registry)) for what in CONTRIBUTIONS]
    yield
    for registry, before in kept:
        registry.clear()
        registry.update(before)
    message_channels.use(())
    message_channels._resting.clear()


@pytest.fixture(params=["sqlite"])
def database_url(tmp_path, kept_databases) -> str:
    """SQLite alone: nothing here depends on the kind of database."""
    return kept_databases.sqlite(tmp_path / "kaoping.db")


@pytest.fixture
def world(database: str, tmp_path) -> w.World:
    return w.build(carriers=2, folder=tmp_path)


def brought(**hooks: Any) -> PluginManager:
    """A manager that was asked about one plugin with these contributions, by hook."""
    members = {name: staticmethod(hookimpl(lambda given=given: given)) for name, given in hooks.items()}
    return PluginManager([("demo", type("Plugin", (), members))], regions=False)


def source(value: Any, **more: Any) -> PrefillSource:
    return PrefillSource("operating_years", "运营年数", value, **more)


def channel(send: Any, key: str = "sms") -> MessageChannel:
    return MessageChannel(key, "短信", send)


def download(make: Any, about: str = "case", roles: tuple[str, ...] = ("city_reviewer",), **more: Any) -> Download:
    return Download("letter", "受理通知", about, roles, make, **more)


def boom(*_: Any) -> Any:
    raise RuntimeError("boom")


@pytest.fixture
def hanging() -> Iterator[Any]:
    """Something that does not come back while the test runs."""
    waiting = threading.Event()
    yield lambda *_: waiting.wait()
    waiting.set()


@pytest.mark.parametrize(
    ("hook", "items"),
    [
        ("kaoping_prefill_sources", [PrefillSource("last", "重名", boom)]),
        ("kaoping_prefill_sources", [source(boom, looks_at="fact_of_life")]),
        ("kaoping_prefill_sources", [source(None)]),
        ("kaoping_prefill_sources", 5),
        ("kaoping_message_channels", [channel(None)]),
        ("kaoping_message_channels", [channel(boom), channel(boom)]),
        ("kaoping_message_channels", ["sms"]),
        ("kaoping_downloads", [download(boom, about="world")]),
        ("kaoping_downloads", [download(boom, roles=("expert",))]),
        ("kaoping_downloads", [download(boom, about="round", roles=("carrier_clerk",))]),
        ("kaoping_downloads", [download(boom, roles=())]),
        ("kaoping_downloads", [download("no function")]),
    ],
)
def test_what_cannot_be_taken_is_told_with_the_hook(hook: str, items: Any) -> None:
    (problem,) = brought(**{hook: items}).problems
    assert (problem.plugin, problem.key) == ("demo", hook)


def test_a_hook_that_hangs_is_given_up(hanging: Any) -> None:
    plugin = type("Plugin", (), {"kaoping_downloads": staticmethod(hookimpl(lambda: [hanging()]))})
    (problem,) = PluginManager([("slow", plugin)], regions=False, patience=0.2).problems
    assert problem.key == "kaoping_downloads" and "没有返回" in problem.message


def test_what_is_brought_is_listed() -> None:
    manager = brought(
        kaoping_prefill_sources=[source(boom)],
        kaoping_message_channels=[channel(boom)],
        kaoping_downloads=[download(boom)],
    )
    assert manager.problems == []
    assert manager.brought["demo"] == {"沿用来源": ["operating_years"], "通知渠道": ["sms"], "文件": ["letter"]}


# filling ahead


def test_a_source_of_a_plugin_fills_a_field(world: w.World) -> None:
    brought(kaoping_prefill_sources=[source(lambda asked: asked.today.year - asked.carrier["recognised_on"].year)])
    asked = next(f for f in prefilling.definitions.fill_form(world.cases[0]).definition.fields if f.type == "integer")
    assert Sources(world.cases[0]).value_for(replace(asked, prefill="operating_years")) == 2023 - 2019
    assert Sources(world.cases[0]).value_for(replace(asked, prefill="nothing_known")) is None


def test_a_source_of_a_plugin_reads_what_was_submitted_before(world: w.World) -> None:
    seen = []
    brought(kaoping_prefill_sources=[source(seen.append, looks_at="answer")])
    w.submit(world, world.cases[0], area_m2="1860")
    other = next_year(world)
    asked = prefilling.definitions.fill_form(other).definition.fields[0]
    Sources(other).value_for(replace(asked, prefill=f"operating_years:{other.procedure}.area_m2"))
    (told,) = seen
    assert told.field == "area_m2" and [str(one.answers["area_m2"]) for one in told.submitted] == ["1860"]


@pytest.mark.parametrize("value", [boom, lambda _: 1.5, lambda _: object(), lambda _: ["list"]])
def test_a_source_that_fails_leaves_the_field_blank(world: w.World, value: Any, caplog: Any) -> None:
    brought(kaoping_prefill_sources=[source(value)])
    asked = prefilling.definitions.fill_form(world.cases[0]).definition.fields[0]
    assert Sources(world.cases[0]).value_for(replace(asked, prefill="operating_years")) is None
    assert "插件 demo" in caplog.text


def test_a_source_that_hangs_is_given_up(world: w.World, hanging: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contributions, "SECONDS_TO_PREFILL", 0.2)
    brought(kaoping_prefill_sources=[source(hanging)])
    asked = prefilling.definitions.fill_form(world.cases[0]).definition.fields[0]
    assert Sources(world.cases[0]).value_for(replace(asked, prefill="operating_years")) is None


def test_a_form_may_name_the_source_of_a_plugin_and_only_in_its_shape() -> None:
    assert "不认识的沿用来源" in faults("operating_years")[0]
    brought(kaoping_prefill_sources=[source(boom)])
    assert faults("operating_years") == []
    assert read_prefill("operating_years:monthly.income") is None
    assert "不认识的沿用来源" in faults("operating_year")[0]
    assert ("插件的来源", [("operating_years", "运营年数")]) in prefill_groups({})


# passing messages on


def sent_by(world: w.World, *channels: MessageChannel) -> Message:
    """A message to the first clerk with these channels in use."""
    brought(kaoping_message_channels=list(channels))
    message_channels.use([one.key for one in channels])
    OutboxRow.delete().execute()
    for _ in range(2):  # a repeat adds nothing
        messages.send("test:1", [world.clerks[0]], "请在 6 月 30 日前提交。", "/cases/1")
    return Message.get(Message.source == f"test:1:{world.clerks[0].id}")


def test_a_message_is_passed_on_once_by_each_channel(world: w.World) -> None:
    sent: list[Any] = []
    message = sent_by(world, channel(lambda *given: sent.append(given)), channel(lambda *g: sent.append("x"), "mail"))
    assert outbox.drain(HANDLERS) == 2 and outbox.drain(HANDLERS) == 0
    clerk = world.clerks[0]
    assert sent == [(Recipient(clerk.username, clerk.display_name), message.text, "/cases/1"), "x"]


def test_a_channel_that_is_not_asked_for_sends_nothing(world: w.World) -> None:
    brought(kaoping_message_channels=[channel(boom)])
    messages.send("test:1", [world.clerks[0]], "文字", "")
    assert OutboxRow.select().where(OutboxRow.kind == "message_passed_on").count() == 0
    with pytest.raises(SettingError, match="允许：sms"):
        message_channels.use(["dingtalk"])


def test_a_failing_channel_is_tried_again_alone_and_ends_before_the_administrator(world: w.World) -> None:
    sent: list[str] = []
    sent_by(world, channel(boom), channel(lambda *_: sent.append("mail"), "mail"))
    for _ in range(outbox.MOST_ATTEMPTS):
        outbox.drain(HANDLERS)
        OutboxRow.update(available_at=clock.now() - timedelta(seconds=1)).execute()
    assert sent == ["mail"]
    admin = w.viewer(factories.account("system_admin"))
    (row,) = retrying.failed(admin)
    assert (row.what, row.whom) == ("发出通知（短信）", world.clerks[0].display_name)
    assert row.error == "插件 demo 的通知渠道“短信”出错：RuntimeError: boom"
    message_channels.CHANNELS["sms"] = channel(lambda *_: sent.append("sms"))
    for _ in range(2):  # a double click
        assert retrying.try_again(admin, [row.id], "token-1")["message"].startswith("已重新开始 1 条")
    assert outbox.drain(HANDLERS) == 1 and sent == ["mail", "sms"]
    assert AdminEvent.get(AdminEvent.kind == "jobs_tried_again")
    with pytest.raises(Stale):
        retrying.try_again(admin, [row.id], "token-2")


def test_a_channel_that_hangs_rests_and_holds_up_nobody(
    world: w.World, hanging: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contributions, "SECONDS", 0.2)
    sent: list[str] = []
    sent_by(world, channel(hanging), channel(lambda *_: sent.append("mail"), "mail"))
    messages.send("test:2", [world.clerks[0]], "另一条", "")
    assert outbox.drain(HANDLERS) == 2 and sent == ["mail", "mail"]
    errors = [row.error for row in OutboxRow.select().where(OutboxRow.done_at.is_null()).order_by(OutboxRow.id)]
    assert "没有返回，已放弃" in errors[0] and "过一会儿再试" in errors[1]


def test_sending_happens_outside_the_transaction(world: w.World) -> None:
    inside: list[bool] = []
    sent_by(world, channel(lambda *_: inside.append(outbox.database.in_transaction())))
    handler = HANDLERS["message_passed_on"]
    seen: list[bool] = []
    work = outbox.Outward(lambda row: (seen.append(outbox.database.in_transaction()), handler(row))[0])
    assert outbox.drain({"message_passed_on": work}) == 1
    assert seen == [False]


def test_only_the_system_administrator_sees_what_failed(world: w.World) -> None:
    for person in (w.viewer(world.city_reviewer), Viewer()):
        with pytest.raises(OutOfScope):
            retrying.failed(person)
        with pytest.raises(OutOfScope):
            retrying.try_again(person, [1], "t")


def test_every_kind_of_work_has_a_name() -> None:
    assert set(retrying.NAMES) == set(HANDLERS)


def test_the_page_lists_what_failed_and_starts_it_anew(app: Any, world: w.World, sign_in: Any) -> None:
    sent_by(world, channel(boom))
    OutboxRow.update(attempts=outbox.MOST_ATTEMPTS, error="网关拒收").execute()
    client = app.test_client()
    sign_in(client, factories.account("system_admin"))
    page = client.get("/admin/failed_jobs/").text
    assert "发出通知（短信）" in page and "网关拒收" in page and "再试" in page
    app.config["WTF_CSRF_ENABLED"] = False
    row = OutboxRow.get()
    answer = client.post("/admin/failed_jobs/again", data={"form_token": "t-1", "row": row.id}, follow_redirects=True)
    assert "已重新开始 1 条" in answer.text and "没有未办成的任务" in answer.text
    assert OutboxRow.get_by_id(row.id).attempts == 0


# documents


def letter(facts: Any) -> tuple[str, str, bytes]:
    return f"受理/{facts['case']['number']}.txt", "text/plain", str(facts).encode()


def test_a_document_of_a_case_lies_on_its_page_for_its_roles_alone(app: Any, world: w.World, sign_in: Any) -> None:
    brought(kaoping_downloads=[download(letter, region="qinhuangdao"), replace(download(letter), key="o", region="x")])
    case = world.cases[0]
    w.submit(world, case)
    address = f"/cases/{case.id}/documents/letter"
    clients = {}
    for name, person in (("city", world.city_reviewer), ("clerk", world.clerks[0]), ("expert", world.experts[0])):
        clients[name] = app.test_client()
        sign_in(clients[name], person)
    assert address in clients["city"].get(f"/cases/{case.id}").text
    assert "documents/o" not in clients["city"].get(f"/cases/{case.id}").text
    assert address not in clients["clerk"].get(f"/cases/{case.id}").text
    answer = clients["city"].get(address)
    assert answer.status_code == 200 and answer.headers["Content-Disposition"].startswith("attachment")
    assert "%E5%8F%97%E7%90%86_" in answer.headers["Content-Disposition"]
    assert "submissions" in answer.text
    assert AdminEvent.get(AdminEvent.kind == "document_taken")
    assert [clients[name].get(address).status_code for name in ("clerk", "expert")] == [404, 404]
    assert clients["city"].get(f"/cases/{case.id}/documents/o").status_code == 404


def test_a_document_tells_a_carrier_no_result_before_publication(app: Any, world: w.World, sign_in: Any) -> None:
    seen: list[Any] = []

    def spy(facts: Any) -> tuple[str, str, bytes]:
        seen.append(facts)
        return "a.txt", "text/plain", b"a"

    brought(kaoping_downloads=[download(spy, roles=("carrier_clerk", "city_reviewer"))])
    case = world.cases[0]
    w.to_determination(world, case)
    w.determine(world, case)
    for person in (world.clerks[0], world.city_reviewer):
        client = app.test_client()
        sign_in(client, person)
        assert client.get(f"/cases/{case.id}/documents/letter").status_code == 200
    clerk, city = seen
    assert (clerk["results"], clerk["sheets"], clerk["opinions"]) == ([], [], [])
    assert city["results"] and city["sheets"] and "grade" in city["results"][0]
    assert "submissions" in clerk and clerk["case"]["number"] == case.number


def test_documents_of_a_carrier_and_of_a_round(app: Any, world: w.World, sign_in: Any) -> None:
    def listed(facts: Any) -> tuple[str, str, bytes]:
        return "list.json", "application/json", json.dumps(facts).encode()

    brought(
        kaoping_downloads=[
            replace(download(listed, about="carrier", roles=("carrier_clerk",)), key="paper"),
            replace(download(listed, about="round"), key="table"),
        ]
    )
    w.to_closed(world, world.cases[0])
    clerk, city = app.test_client(), app.test_client()
    sign_in(clerk, world.clerks[0])
    sign_in(city, world.city_reviewer)
    own, other = (f"/register/{row.id}" for row in world.carriers)
    assert f"{own}/documents/paper" in clerk.get(own).text
    paper = clerk.get(f"{own}/documents/paper")
    assert paper.json["carrier"]["organisation"] == world.carriers[0].organisation.name
    assert [one["case"]["number"] for one in paper.json["cases"]] == [world.cases[0].number]
    assert clerk.get(f"{other}/documents/paper").status_code == 404
    assert city.get(f"{own}/documents/paper").status_code == 404  # not given to this role
    board = f"/city/rounds/{world.round.id}"
    assert f"{board}/documents/table" in city.get(board).text
    table = city.get(f"{board}/documents/table").json
    assert [line["final"] for line in table["cases"]] == [True, False]
    assert table["cases"][1]["result"] is None and table["round"]["title"] == world.round.title
    assert clerk.get(f"{board}/documents/table").status_code == 404


@pytest.mark.parametrize(
    "make",
    [boom, lambda _: 5, lambda _: ("a",), lambda _: ("a", "not a type", b""), lambda _: ("a", "text/plain", "text"),
     lambda _: ("a", "text/plain", b"x" * (downloads.MOST_BYTES + 1))],
)  # fmt: skip
def test_a_document_that_cannot_be_made_is_told_in_a_sentence(
    app: Any, world: w.World, sign_in: Any, make: Any
) -> None:
    brought(kaoping_downloads=[download(make)])
    client = app.test_client()
    sign_in(client, world.city_reviewer)
    answer = client.get(f"/cases/{world.cases[0].id}/documents/letter")
    assert answer.status_code == 422 and "受理通知" in answer.text and "请告诉管理员" in answer.text
    assert client.get(f"/cases/{world.cases[0].id}").status_code == 200
    assert not AdminEvent.select().where(AdminEvent.kind == "document_taken").exists()


def test_a_document_that_hangs_is_given_up(hanging: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contributions, "SECONDS", 0.2)
    brought(kaoping_downloads=[download(hanging)])
    with pytest.raises(PluginFault, match="没有办成"):
        DOWNLOADS["letter"].make({})
    assert issubclass(PluginFault, Refused)
