"""Every topic, step, tier and language, rendered for every channel and sent to its stand-in: no rule is broken."""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from telegram import Bot

from bot.channels import forms
from bot.channels.base import Part, Sender
from bot.channels.messenger.send import MessengerSender
from bot.channels.sms.send import SmsSender
from bot.channels.telegram.send import TelegramSender
from bot.channels.whatsapp.send import Graph, WhatsAppSender
from bot.content.bidi import FSI, OVERRIDES, PDI
from bot.content.locales import LOCALES
from bot.model import Channel, Conversation, Reply, Tier
from bot.worker.voice import Voice
from tests.fakes.messenger import Messenger
from tests.fakes.meta import PHONE_ID, Meta
from tests.fakes.sms_gateway import PASSWORD, USER, SmsGateway
from tests.fakes.telegram import TOKEN, Telegram
from tests.kit import catalogue
from tests.unit.people import somebody

PLACEHOLDER = re.compile(r"\{[a-z_]+\}")
ADDRESSES = {
    Channel.WHATSAPP: "4915100000001",
    Channel.TELEGRAM: "4242",
    Channel.SMS: "+4915100000001",
    Channel.MESSENGER: "7001",
}
SAFETY = ("safety.neutral", "safety.heard", "safety.who_reads", "safety.do_now", "safety.assent", "safety.ask_contact")


@dataclass
class Far:
    """The far side of every channel."""

    senders: dict[Channel, Sender]
    broken: dict[Channel, list[Any]]


@pytest.fixture
async def far() -> AsyncIterator[Far]:
    meta, telegram, sms, messenger = Meta(), Telegram(), SmsGateway(), Messenger()
    servers = [TestServer(one.app()) for one in (meta, telegram, sms, messenger)]
    for server in servers:
        await server.start_server()
    bot = Bot(TOKEN, base_url=str(servers[1].make_url("/bot")))
    await bot._request[1].initialize()
    async with aiohttp.ClientSession() as session:
        senders: dict[Channel, Sender] = {
            Channel.WHATSAPP: WhatsAppSender(Graph(session, str(servers[0].make_url("/v23.0")), PHONE_ID, "token")),
            Channel.TELEGRAM: TelegramSender(bot),
            Channel.SMS: SmsSender(session, str(servers[2].make_url("/3rdparty/v1")), USER, PASSWORD),
            Channel.MESSENGER: MessengerSender(session, str(servers[3].make_url("/v23.0")), "token"),
        }
        yield Far(
            senders,
            {
                Channel.WHATSAPP: meta.refused,
                Channel.TELEGRAM: telegram.violations,
                Channel.SMS: sms.violations,
                Channel.MESSENGER: messenger.violations,
            },
        )
    await bot._request[1].shutdown()
    for server in servers:
        await server.close()


def everything(voice: Voice, person: Conversation) -> Iterator[Reply]:
    """Yield all that a person of this language and age may read."""
    for topic, value in catalogue().topics.items():
        for step in value.steps or (None,):
            yield from voice.topic(topic, person, step=step).replies
    yield from (voice.menu(person), voice.languages(person), voice.tiers(person), voice.numbers(None, person))
    yield from (voice.group(group, person) for group in catalogue().groups)
    yield from (voice.numbers(country, person) for country in catalogue().content.countries)
    yield voice.confirm_deletion(person)
    yield voice.safety_reply(
        person, tuple(voice.safety(phrase, person) for phrase in SAFETY), "safe_to_write", "not_meant"
    )
    for phrase, value in catalogue().content.phrases.items():
        texts = [value.text] if value.text else list((value.tiers or {}).values())
        said = catalogue().can_say(phrase, locale=person.language, tier=person.tier)
        if said and phrase.startswith("chat.") and not any(PLACEHOLDER.search(text) for text in texts):
            yield voice.say(phrase, person, *voice.help_buttons(person))


def shown(part: Part) -> str:
    """Return the words of a part."""
    body = part.body
    found = body.get("text") or body.get("textMessage") or body.get("interactive", {}).get("body", {})
    return str(found if isinstance(found, str) else found.get("body") or found.get("text"))


def check(reply: Reply, parts: tuple[Part, ...]) -> None:
    texts = [shown(part) for part in parts]
    words = " ".join(texts).split()
    assert words[: len(reply.text.split())] == reply.text.split(), "no word is split, lost or moved"
    for text in texts:
        assert not PLACEHOLDER.search(text)
        assert not OVERRIDES & set(text)
        assert text.count(FSI) == text.count(PDI), "what is kept together stays together"
        if LOCALES[reply.language].rtl:
            bare = re.sub(f"{FSI}[^{PDI}]*{PDI}", "", text)
            assert not re.search(r"\+?\d[\d ()-]{5,}\d", bare), "a phone number keeps its direction"


@pytest.mark.parametrize("tier", Tier)
@pytest.mark.parametrize("locale", catalogue().locales)
async def test_everything_fits_every_channel(far: Far, locale: str, tier: Tier) -> None:
    """All of it is accepted by the stand-in of each channel, whole, with its choices."""
    voice, person, count = Voice(catalogue(), "de"), somebody(language=locale, tier=tier), 0
    for reply in everything(voice, person):
        for channel, sender in far.senders.items():
            parts = sender.render(reply)
            check(reply, parts)
            for number, part in enumerate(parts, start=1):
                count += 1
                mark = f"{count:032x}:1:{number}/{len(parts)}"
                await sender.send(ADDRESSES[channel], part, attempt_id=mark)
            for button in reply.buttons:
                assert button.payload in str(parts[-1].body) or forms.numbers(channel, reply)
    assert far.broken == {channel: [] for channel in far.senders}


def test_every_channel_that_pushes_is_rendered_here() -> None:
    """A channel that is added has to pass all of this."""
    assert set(ADDRESSES) == set(forms.RENDERS)
