"""Messages passed on by the channels in use: one outbox row for each message and channel, so that each fails alone."""

from __future__ import annotations

from core import message_channels
from core.cases import statements
from core.message_channels import Recipient
from core.models import Message, OutboxRow

KIND = "message_passed_on"


def ask_for(message: int) -> None:
    """Have a message that was just kept passed on by every channel in use."""
    for key in message_channels.in_use():
        statements.append_outbox(KIND, {"message": message, "channel": key})


def pass_on(row: OutboxRow) -> None:
    """Send the message of a row by its channel; one that was removed meanwhile needs no sending."""
    message = Message.get_or_none(Message.id == row.payload["message"])
    if message is not None:
        to = Recipient(message.account.username, message.account.display_name)
        message_channels.deliver(row.payload["channel"], to, message.text, message.link)
