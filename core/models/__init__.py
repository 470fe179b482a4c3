"""Tables, one file a subject; no decisions. `ALL` lists them in an order in which they can be made."""

from core.models.base import BaseModel, canonical_json, connect, database
from core.models.cases import Attachment, Case, CaseEvent, Draft, FormToken, Review, ReviewDraft, SiteVisit, Submission
from core.models.definitions import CalendarDay, CalendarYear, DefinitionVersion, DraftStep, ParameterEntry
from core.models.meetings import Meeting, MeetingAttendance
from core.models.panel import NoConflict, PanelMember, PanelOpinion, Recusal, ScoreSheet
from core.models.people import Account, EndedSession, Grant, SignInFailure
from core.models.records import AdminEvent, AuditCheck, Message, OutboxRow, StoredSetting
from core.models.register import Carrier, CarrierMark, District, Organisation, Region
from core.models.replays import ReplayLine, ReplayRun
from core.models.reports import PeriodicReport
from core.models.results import (
    Award,
    AwardEntry,
    DeterminationCheck,
    NoticeEntry,
    Objection,
    ObjectionFile,
    OpeningBalance,
    PublicNotice,
    Result,
)
from core.models.rounds import EvaluationRound, Participant

ALL: tuple[type[BaseModel], ...] = (
    Region, District, Organisation, Carrier, CarrierMark,
    Account, Grant, SignInFailure, EndedSession,
    DefinitionVersion, DraftStep, ParameterEntry, CalendarDay, CalendarYear,
    EvaluationRound, Participant,
    Case, CaseEvent, FormToken, Draft, Submission, Attachment, Review, ReviewDraft, SiteVisit,
    PeriodicReport, Meeting, MeetingAttendance,
    PanelMember, Recusal, NoConflict, ScoreSheet, PanelOpinion,
    DeterminationCheck, Result, PublicNotice, NoticeEntry, Objection, ObjectionFile, Award, AwardEntry, OpeningBalance,
    ReplayRun, ReplayLine,
    OutboxRow, AdminEvent, AuditCheck, Message, StoredSetting,
)  # fmt: skip

__all__ = [
    "ALL", "Account", "AdminEvent", "Attachment", "AuditCheck", "Award", "AwardEntry", "BaseModel", "CalendarDay", "CalendarYear",
    "Carrier", "CarrierMark", "Case", "CaseEvent", "DefinitionVersion", "DeterminationCheck", "District", "Draft", "DraftStep",
    "EndedSession", "EvaluationRound", "FormToken", "Grant", "Meeting", "MeetingAttendance", "Message", "NoConflict", "NoticeEntry", "Objection", "ObjectionFile", "OpeningBalance",
    "Organisation", "OutboxRow", "PanelMember", "PanelOpinion", "ParameterEntry", "Participant", "PeriodicReport", "PublicNotice",
    "Recusal", "Region", "ReplayLine", "ReplayRun", "Result", "Review", "ReviewDraft", "ScoreSheet", "SignInFailure", "SiteVisit", "StoredSetting", "Submission", "canonical_json",
    "connect", "database",
]  # fmt: skip
