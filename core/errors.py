"""Refusals and faults that a person is meant to read. Every message says what happened and the way out."""

from __future__ import annotations


class KaopingError(Exception):
    """Base of all errors that are shown to people; ``str()`` is the text shown, in Chinese."""

    http_status = 400


class Refused(KaopingError):
    """The action is not possible as asked: bad input, a rule that forbids it, something missing.

    ``fields`` maps a field's key to what is wrong with it, so that a page can mark the place.
    """

    http_status = 422

    def __init__(self, message: str, fields: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields = fields or {}


class Stale(KaopingError):
    """Somebody else acted first. The message names who did what and when."""

    http_status = 409


class OutOfScope(KaopingError):
    """The thing does not exist for this person. Pages answer 404 and say no more."""

    http_status = 404

    def __init__(self, message: str = "没有这个页面，或者不在您的权限范围内。") -> None:
        super().__init__(message)


class SettingError(KaopingError):
    """A setting, file or port is unusable; the message names it and the way out (for operators)."""

    http_status = 500


class CalendarMissing(Refused):
    """A deadline falls in a year whose official calendar nobody has entered yet."""

    def __init__(self, years: list[int]) -> None:
        listed = "、".join(str(y) for y in years)
        super().__init__(f"{listed} 年的工作日历尚未录入，期限算不出来。请管理员在“日历”中录入国务院放假通知后再办理。")
        self.years = years
