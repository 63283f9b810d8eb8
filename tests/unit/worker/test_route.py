"""The route of a message through screening and dialogue, on both databases."""

import pytest

from bot.cases import talk, work
from bot.dialogue.payloads import ContentPayload, EffectPayload, MenuPayload, OfferPayload, PhrasePayload, WalkPayload
from bot.model import Kind, Role
from bot.store import conversations, schema, staff
from bot.store.store import Store
from tests.conftest import FakeClock
from tests.kit import HURT, Kit, make_kit


@pytest.fixture
def kit(store: Store, clock: FakeClock) -> Kit:
    return make_kit(store, clock)


async def caseworker(kit: Kit, name: str = "Amina") -> str:
    return await kit.store.write(
        lambda conn: staff.add(
            conn, email=f"{name}@example.org", name=name, role=Role.CASEWORKER, password_hash="x", now=kit.clock()
        )
    )


async def test_a_first_message_is_greeted_and_asked_for_its_language(kit: Kit) -> None:
    """A first contact reads who this is, what is kept, and may choose a language in its own script."""
    conversation = await kit.says("hello")
    replies = await kit.replies(conversation)
    assert "Kite" in replies[0].text
    assert "60" in replies[0].text
    assert {"English", "العربية"} <= {button.label for button in replies[-1].buttons}


async def test_choosing_language_then_age_leads_to_the_menu(kit: Kit) -> None:
    """The two questions of a beginning can be tapped through; skipping the age means `middle`."""
    conversation = await kit.says(payload="language:en")
    assert (await kit.last(conversation)).buttons[-1].payload == "tier:skip"
    await kit.says(payload="tier:skip")
    person = await kit.store.read(lambda conn: conversations.load(conn, conversation))
    assert (person.language, person.language_chosen, person.tier) == ("en", True, "middle")
    assert [button.payload for button in (await kit.last(conversation)).buttons][:2] == ["group:rights", "group:family"]


async def test_a_disclosure_opens_one_case_with_a_neutral_first_line(kit: Kit) -> None:
    """The case, the finding and the acknowledgement appear together; the first line names nothing."""
    conversation = await kit.says(HURT)
    (case,) = await kit.cases()
    assert (case.concerns, case.urgency, case.state) == (["violence"], 2, "open")
    (reply,) = await kit.replies(conversation)
    assert reply.text.splitlines()[0] == "I read your message. Thank you for writing."
    assert [button.payload for button in reply.buttons] == ["safety:safe_to_write", "safety:not_meant"]
    assert kit.assistant.asked == []


async def test_for_now_the_number_stands_second(kit: Kit) -> None:
    """A danger of this moment gets the emergency number in its second line."""
    conversation = await kit.says("he has a knife")
    (reply,) = await kit.replies(conversation)
    assert "112" in reply.text.splitlines()[1]


async def test_unsafe_to_write_offers_nothing_to_tap(kit: Kit) -> None:
    """Where somebody else reads the phone, only the neutral line is sent."""
    conversation = await kit.says("he reads my phone")
    (reply,) = await kit.replies(conversation)
    assert reply.buttons == ()
    assert len(reply.text.splitlines()) == 1


async def test_harm_is_named_only_after_i_can_write_safely(kit: Kit) -> None:
    """The warm words come once the person says that writing is safe."""
    conversation = await kit.says(HURT)
    await kit.says(payload="safety:safe_to_write")
    assert "not your fault" in (await kit.last(conversation)).text


async def test_not_what_i_meant_is_recorded_and_lowers_nothing(kit: Kit) -> None:
    """Only a human lowers an urgency; the correction is an event for them to see."""
    await kit.says(HURT)
    await kit.says(payload="safety:not_meant")
    (case,) = await kit.cases()
    events = [row.name for row in await kit.rows(schema.case_event)]
    assert case.urgency == 2
    assert "meaning_corrected" in events


