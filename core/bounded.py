"""A call into code that is not ours: its time is bounded, and whatever it raises is caught."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from core.errors import KaopingError

Given = TypeVar("Given")


class TooSlow(KaopingError):
    """The call did not come back in time; it is left behind in a thread that ends with the process."""


class Raised(KaopingError):
    """The call raised something; the message names it."""


def bounded(work: Callable[[], Given], seconds: float) -> Given:
    """What `work` gives. Raises TooSlow after so many seconds, Raised for anything it raises, exits included."""
    given: list[Given] = []
    raised: list[BaseException] = []

    def run() -> None:
        try:
            given.append(work())
        except BaseException as fault:  # a plugin may even call sys.exit()
            raised.append(fault)

    thread = threading.Thread(target=run, name="plugin-call", daemon=True)
    thread.start()
    thread.join(seconds)
    if raised:
        fault = raised[0]
        if isinstance(fault, KaopingError):
            raise fault
        raise Raised(f"{type(fault).__name__}: {fault}") from fault
    if not given:
        raise TooSlow(f"{seconds:g} 秒内没有返回，已放弃")
    return given[0]
