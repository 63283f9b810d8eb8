"""Run Kite's own processes: gateway, worker and console, alone or together."""

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from aiohttp import web
from telegram import Bot

from bot.channels.base import Receiver, Sender
from bot.channels.messenger.receive import MessengerReceiver
from bot.channels.messenger.send import MessengerSender
from bot.channels.sms.receive import SmsReceiver
from bot.channels.sms.send import SmsSender
from bot.channels.telegram.polling import poll
from bot.channels.telegram.profile import profiles, publish
from bot.channels.telegram.receive import TelegramReceiver
from bot.channels.telegram.send import TelegramCourtesy, TelegramSender
from bot.channels.whatsapp.receive import WhatsAppReceiver
from bot.channels.whatsapp.send import LIMITS as WHATSAPP_LIMITS
from bot.channels.whatsapp.send import Graph, Template, WhatsAppCourtesy, WhatsAppSender
from bot.config import Settings
from bot.console.app import make_app as make_console
from bot.content.locales import SOURCE
from bot.dialogue import process as assistant
from bot.errors import ConfigError
from bot.gateway.app import make_app as make_gateway
from bot.model import Channel
from bot.processes import Command, keep_running
from bot.runtime import Kite, opened
from bot.worker import loops

STOP_SECONDS = 5.0
log = structlog.get_logger(__name__)


def receivers(settings: Settings) -> tuple[Receiver, ...]:
    """Return the receivers of the channels that are set up.

    Raise ConfigError when a channel is half set up: a webhook without its secret would take in forgeries.
    """
    found: list[Receiver] = []
    if settings.whatsapp_token:
        if not settings.whatsapp_app_secret or not settings.whatsapp_phone_id:
            raise ConfigError(
                "KITE_WHATSAPP_TOKEN needs KITE_WHATSAPP_APP_SECRET and KITE_WHATSAPP_PHONE_ID beside it."
            )
        found.append(WhatsAppReceiver(settings.whatsapp_app_secret, settings.whatsapp_verify_token))
    if settings.telegram_token and settings.telegram_mode == "webhook":
        if not settings.telegram_secret:
            raise ConfigError("KITE_TELEGRAM_TOKEN needs KITE_TELEGRAM_SECRET, or KITE_TELEGRAM_MODE=polling.")
        found.append(TelegramReceiver(settings.telegram_secret, _bot_id(settings)))
    if settings.sms_api:
        if not settings.sms_key:
            raise ConfigError("KITE_SMS_API needs KITE_SMS_KEY, which signs the gateway's calls.")
        found.append(SmsReceiver(settings.sms_key))
    if settings.messenger_token:
        if not settings.messenger_app_secret:
            raise ConfigError("KITE_MESSENGER_TOKEN needs KITE_MESSENGER_APP_SECRET beside it.")
        found.append(MessengerReceiver(settings.messenger_app_secret, settings.messenger_verify_token))
    return tuple(found)


def _bot_id(settings: Settings) -> str:
    return settings.telegram_token.split(":", 1)[0]


def telegram_bot(settings: Settings) -> Bot:
    """Return the client of the Bot API."""
    base = settings.telegram_api.rstrip("/")
    return Bot(settings.telegram_token, base_url=f"{base}/bot", base_file_url=f"{base}/file/bot")


def graph(kite: Kite) -> Graph:
    """Return Meta's Graph API as the settings name it."""
    settings = kite.settings
    return Graph(kite.session, settings.whatsapp_api, settings.whatsapp_phone_id, settings.whatsapp_token)


def be_courteous(kite: Kite, bot: Bot | None) -> None:
    """Let people see that a message was read, on the channels that can show it."""
    if kite.settings.whatsapp_token:
        kite.courtesies.by_channel[Channel.WHATSAPP] = WhatsAppCourtesy(graph(kite))
    if bot is not None:
        kite.courtesies.by_channel[Channel.TELEGRAM] = TelegramCourtesy(bot)
    kite.courtesies.refusal = partial(_refusal, kite)


def _refusal(kite: Kite, language: str) -> str:
    """Return what is said to a group, in the language of who took us there, else in the first that can say it."""
    catalogue, phrase = kite.content.current, "chat.private_only"
    spoken = [locale for locale in catalogue.locales if catalogue.can_say(phrase, locale=locale)]
    return catalogue.phrase(phrase, locale=language if language in spoken else spoken[0]) if spoken else ""


async def introduce(kite: Kite, bot: Bot) -> None:
    """Tell Telegram what the bot is and what it can do, in every language; then be done."""
    await publish(bot, profiles(kite.content.current), SOURCE)