async def test_a_safety_button_answers_the_same_without_a_case(kit: Kit) -> None:
    """The answer to a safety button never tells whether a case exists."""
    with_case = await kit.says(HURT, who="one")
    await kit.says(payload="safety:not_meant", who="one")
    without = await kit.says(payload="safety:not_meant", who="two")
    assert (await kit.last(with_case)).text == (await kit.last(without)).text


async def test_a_second_disclosure_joins_the_open_case_and_lifts_it(kit: Kit) -> None:
    """One child has one open case; a new finding never lowers and may raise its urgency."""
    await kit.says(HURT)
    await kit.says("he has a knife")
    (case,) = await kit.cases()
    assert case.urgency == 3
    assert len(await kit.rows(schema.finding)) == 2


async def test_with_the_assistant_down_a_disclosure_is_a_case_and_a_question_gets_the_fixed_reply(kit: Kit) -> None:
    """Nothing of safety waits for the dialogue; a question is answered with the menu and a person."""
    kit.assistant.down = True
    conversation = await kit.says("who stands by me here")
    payloads = [button.payload for reply in await kit.replies(conversation) for button in reply.buttons]
    assert {"person", "group:rights"} <= set(payloads)
    await kit.says(HURT, who="other")
    assert len(await kit.cases()) == 1


async def test_while_a_human_holds_the_talk_the_bot_is_silent(kit: Kit) -> None:
    """After a claim messages reach the case and the bot answers nothing; after hand-back it answers again."""
    conversation = await kit.says(HURT)
    (case,) = await kit.cases()
    member = await caseworker(kit)
    await kit.store.write(lambda conn: work.claim(conn, case.id, member, now=kit.clock()))
    before = len(await kit.replies(conversation))
    await kit.says("are you there?")
    assert len(await kit.replies(conversation)) == before
    lines = await kit.store.read(lambda conn: talk.lines(conn, kit.store.vault, case.id))
    assert lines[-1].text == "are you there?"
    await kit.store.write(lambda conn: work.hand_back(conn, case.id, member, now=kit.clock()))
    await kit.says("hello")
    assert len(await kit.replies(conversation)) > before


async def test_a_claim_during_a_turn_silences_that_turn(kit: Kit) -> None:
    """A reply that was being made when a human took over is never sent."""
    conversation = await kit.says(HURT)
    (case,) = await kit.cases()
    member = await caseworker(kit)
    before = len(await kit.replies(conversation))
    await kit.receives("who stands by me here")
    await kit.pipeline.screen()
    asked = kit.assistant.ask

    async def claimed_meanwhile(question: object) -> object:
        await kit.store.write(lambda conn: work.claim(conn, case.id, member, now=kit.clock()))
        return await asked(question)

    kit.assistant.ask = claimed_meanwhile
    await kit.pipeline.answer()
    assert len(await kit.replies(conversation)) == before


async def test_a_disclosure_during_a_turn_silences_that_turn(kit: Kit) -> None:
    """A later finding takes the word from an answer that was under way."""
    conversation = await kit.says(payload="language:en")
    before = len(await kit.replies(conversation))
    await kit.receives("who stands by me here")
    await kit.pipeline.screen()
    asked = kit.assistant.ask

    async def disclosed_meanwhile(question: object) -> object:
        await kit.receives(HURT)
        await kit.pipeline.screen()
        return await asked(question)

    kit.assistant.ask = disclosed_meanwhile
    await kit.pipeline.answer()
    fresh = (await kit.replies(conversation))[before:]
    assert [reply.text.splitlines()[0] for reply in fresh] == ["I read your message. Thank you for writing."]


