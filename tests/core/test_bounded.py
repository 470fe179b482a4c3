"""A call into code that is not ours comes back in time, whatever that code does."""

from __future__ import annotations

import sys
import threading
import time

import pytest

from core.bounded import Raised, TooSlow, bounded
from core.errors import Refused


def _raise(fault):
    raise fault


def test_it_gives_what_the_call_gives():
    assert bounded(lambda: None, 5) is None
    assert bounded(lambda: [1], 5) == [1]


@pytest.mark.parametrize("fault", [RuntimeError("boom"), SystemExit(3), KeyboardInterrupt(), RecursionError("deep")])
def test_whatever_is_raised_is_named(fault):
    with pytest.raises(Raised, match=type(fault).__name__):
        bounded(lambda: _raise(fault), 5)


def test_a_fault_meant_for_people_stays_as_it_is():
    with pytest.raises(Refused, match="请先填写"):
        bounded(lambda: _raise(Refused("请先填写。")), 5)


def test_sys_exit_does_not_end_the_process():
    with pytest.raises(Raised, match="SystemExit"):
        bounded(sys.exit, 5)


def test_what_does_not_come_back_is_given_up():
    waiting = threading.Event()
    before = time.monotonic()
    with pytest.raises(TooSlow, match="没有返回"):
        bounded(waiting.wait, 0.1)
    assert time.monotonic() - before < 3
    waiting.set()