def senders(kite: Kite, bot: Bot | None) -> Mapping[Channel, Sender]:
    """Return the senders of the channels that push."""
    settings, found = kite.settings, dict[Channel, Sender]()
    if settings.whatsapp_token:
        limits = replace(WHATSAPP_LIMITS, pair_seconds=settings.whatsapp_pair_seconds)
        found[Channel.WHATSAPP] = WhatsAppSender(graph(kite), Template.parse(settings.whatsapp_template), limits)
    if bot is not None:
        found[Channel.TELEGRAM] = TelegramSender(bot)
    if settings.sms_api:
        found[Channel.SMS] = SmsSender(kite.session, settings.sms_api, settings.sms_user, settings.sms_password)
    if settings.messenger_token:
        found[Channel.MESSENGER] = MessengerSender(kite.session, settings.messenger_api, settings.messenger_token)
    return found


@contextlib.asynccontextmanager
async def _telegram(settings: Settings) -> AsyncIterator[Bot | None]:
    """Yield the bot, set up as far as the network allows; sending is tried again anyway."""
    if not settings.telegram_token:
        yield None
        return
    bot = telegram_bot(settings)
    await bot._request[0].initialize()  # noqa: SLF001 (Bot.initialize would ask Telegram first, and fail without a network)
    await bot._request[1].initialize()  # noqa: SLF001
    try:
        yield bot
    finally:
        await bot._request[0].shutdown()  # noqa: SLF001
        await bot._request[1].shutdown()  # noqa: SLF001


async def _listen(app: web.Application, settings: Settings, port: int) -> web.AppRunner:
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, port).start()
    except OSError as error:
        await runner.cleanup()
        raise ConfigError(
            f"Port {port} on {settings.host} is taken: stop what uses it, or choose another port."
        ) from error
    return runner


def children(settings: Settings, root: Path) -> tuple[Command, ...]:
    """Return the child processes of a worker, in the order they are started; none where others run them."""
    if not settings.own_children:
        return ()
    search = [sys.executable, "-m", "bot.search.server", "--port", str(settings.search_port)]
    search += ["--index", str(settings.model_dir / "search")]
    extra = assistant.environment(settings, root)
    return (
        Command("search", search),
        Command("actions", assistant.actions_command(settings.actions_port)),
        Command(
            "assistant", assistant.run_command(root, settings.assistant_port, assistant.model_folder(settings)), extra
        ),
    )


async def serve(
    settings: Settings,
    root: Path,
    roles: frozenset[str],
    *,
    ready: Callable[[Kite], Coroutine[Any, Any, None]] | None = None,
) -> None:
    """Run the roles named (gateway, worker, console) in this process until SIGINT or SIGTERM.

    Servers listen before the worker reads what it needs: what comes in meanwhile is committed and waits. They stop in
    reverse: first nothing more comes in, then what runs is finished.
    """
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with opened(settings) as kite, _telegram(settings) as bot, contextlib.AsyncExitStack() as stack:
        tasks = [asyncio.create_task(kite.follow_content()), asyncio.create_task(kite.follow_assistant())]
        stack.push_async_callback(_end, tasks)
        be_courteous(kite, bot)
        stack.push_async_callback(kite.courtesies.close)
        if "console" in roles:
            console = make_console(
                settings=settings,
                store=kite.store,
                clock=kite.clock,
                bell=kite.bell,
                content=lambda: kite.content.current,
            )
            stack.push_async_callback((await _listen(console, settings, settings.console_port)).cleanup)
        if "gateway" in roles:
            gateway = make_gateway(kite, receivers=receivers(settings))
            stack.push_async_callback((await _listen(gateway, settings, settings.gateway_port)).cleanup)
        if ready is not None:
            await ready(kite)
        if "worker" in roles:
            tasks.extend(_work(kite, bot, root))
            if bot is not None:  # ends by itself, and so is none of the tasks whose end ends everything
                stack.push_async_callback(_end, [asyncio.create_task(introduce(kite, bot))])
        await _until(stopping, tasks)
        kite.closing.set()


def _work(kite: Kite, bot: Bot | None, root: Path) -> list["asyncio.Task[None]"]:
    settings = kite.settings
    log_dir = settings.data_dir / "log"
    tasks = [asyncio.create_task(_run_loops(kite, senders(kite, bot)), name="worker")]
    tasks += [asyncio.create_task(keep_running(child, log_dir), name=child.name) for child in children(settings, root)]
    if bot is not None and settings.telegram_mode == "polling":
        tasks.append(asyncio.create_task(poll(bot, _bot_id(settings), kite.intake.take), name="polling"))
    return tasks


async def _run_loops(kite: Kite, out: Mapping[Channel, Sender]) -> None:
    await loops.run(await kite.pipeline(out))


async def _until(stopping: asyncio.Event, tasks: list["asyncio.Task[None]"]) -> None:
    """Wait for the order to stop; a task that fails ends everything with its error."""
    stop = asyncio.create_task(stopping.wait())
    done, _ = await asyncio.wait([stop, *tasks], return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    for task in done:
        if task is not stop and task.exception() is not None:
            raise task.exception() or AssertionError


async def _end(tasks: list["asyncio.Task[None]"]) -> None:
    for task in reversed(tasks):
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
