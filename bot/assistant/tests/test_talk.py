"""Whole turns inside the assistant, without a server: text and metadata in, payloads out."""

from typing import Any

import pytest
from rasa.core.actions import action
from rasa.shared.core.events import BotUttered

from components.remote_action import LeanRemoteAction
from conftest import Say

HITS = [{"topic": topic, "score": 0.8} for topic in ("people.guardian", "people.lawyer", "rights.care", "family.steps")]


@pytest.mark.parametrize(
    ("text", "metadata", "payload"),
    [
        ("hello", {}, {"phrase": "chat.hello"}),
        ("شكرا", {"language": "ar"}, {"phrase": "chat.thanks"}),
        ("خداحافظ", {"language": "fa"}, {"phrase": "chat.goodbye"}),
        ("t'es nul", {"language": "fr"}, {"phrase": "chat.rude"}),
        ("who are you", {}, {"content": "help.about_this_chat"}),
        ("tell me a joke", {}, {"phrase": "chat.out_of_scope"}),
        ("who is a guardian", {"hits": HITS, "decision": "answer"}, {"content": "people.guardian"}),
        ("guardian or so", {"hits": HITS, "decision": "offer"}, {"offer": [hit["topic"] for hit in HITS[:3]]}),
        ("guardian or so", {"hits": HITS[:1], "decision": "offer"}, {"offer": ["people.guardian"]}),
        ("blorb fnord", {}, {"phrase": "chat.not_understood"}),
        ("blorb fnord", {"misses": 1}, {"phrase": "chat.not_understood_again"}),
        ("…", {}, {"phrase": "chat.not_understood"}),
        ("again", {}, {"again": True}),
        ("tell me more", {}, {"more": True}),
        ("menu", {}, {"menu": True}),
        ("next", {"step": "tracing"}, {"walk": "next"}),
        ("التالي", {"step": "tracing", "language": "ar"}, {"walk": "next"}),
        ("قبلی", {"step": "tracing", "language": "fa"}, {"walk": "back"}),
        ("où j'en suis", {"step": "tracing", "language": "fr"}, {"walk": "where"}),
        ("stop", {"step": "tracing"}, {"walk": "stop"}),
        ("continue where we stopped", {}, {"walk": "resume"}),
        ("yes", {"step": "tracing"}, {"walk": "next"}),
        ("next", {}, {"walk": "resume"}),
        ("back", {}, {"menu": True}),
        ("stop", {}, {"phrase": "chat.goodbye"}),
        ("yes", {}, {"phrase": "chat.yes_no_what"}),
        ("no", {"expects": "delete"}, {"menu": True}),
        ("no", {"expects": "tier"}, {"menu": True}),
        ("is this secret", {}, {"phrase": "chat.privacy"}),
        ("how can i delete my data", {}, {"content": "help.delete_my_data"}),
        ("i want to give feedback", {}, {"phrase": "chat.feedback_ask"}),
        ("/restart", {}, {"menu": True}),
    ],
)
async def test_a_turn_answers_with_one_payload(say: Say, text: str, metadata: Any, payload: Any) -> None:
    """Rules decide; every answer is a reference."""
    assert await say(text, **metadata) == [payload]


@pytest.mark.parametrize(
    ("text", "metadata", "name", "details"),
    [
        ("i am 9", {}, "action_set_tier", {"age": 9}),
        ("je suis une maman", {"language": "fr"}, "action_set_tier", {"grown_up": True}),
        ("9", {"expects": "tier"}, "action_set_tier", {"age": 9}),
        ("arabic", {}, "action_set_language", {"language": "ar"}),
        ("i dont speak english", {}, "action_set_language", {}),
        ("Germany", {"expects": "country"}, "action_set_country", {"country": "de"}),
        ("i live in france", {}, "action_set_country", {"country": "fr"}),
        ("police number in italy", {}, "action_numbers", {"country": "it"}),
        ("no", {"expects": "country"}, "action_numbers", {"expects": "country"}),
        ("بدي احكي مع حدا", {"language": "ar"}, "action_ask_for_person", {}),
        ("معلومات مرا پاک کن", {"language": "fa"}, "action_delete_data", {}),
        ("yes", {"expects": "delete"}, "action_delete_data", {"expects": "delete"}),
        ("oui", {"expects": "feedback", "language": "fr"}, "action_feedback", {"expects": "feedback"}),
        ("that helped", {}, "action_feedback", {}),
        ("step 3", {"step": "tracing"}, "action_go_to_step", {"step_number": 3, "walking": True}),
        ("simpler", {"tier": "teen"}, "action_simpler", {"tier": "teen"}),
    ],
)
async def test_a_change_is_left_to_an_action(
    say: Say, monkeypatch: pytest.MonkeyPatch, text: str, metadata: Any, name: str, details: Any
) -> None:
    """The action gets the intent and the details it reads, and nothing of the text."""
    called = {}

    async def run(self: Any, channel: Any, nlg: Any, tracker: Any, domain: Any) -> Any:
        sent = self._action_call_format(tracker, domain)["tracker"]["latest_message"]
        called[self.name()] = {found["entity"]: found["value"] for found in sent["entities"]}
        return [BotUttered(data={"custom": {"effect": "seen"}})]

    monkeypatch.setattr(LeanRemoteAction, "run", run)
    monkeypatch.setattr(action, "RemoteAction", LeanRemoteAction)
    assert await say(text, **metadata) == [{"effect": "seen"}]
    assert called == {name: details}


async def test_a_conversation_does_not_change_what_a_turn_means(say: Say) -> None:
    """Every turn rests on its own metadata: what went before cannot pull it elsewhere."""
    for _ in range(3):
        assert await say("yes", sender="c9", expects="delete") == []  # no action server here: nothing, so 500
        assert await say("yes", sender="c9") == [{"phrase": "chat.yes_no_what"}]
        assert await say("yes", sender="c9", step="tracing") == [{"walk": "next"}]
        asked = await say("guardian", sender="c9", hits=HITS, decision="answer")
        assert asked == [{"content": "people.guardian"}]
        assert await say("blorb", sender="c9") == [{"phrase": "chat.not_understood"}]


async def test_nothing_a_person_wrote_stays(say: Say) -> None:
    """The tracker store holds no text after a turn."""
    await say("my uncle Idris sent me", sender="c10")
    rows = say.agent.tracker_store._tracker_store.shelf._rows
    assert "c10" in rows
    assert "Idris" not in str(rows)
