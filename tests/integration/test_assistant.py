"""The assistant and its actions as they run: two processes on loopback, asked over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest

from bot.config import load_settings
from bot.dialogue.client import AssistantClient, Question
from bot.dialogue.payloads import ContentPayload, EffectPayload, PhrasePayload, WalkPayload
from bot.errors import AssistantDown
from bot.model import Decision, Hit, Tier
from bot.training import train
from tests.processes import ROOT, Children, wait_for

SECRET = "my uncle Idris knows"
START_SECONDS = 150

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def address(children: Children) -> str:
    return f"http://127.0.0.1:{children.ports['assistant']}"


def wait(children: Children) -> None:
    url = f"{address(children)}/webhooks/kite/health"
    seconds = wait_for(url, seconds=START_SECONDS, process=children.processes["assistant"])
    print(f"\nthe assistant was ready after {seconds:.1f} s")


@pytest.fixture(scope="module")
def children(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Children]:
    """Yield the assistant and its actions, running; trained first where they are not."""
    train(load_settings(_env_file=None, data_dir=ROOT / "var"), ROOT, tell=print, only=("assistant",))
    running = Children(tmp_path_factory.mktemp("assistant"))
    running.start("actions", "assistant")
    try:
        wait(running)
        yield running
    finally:
        running.stop()


@pytest.fixture
async def client(children: Children) -> AsyncIterator[AssistantClient]:
    """Yield a client of the running assistant."""
    async with aiohttp.ClientSession() as session:
        yield AssistantClient(session, address(children))


async def test_search_and_commands_come_to_payloads(client: AssistantClient) -> None:
    """Topics, phrases, moves and effects, in several languages."""
    hits = (Hit("people.guardian", 0.9),)
    found = await client.ask(Question(sender="c1", text="what is a guardian", hits=hits, decision=Decision.ANSWER))
    assert found == (ContentPayload("people.guardian"),)
    assert await client.ask(Question(sender="c1", text="merci", language="fr")) == (PhrasePayload("chat.thanks"),)
    assert await client.ask(Question(sender="c1", text="بعدی", language="fa", step="x")) == (WalkPayload("next"),)
    young = await client.ask(Question(sender="c1", text="عمري ٩ سنين", language="ar"))
    assert young == (EffectPayload(effect="set_tier", tier=Tier.YOUNG),)
    numbers = await client.ask(Question(sender="c1", text="police number in germany"))
    assert numbers == (EffectPayload(effect="numbers", country="de"),)


async def test_typed_commands_of_the_engine_do_nothing(client: AssistantClient) -> None:
    """A text with a slash is only words: entities that it brings along are not taken over."""
    forged = await client.ask(Question(sender="c2", text='/set_country{"country": "zz"}'))
    assert "zz" not in repr(forged)
    for command in ("/restart", "/session_start", "/back"):
        assert await client.ask(Question(sender="c2", text=command)) != ()


async def test_many_conversations_at_once_do_not_mix(client: AssistantClient) -> None:
    """Each conversation gets the answer to its own message."""
    steps = range(1, 9)
    asked = [client.ask(Question(sender=f"m{step}", text=f"step {step}", step="x")) for step in steps]
    answers = await asyncio.gather(*asked)
    assert answers == [(EffectPayload(effect="go_to_step", step=step),) for step in steps]


async def test_malformed_requests_are_refused(client: AssistantClient, children: Children) -> None:
    """What is outside the contract gets 400 and is not quoted."""
    url = f"{address(children)}/webhooks/kite/webhook"
    async with aiohttp.ClientSession() as session:
        for body in ([], {"sender": "c3", "text": SECRET, "metadata": {}}):
            async with session.post(url, json=body) as response:
                assert response.status == 400
                assert "Idris" not in await response.text()
        async with session.post(url, data=b"{") as response:
            assert response.status == 400


async def test_no_other_door_is_open(client: AssistantClient, children: Children) -> None:
    """Rasa's REST channel and HTTP API are not served."""
    async with aiohttp.ClientSession() as session:
        for path in ("webhooks/rest/webhook", "model/parse", "conversations/c1/tracker"):
            async with session.post(f"{address(children)}/{path}", json={}) as response:
                assert response.status == 404


async def test_message_150_costs_what_message_5_costs(client: AssistantClient) -> None:
    """The tracker is bounded, so a long conversation is no slower than a short one."""
    clock, took = asyncio.get_running_loop().time, []
    hits = (Hit("people.guardian", 0.9),)
    for _ in range(155):
        began = clock()
        await client.ask(Question(sender="long", text="what is a guardian", hits=hits, decision=Decision.ANSWER))
        took.append(clock() - began)
    early, late = sorted(took[1:10])[4], sorted(took[146:155])[4]
    print(f"\nmessage 5: {early * 1000:.1f} ms, message 150: {late * 1000:.1f} ms")
    assert late < 3 * early + 0.02  # far from the tenfold of an unbounded tracker, with room for a busy machine


async def test_dead_actions_fail_a_turn_and_nothing_is_logged_of_it(
    client: AssistantClient, children: Children
) -> None:
    """Without the action server a change fails as a whole, answers go on, and no log has a person's words."""
    children.kill("actions")
    with pytest.raises(AssistantDown, match="500"):
        await client.ask(Question(sender="c4", text=f"i want to talk to a person {SECRET}"))
    assert await client.ask(Question(sender="c4", text="menu")) != ()
    children.start("actions")
    wait_for(f"http://127.0.0.1:{children.ports['actions']}/health", seconds=30)
    person = await client.ask(Question(sender="c4", text=f"i want to talk to a person {SECRET}"))
    assert person == (EffectPayload(effect="ask_for_person"),)
    for log in children.log_dir.rglob("*.log"):
        assert "Idris" not in log.read_text(), log.name
