"""The contract for plugins: what a plugin may contribute, when it is asked, what happens when it fails.

A plugin is an installed package with an entry point in the group ``kaoping.regions``; the entry point names a
module (or object) with functions of these names, each marked with `hookimpl`. What the core itself has of each
kind is contributed through the same hooks. Everything the examples below use is imported from here::

    from core.hookspecs import BadInput, Calendar, CalendarMissing, FieldType, ScoringMethod, Setting, Spec, hookimpl

A plugin imports no tables, no pages and no other region. One whose entry point is named as its region's key comes
first: no other plugin can bring that region. `kaoping policy check` and the editors know a plugin's own field types,
methods and questions once it is installed (`pip install -e .` while it is being written).

Every process (web, worker, command) asks each hook once, when it starts, in the order: field types, stage
kinds, calendars, scoring methods, questions, submission checks, prefill sources, message channels, downloads,
region. A call that takes longer than 10 seconds is given up; one that raises, or gives something else than what
is asked for, is told with the plugin's name. Either way only what that hook of that plugin would have brought is
missing; `kaoping plugins` lists it. What a plugin computes while people work is told as its fault when it raises; only
sources of prefilled fields, channels and documents are bounded in time then, so scoring methods, checks and questions
must not wait for anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pluggy

from core.errors import CalendarMissing, Refused
from core.message_channels import MessageChannel, Recipient
from core.policy.downloads import Document, Download, Facts
from core.policy.national_calendars import Calendar
from core.policy.prefill_sources import Earlier, PrefillAsked, PrefillSource
from core.policy.question import Answer, Asked, Question
from core.policy.scoring.method import ScoringMethod, Setting
from core.policy.submission_checks import Checked, CheckFinding, SubmissionCheck, Submitted
from core.workflow.stage_kinds import StageKind
from forms.fields.base import BadInput, FieldType, Spec

__all__ = [
    "PROJECT",
    "Answer",
    "Asked",
    "BadInput",
    "Calendar",
    "CalendarMissing",
    "CheckFinding",
    "Checked",
    "Document",
    "Download",
    "Earlier",
    "Facts",
    "FieldType",
    "MessageChannel",
    "PrefillAsked",
    "PrefillSource",
    "Question",
    "Recipient",
    "Refused",
    "RegionSource",
    "ScoringMethod",
    "Setting",
    "Spec",
    "StageKind",
    "SubmissionCheck",
    "Submitted",
    "hookimpl",
    "hookspec",
]

PROJECT = "kaoping"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@dataclass(frozen=True)
class RegionSource:
    """Where a region's pack lies, when it is not simply the folder of the plugin.

    ``cases`` is the folder of its worked examples; without it, ``path / "cases"``.
    """

    path: Path
    cases: Path | None = None


@hookspec
def kaoping_region() -> Path | RegionSource:  # type: ignore[empty-body]
    """The folder of a region's pack (`region.toml`, `documents.toml`, `policy/`, `forms/`, `cases/`).

    Arguments: none. Called once at start-up for each plugin, after all other hooks of all plugins. Example::

        @hookimpl
        def kaoping_region() -> Path:
            return Path(__file__).parent

    When it raises, or the folder does not pass the loading checks, this region alone is left out; the problem is
    kept with the plugin's name and shown to administrators. The other regions are not affected.
    """


@hookspec
def kaoping_scoring_methods() -> list[ScoringMethod]:  # type: ignore[empty-body]
    """Scoring methods that `indicators.toml` may name in ``method.key``.

    Arguments: none. Called once at start-up, before any region is loaded. A method computes with fractions, never
    with floats, and needs no rounding: the total is rounded once. ``points`` is given the indicator's value, its weight
    (below 0 for a deduction), the settings by name as fractions, and the best value of the round where the method
    says ``needs_reference=True``; what it gives is kept between 0 and the weight. This one is used
    as ``method = { key = "between", low = 60, high = 90, clause = "附件", basis = "text" }``. Example::

        def between(value, most, settings, best):
            return most * (value - settings["low"]) / (settings["high"] - settings["low"])

        @hookimpl
        def kaoping_scoring_methods() -> list[ScoringMethod]:
            return [ScoringMethod("between", "区间内插值", between, {"low": Setting("起点"), "high": Setting("满分点")})]

    When it raises, or names a method that exists already, none of this plugin's methods are taken and the
    problem is kept with its name; a region that uses them is then left out, too.
    """


@hookspec
def kaoping_questions() -> list[Question]:  # type: ignore[empty-body]
    """Questions for `kaoping policy ask` and for worked examples, beside the built-in ones.

    Arguments: none. Called once at start-up. A question is a pure function from what is asked (policy version,
    input, day) to plain data; it raises `Refused` for an input that a rule refuses. Example::

        def answer(asked: Asked) -> Answer:
            return {"name": asked.policy.region_info.name}

        @hookimpl
        def kaoping_questions() -> list[Question]:
            return [Question("region_name", "地区名称", answer)]

    When it raises, or names a question that exists already, none of this plugin's questions are taken and the
    problem is kept with its name. A question that raises while it answers is told as the plugin's fault.
    """


@hookspec
def kaoping_submission_checks() -> list[SubmissionCheck]:  # type: ignore[empty-body]
    """Checks of what is submitted, which a procedure may name in ``checked_by``, beyond what its form can say.

    Arguments: none. Called once at start-up, before any region is loaded. A check is a pure function from what is
    submitted (policy, answers, the register's facts, day) to findings, facts and its reasoning; a finding that
    ``blocks`` forbids submission, the others are only told, to who fills and who reviews alike. The conditions of
    the workflow's actions may ask for its facts. Example::

        def run(submitted: Submitted) -> Checked:
            if (submitted.values.get("staff") or 0) >= 3:
                return Checked(facts={"staffed": True})
            return Checked((CheckFinding("专职人员不足 3 人", field="staff", blocks=True),), {"staffed": False})

        @hookimpl
        def kaoping_submission_checks() -> list[SubmissionCheck]:
            return [SubmissionCheck("staffed", "专职人员", run)]

    When it raises, or names a check that exists already, none of this plugin's checks are taken and the problem is
    kept with its name; a region whose procedures use them is then left out, too. A check that raises while people
    work is told on their pages as the plugin's fault; it forbids nothing, and none of its facts hold.
    """


@hookspec
def kaoping_prefill_sources() -> list[PrefillSource]:  # type: ignore[empty-body]
    """Sources that a form's field may name in ``prefill``, beside the register and what was submitted before.

    Arguments: none. Called once at start-up, before any form is read. A source is a pure function from what is known
    of the carrier and its case (`PrefillAsked`, plain data) to one value: text, a whole number, a `Decimal`, a day,
    or None where nothing is known. ``looks_at`` says what follows its key: nothing (``"operating_years"``), or
    ``"answer"``: ``"best:monthly_report.jobs"``, whose earlier submissions are then in ``submitted``. Example::

        def years(asked: PrefillAsked) -> int | None:
            since = asked.carrier.get("recognised_on")
            return asked.today.year - since.year if since else None

        @hookimpl
        def kaoping_prefill_sources() -> list[PrefillSource]:
            return [PrefillSource("operating_years", "运营年数", years)]

    When it raises, or names a source that exists already, none of this plugin's sources are taken and the problem is
    kept with its name; a region whose forms use them is then left out, too. A source that raises, takes longer than
    two seconds or gives something else while a form is filled leaves the field blank and is logged.
    """


@hookspec
def kaoping_message_channels() -> list[MessageChannel]:  # type: ignore[empty-body]
    """Channels by which messages reach people outside the system: an SMS gateway, DingTalk, e-mail.

    Arguments: none. Called once at start-up; a channel is used by the worker where the setting KAOPING_CHANNELS names
    it. ``send`` is called with the recipient (`username`, `name`), the text and a link (a path of this server) after
    the message inside the system was kept. Its return value means nothing. Example::

        def send(recipient: Recipient, text: str, link: str) -> None:
            gateway.post(PHONES[recipient.username], text)

        @hookimpl
        def kaoping_message_channels() -> list[MessageChannel]:
            return [MessageChannel("sms", "短信", send)]

    When it raises, or names a channel that exists already, none of this plugin's channels are taken and the problem is
    kept with its name; the worker then refuses to start with a setting that names them. A ``send`` that raises or
    takes longer than 10 seconds is tried again later, for this one message and this one channel, after growing pauses;
    after eight failures the system administrator finds it under 未办成的任务. One that did not come back rests for a
    minute. A message may arrive twice when the worker is killed between sending and noting it.
    """


@hookspec
def kaoping_downloads() -> list[Download]:  # type: ignore[empty-body]
    """Documents of a region's own (Word, Excel, PDF) about a case, a carrier or a round, offered on its page.

    Arguments: none. Called once at start-up. ``make`` is given plain facts, only such as the person who takes the
    document may see anyway: what the archive of the case holds for this person, so nothing before publication. It
    gives file name, media type and content, at most 20 MB. Each taking is kept in the audit. Example::

        def letter(facts: Facts) -> Document:
            text = f"{facts['case']['carrier']}：贵单位的材料已收到。"
            return f"受理通知_{facts['case']['number']}.txt", "text/plain", text.encode()

        @hookimpl
        def kaoping_downloads() -> list[Download]:
            return [Download("receipt_letter", "受理通知", "case", ("city_reviewer",), letter, region="mycity")]

    When it raises, or names a document that exists already, none of this plugin's documents are taken and the problem
    is kept with its name. A ``make`` that raises, takes longer than 10 seconds or gives something else is told to the
    person in one sentence with the plugin's name; nothing is sent.
    """


@hookspec
def kaoping_field_types() -> list[FieldType]:  # type: ignore[empty-body]
    """Kinds of field that a form may name in ``type``, in every region.

    Arguments: none. Called once at start-up, before any form is read. A field type reads what was typed
    (raising `BadInput` with a sentence in Chinese), checks it, shows it and gives it to formulas; it is drawn by
    one of the controls ``line area radios select checks``. Example::

        class PlateNumber(FieldType):
            key = "plate_number"
            label = "车牌号"

            def from_text(self, text: str, spec: Spec) -> object:
                if len(text) not in (7, 8):
                    raise BadInput("车牌号是 7 位或 8 位，请核对")
                return text.upper()

        @hookimpl
        def kaoping_field_types() -> list[FieldType]:
            return [PlateNumber()]

    When it raises, or names a type that exists already, none of this plugin's types are taken and the problem is
    kept with its name; a region whose forms use them is then left out, too.
    """


@hookspec
def kaoping_stage_kinds() -> list[StageKind]:  # type: ignore[empty-body]
    """Kinds of stage that a workflow may name in ``kind``, in every region.

    Arguments: none. Called once at start-up, before any workflow is read. A kind is ``like`` one of the core's,
    whose pages and actions it uses; ``refusal`` may forbid an action with a sentence, ``lint`` may find fault with
    the definition of such a stage. Example::

        def two_words(stage, action, given, facts) -> str:
            return "" if "opinion" in given else "联合审核要写明各部门的意见。"

        @hookimpl
        def kaoping_stage_kinds() -> list[StageKind]:
            return [StageKind("joint_review", "联合审核", like="review", refusal=two_words)]

    When it raises, or names a kind that exists already, none of this plugin's kinds are taken and the problem is
    kept with its name. A ``refusal`` that raises stops that one action with a sentence; a ``lint`` that raises is
    told as a fault of the workflow.
    """


@hookspec
def kaoping_calendars() -> list[Calendar]:  # type: ignore[empty-body]
    """Published calendars of the whole country, for years that the package does not know yet.

    Arguments: none. Called once at start-up. The core's calendar is asked first, then those of plugins in the order
    of their names; days that a region or an administrator entered come before all of them. Example::

        OFF = {date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 3)}

        def works(day: date) -> bool:
            if day.year != 2027:
                raise CalendarMissing([day.year])
            return day.weekday() < 5 and day not in OFF

        @hookimpl
        def kaoping_calendars() -> list[Calendar]:
            return [Calendar("state_council_2027", "国务院 2027 年放假安排", works)]

    When it raises, or names a calendar that exists already, none of this plugin's calendars are taken and the
    problem is kept with its name. A calendar that raises while it is asked is passed over and logged; a year
    that nobody knows is told, never guessed.
    """
