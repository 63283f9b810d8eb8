"""Render replies for Telegram and send them with python-telegram-bot."""

import contextlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.channels.base import Crowd, Limits, Part
from bot.channels.fit import split
from bot.errors import RetryLater, Uncertain, Undeliverable
from bot.model import Button, Channel, Incoming, Reply

LIMITS = Limits(
    text=4096,
    text_with_buttons=4096,
    buttons=100,
    button_title=64,
    list_rows=100,
    list_title=64,
    list_button=64,
    unit="utf16",
    per_second=25.0,  # Telegram's own limit is 30
    pair_seconds=1.0,
)
MAX_DATA = 64
WIDE = 16
"""UTF-16 units of a label from which a button gets a row of its own."""


@dataclass(frozen=True)
class TelegramSender:
    """Send for one bot."""

    bot: Bot
    channel: Channel = Channel.TELEGRAM
    limits: Limits = LIMITS
    uncertain_after: timedelta = timedelta(seconds=2)

    def render(self, reply: Reply) -> tuple[Part, ...]:
        """Return the messages of a reply; the buttons stand under the last."""
        return render(reply)

    def knock(self, language: str) -> Part | None:  # noqa: ARG002 (a Telegram chat stays open)
        """Return None: nobody has to be asked to write again."""
        return None

    async def send(self, address: str, part: Part, *, attempt_id: str, endpoint: str = "") -> str:  # noqa: ARG002 (Telegram carries no mark of ours, and a token is of one bot)
        """Send one message, or change the one it takes the place of; return its id."""
        number = part.body.get("message_id")
        try:
            if number and await self._changed(address, number, part):
                return f"{address}:{number}"
            message = await self.bot.send_message(chat_id=int(address), **_content(part))
        except TelegramError as error:
            raise _meaning(error) from error
        return f"{address}:{message.message_id}"

    async def _changed(self, address: str, number: int, part: Part) -> bool:
        """Change a message of ours in its place; return False where it cannot be, and a new one has to be sent."""
        try:
            await self.bot.edit_message_text(chat_id=int(address), message_id=number, **_content(part))
        except BadRequest as error:
            return "not modified" in error.message.lower()
        return True

    async def close(self) -> None:
        """Close the bot's connections."""
        await self.bot.shutdown()


@dataclass(frozen=True)
class TelegramCourtesy:
    """Show that an answer is being written."""

    bot: Bot

    async def seen(self, incoming: Incoming) -> None:
        """Tell the person's app, at most once; what fails is no harm."""
        with contextlib.suppress(TelegramError):
            await self.bot.send_chat_action(chat_id=int(incoming.address), action="typing")

    async def refuse(self, crowd: Crowd, text: str) -> None:
        """Say in a group that we only talk in private, and leave it."""
        with contextlib.suppress(TelegramError):
            await self.bot.send_message(chat_id=int(crowd.address), text=text)
        with contextlib.suppress(TelegramError):
            await self.bot.leave_chat(chat_id=int(crowd.address))


def _content(part: Part) -> dict[str, Any]:
    """Return what a message shows, as the library takes it."""
    return {
        "text": part.body["text"],
        "reply_markup": _keyboard(part.body.get("buttons", ())),
        "link_preview_options": LinkPreviewOptions(is_disabled=True),
    }


def _meaning(error: TelegramError) -> Exception:
    """Return what an error of Telegram means for the sender."""
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
        return RetryLater("Telegram asks to wait.", seconds=seconds + 0.5)
    if isinstance(error, Forbidden):
        return Undeliverable("The person blocked the bot or never started it.", code="blocked")
    if isinstance(error, InvalidToken):
        return RetryLater("The bot's token is not valid: see KITE_TELEGRAM_TOKEN.", seconds=60.0)
    if isinstance(error, BadRequest):
        return Undeliverable("Telegram refused the message.", code="bad_request")
    if isinstance(error, TimedOut):
        return Uncertain("Telegram did not answer.")
    if isinstance(error, NetworkError):
        return RetryLater("Telegram cannot be reached.", seconds=3.0)
    return Uncertain("Telegram answered what we do not know.")


def render(reply: Reply) -> tuple[Part, ...]:
    """Return the messages of a reply within Telegram's limits."""
    pieces = split(reply.text, LIMITS.text, LIMITS.unit)
    plain = tuple(Part(method="sendMessage", body={"text": piece}) for piece in pieces[:-1])
    last: dict[str, Any] = {"text": pieces[-1]}
    if reply.buttons:
        last["buttons"] = reply.buttons
    if reply.replaces.isdecimal() and not plain:
        last["message_id"] = int(reply.replaces)
    return (*plain, Part(method="sendMessage", body=last))


def _keyboard(buttons: tuple[Button, ...]) -> InlineKeyboardMarkup | None:
    """Return the inline keyboard: short labels two a row, long ones alone. Payloads beyond 64 bytes are refused."""
    if not buttons:
        return None
    rows: list[list[InlineKeyboardButton]] = []
    for button in buttons:
        if len(button.payload.encode()) > MAX_DATA:
            raise Undeliverable("A button's payload is longer than 64 bytes.", code="payload_too_long")
        made = InlineKeyboardButton(button.label, callback_data=button.payload)
        short = len(button.label) < WIDE
        if short and rows and len(rows[-1]) == 1 and len(str(rows[-1][0].text)) < WIDE:
            rows[-1].append(made)
        else:
            rows.append([made])
    return InlineKeyboardMarkup(rows)
