"""Tell those who do not send it how a channel shows a reply: in how many messages, and with numbered choices or not."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.channels.base import Limits, Part
from bot.channels.fit import fits_buttons, fits_list
from bot.channels.messenger import send as messenger
from bot.channels.sms import send as sms
from bot.channels.telegram import send as telegram
from bot.channels.whatsapp import send as whatsapp
from bot.model import Channel, Reply

Render = Callable[[Reply], tuple[Part, ...]]
RENDERS: Mapping[Channel, tuple[Render, Limits]] = {
    Channel.TELEGRAM: (telegram.render, telegram.LIMITS),
    Channel.WHATSAPP: (whatsapp.render, whatsapp.LIMITS),
    Channel.SMS: (sms.render, sms.LIMITS),
    Channel.MESSENGER: (messenger.render, messenger.LIMITS),
}
"""How each channel that pushes shows a reply, and its limits."""
COMBINING = frozenset({Channel.WHATSAPP, Channel.SMS})
"""Channels on which every message costs time or money: what fits into one is sent as one."""
NUMBERING = frozenset({Channel.WHATSAPP, Channel.SMS, Channel.MESSENGER})
"""Channels on which choices that do not fit become numbered lines."""


def numbers(channel: Channel, reply: Reply) -> bool:
    """Return whether the choices of a reply are shown as numbered lines."""
    if channel not in NUMBERING or not reply.buttons:
        return False
    _, limits = RENDERS[channel]
    if len(reply.buttons) <= limits.buttons and not limits.list_rows:
        return False  # there a title that is too long is shortened
    return not fits_buttons(reply.buttons, limits) and not fits_list(reply.buttons, limits)


def combined(channel: Channel, replies: tuple[Reply, ...]) -> tuple[Reply, ...]:
    """Return the replies of one answer, as few as fit: one without choices joins the next where both fit a message."""
    if channel not in COMBINING:
        return replies
    render, _ = RENDERS[channel]
    joined: list[Reply] = []
    for reply in reversed(replies):
        both = _joined(reply, joined[-1]) if joined else None
        if both is not None and len(render(both)) == 1:
            joined[-1] = both
        else:
            joined.append(reply)
    return tuple(reversed(joined))


def _joined(first: Reply, second: Reply) -> Reply | None:
    """Return two replies as one, or None where they must stay apart."""
    same = (first.language, first.from_person) == (second.language, second.from_person)
    if first.buttons or not same:
        return None
    return replace(second, text=f"{first.text}\n\n{second.text}")
