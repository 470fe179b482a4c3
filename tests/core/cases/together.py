"""Two verbs at the same moment: both are let go together, and both stop at the same look at the tables.

`meet` makes every call of a function wait, after it has looked, for a second caller. Where a lock makes one verb wait
for the other, the second never comes and the wait ends by itself; where there is none, both have looked before either
has written.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from core.models import database

PATIENCE = 0.7


def meet(monkeypatch: pytest.MonkeyPatch, place: object, name: str) -> None:
    """Have the callers of `place.name` wait for each other after each look."""
    look, barrier = getattr(place, name), threading.Barrier(2)

    def look_and_wait(*given: Any, **named: Any) -> Any:
        seen = look(*given, **named)
        with suppress(threading.BrokenBarrierError):
            barrier.wait(PATIENCE)
        return seen

    monkeypatch.setattr(place, name, look_and_wait)


def at_once(*verbs: Callable[[], Any]) -> list[Any]:
    """What each verb gave or raised, all of them begun at the same moment, each over its own connection."""
    answers: list[Any] = [None] * len(verbs)
    start = threading.Barrier(len(verbs))

    def run(place: int, verb: Callable[[], Any]) -> None:
        start.wait()
        with database.connection_context():
            try:
                answers[place] = verb()
            except Exception as fault:
                answers[place] = fault

    threads = [threading.Thread(target=run, args=one) for one in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
