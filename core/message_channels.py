"""Ways by which a message may reach a person beside the message inside the system: an SMS gateway, DingTalk, e-mail.

Plugins bring them; the setting KAOPING_CHANNELS says which of them the worker uses.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from core.bounded import TooSlow
from core.errors import KaopingError, SettingError


@dataclass(frozen=True)
class Recipient:
    """Who is told: the name of the account, by which a channel finds a number or an address, and the person's name."""

    username: str
    name: str


@dataclass(frozen=True)
class MessageChannel:
    """A channel. ``send(recipient, text, link)`` sends or raises; `link` is a path of this server, "" for none."""

    key: str
    name: str
    send: Callable[[Recipient, str, str], object]


class ChannelResting(KaopingError):
    """The channel did not come back a moment ago and is not asked for a while, so that other work goes on."""


CHANNELS: dict[str, MessageChannel] = {}
"""Every channel known to this process; the plugin manager adds those of plugins."""

REST = 60.0
"""Seconds for which a channel that did not come back is left alone."""

_in_use: list[str] = []
_resting: dict[str, float] = {}


def use(keys: Iterable[str]) -> None:
    """Pass messages on by these channels from now on. Raises SettingError for one that no plugin brings."""
    wanted = list(dict.fromkeys(keys))
    unknown = [key for key in wanted if key not in CHANNELS]
    if unknown:
        known = f"允许：{'、'.join(CHANNELS)}" if CHANNELS else "还没有插件提供通知渠道，请留空"
        raise SettingError(f"KAOPING_CHANNELS：没有“{'、'.join(unknown)}”这个通知渠道；{known}。")
    _in_use[:] = wanted


def in_use() -> tuple[str, ...]:
    """The keys of the channels that this process passes messages on by."""
    return tuple(_in_use)


def deliver(key: str, recipient: Recipient, text: str, link: str) -> None:
    """Send one message by one channel. Raises KaopingError saying what failed; a channel that hangs rests after it."""
    channel = CHANNELS.get(key)
    if channel is None:
        raise KaopingError(f"没有“{key}”这个通知渠道，提供它的插件不在了")
    if time.monotonic() < _resting.get(key, 0.0):
        raise ChannelResting(f"通知渠道“{channel.name}”刚才没有返回，过一会儿再试")
    try:
        channel.send(recipient, text, link)
    except TooSlow:
        _resting[key] = time.monotonic() + REST
        raise