async def test_a_turn_that_is_tried_again_advances_a_walk_once(kit: Kit) -> None:
    """A worker that died between understanding and applying leaves the walk where it was."""
    conversation = await kit.says(payload="topic:family.steps")
    first = (await kit.store.read(lambda conn: conversations.load(conn, conversation))).step
    await kit.receives("next")
    await kit.pipeline.screen()
    kit.assistant.answers = [(WalkPayload("next"),), (WalkPayload("next"),)]
    apply = type(kit.pipeline.talker)._apply

    def dies(*_: object) -> None:
        raise RuntimeError("killed before the commit")

    type(kit.pipeline.talker)._apply = dies
    try:
        with pytest.raises(RuntimeError):
            await kit.pipeline.answer()
    finally:
        type(kit.pipeline.talker)._apply = apply
    kit.clock.forward(seconds=20)
    assert await kit.pipeline.answer()
    assert not await kit.pipeline.answer()
    person = await kit.store.read(lambda conn: conversations.load(conn, conversation))
    steps = (await kit.store.read(lambda conn: conn.execute(schema.conversation.select()).all()))[0]
    assert person.step != first
    assert person.step == steps.step
    assert "2" in (await kit.last(conversation)).text.splitlines()[0]


async def test_topics_menus_offers_and_phrases_are_answered_from_content(kit: Kit) -> None:
    """Each payload of the assistant leads to content of the person's tier."""
    conversation = await kit.says(payload="language:en")
    kit.assistant.answers = [
        (ContentPayload("people.guardian"),),
        (OfferPayload(("people.lawyer", "rights.overview")),),
        (MenuPayload(),),
        (PhrasePayload("chat.not_understood"),),
        (PhrasePayload("chat.not_understood"),),
    ]
    await kit.says("who stands by me here")
    assert "guardian" in (await kit.last(conversation)).text.lower()
    await kit.says("hmm")
    assert [button.payload for button in (await kit.last(conversation)).buttons][:2] == [
        "topic:people.lawyer",
        "topic:rights.overview",
    ]
    await kit.says("menu")
    assert (await kit.last(conversation)).buttons[0].payload == "group:rights"
    await kit.says("blub")
    first = (await kit.last(conversation)).text
    await kit.says("blub")
    assert (await kit.last(conversation)).text != first


async def test_the_draft_note_is_said_once_per_conversation_and_language(kit: Kit) -> None:
    """Drafts come with the note that nobody has checked them, once."""
    conversation = await kit.says(payload="language:en")
    for _ in range(2):
        await kit.says(payload="topic:people.guardian")
    notes = [reply for reply in await kit.replies(conversation) if "checked" in reply.text and "person" in reply.text]
    assert len(notes) == 1


@pytest.mark.parametrize(
    ("effect", "column", "value"),
    [
        (EffectPayload(effect="set_tier", tier="young"), "tier", "young"),
        (EffectPayload(effect="set_language", language="ar"), "language", "ar"),
        (EffectPayload(effect="set_country", country="de"), "country", "de"),
    ],
)
async def test_effects_are_applied_by_the_worker(kit: Kit, effect: EffectPayload, column: str, value: str) -> None:
    """An action decides, the worker does."""
    conversation = await kit.says(payload="language:en")
    kit.assistant.answers = [(effect,)]
    await kit.says("please")
    person = await kit.store.read(lambda conn: conversations.load(conn, conversation))
    assert getattr(person, column) == value


async def test_a_wish_for_a_person_opens_a_case_of_urgency_soon(kit: Kit) -> None:
    """Asking for a human is a case like any other, and says who will read."""
    conversation = await kit.says(payload="person")
    (case,) = await kit.cases()
    assert (case.concerns, case.urgency) == (["asked_for_person"], 1)
    assert "person" in (await kit.last(conversation)).text


async def test_voice_and_pictures_are_answered_honestly(kit: Kit) -> None:
    """Nobody but a person can listen or look; that is said, and a person offered."""
    conversation = await kit.says(payload="language:en")
    await kit.says(kind=Kind.VOICE)
    assert "person" in {button.payload for button in (await kit.last(conversation)).buttons}


async def test_a_touched_talk_opens_neutrally_after_half_an_hour(kit: Kit) -> None:
    """Whoever picks up the phone later does not read what it was about."""
    conversation = await kit.says(payload="language:en")
    await kit.says(HURT)
    before = len(await kit.replies(conversation))
    kit.clock.forward(minutes=31)
    await kit.says("hi")
    fresh = (await kit.replies(conversation))[before:]
    assert "Who is writing" in fresh[0].text
