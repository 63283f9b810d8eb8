"""A case in the console: who has it, the reply that can be taken back, its record, and how it ends."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.cases import closing, events, holding, record, work
from bot.errors import AlreadyClaimed, StoreError
from bot.model import OutboxState, Role, Urgency
from bot.store import erasure, outbox, schema
from bot.worker.sender import settle_reply
from tests.consoles import Browser, member, open_case, staff_id
from tests.kit import HURT, Kit

NOW = "he has a knife"


async def person(kit: Kit, name: str, role: Role = Role.CASEWORKER) -> str:
    return await staff_id(kit, await member(kit, name, role))


async def does(kit: Kit, act: Callable[..., object], *args: object, **options: object) -> object:
    """Run an act on a case in a transaction, now."""
    return await kit.store.write(lambda conn: act(conn, *args, now=kit.clock(), **options))


async def sealed(kit: Kit, act: Callable[..., object], *args: object, **options: object) -> object:
    return await kit.store.write(lambda conn: act(conn, kit.store.vault, *args, now=kit.clock(), **options))


async def names(kit: Kit, case_id: str) -> list[str]:
    found = await kit.store.read(lambda conn: events.timeline(conn, kit.store.vault, case_id))
    return [event.name for event in found]


async def answered(kit: Kit, case_id: str, who: str, number: int = 1) -> str:
    """Let a reply be written and arrive."""
    outbox_id = str(await sealed(kit, work.reply, case_id, who, "I am here.", request_id=str(number)))

    def arrives(conn) -> None:
        outbox.settle(conn, outbox_id, OutboxState.DELIVERED, now=kit.clock())
        settle_reply(conn, outbox_id, case_id, "staff", delivered=True, now=kit.clock())

    await kit.store.write(arrives)
    return outbox_id


# -- who has it -----------------------------------------------------------------------------------------------------


async def test_the_cap_holds_for_claims_but_not_for_now_and_not_for_a_supervisor(kit: Kit) -> None:
    """Nobody drowns in cases; a life in danger waits for no rule, and a supervisor may go beyond."""
    who = await person(kit, "Amina")
    for name, text in (("a", HURT), ("b", HURT), ("c", NOW)):
        await kit.says(text, who=name)
    first, second, third = sorted(await kit.cases(), key=lambda row: row.number)
    await does(kit, holding.claim, first.id, who, cap=1)
    with pytest.raises(StoreError, match="supervisor"):
        await does(kit, holding.claim, second.id, who, cap=1)
    await does(kit, holding.claim, third.id, who, cap=1)
    await does(kit, holding.assign, second.id, who, await person(kit, "Salma", Role.SUPERVISOR))
    assert {row.holder for row in await kit.cases()} == {who}


async def test_a_transfer_needs_a_note_and_moves_the_talk_with_the_case(kit: Kit) -> None:
    """The next person reads where things stand; the bot stays silent; the first one can no longer write."""
    conversation, case_id = await open_case(kit)
    amina, boris = await person(kit, "Amina"), await person(kit, "Boris")
    await does(kit, holding.claim, case_id, amina)
    with pytest.raises(StoreError, match="note"):
        await sealed(kit, holding.transfer, case_id, amina, boris, " ")
    await sealed(kit, holding.transfer, case_id, amina, boris, "She is at the shelter until six.")
    (case,) = await kit.cases()
    (talk,) = await kit.rows(schema.conversation)
    assert (case.holder, talk.held_by, talk.id) == (boris, boris, conversation)
    with pytest.raises(AlreadyClaimed, match="Boris"):
        await sealed(kit, work.reply, case_id, amina, "hello", request_id="2")
    assert "shelter" not in str(await kit.rows(schema.case_event))


async def test_a_case_goes_only_to_people_who_may_have_it(kit: Kit) -> None:
    """Not to an editor, not to one it is kept from, not to nobody."""
    _, case_id = await open_case(kit)
    amina, boss = await person(kit, "Amina"), await person(kit, "Salma", Role.SUPERVISOR)
    await does(kit, holding.claim, case_id, amina)
    kept = await person(kit, "Boris")
    await does(kit, record.hide, case_id, boss, kept)
    for wrong in (await person(kit, "Edith", Role.EDITOR), kept, "nobody"):
        with pytest.raises(StoreError, match="cannot take"):
            await does(kit, holding.assign, case_id, wrong, boss)
        with pytest.raises(StoreError, match="cannot take"):
            await does(kit, holding.add_helper, case_id, amina, wrong)


async def test_a_second_person_writes_and_leaves(kit: Kit) -> None:
    """Two may answer one child; whoever is taken off can no longer."""
    _, case_id = await open_case(kit)
    amina, boris = await person(kit, "Amina"), await person(kit, "Boris")
    await does(kit, holding.claim, case_id, amina)
    await does(kit, holding.add_helper, case_id, amina, boris)
    assert await sealed(kit, work.reply, case_id, boris, "I am here too.", request_id="b")
    await does(kit, holding.remove_helper, case_id, amina, boris)
    with pytest.raises(AlreadyClaimed):
        await sealed(kit, work.reply, case_id, boris, "hello", request_id="c")


async def test_giving_back_starts_the_clock_and_ends_every_part_in_it(kit: Kit) -> None:
    """Nobody holds the case: the clock runs, the second person is gone, a wish to close is gone."""
    _, case_id = await open_case(kit)
    amina, boris = await person(kit, "Amina"), await person(kit, "Boris")
    await does(kit, holding.claim, case_id, amina)
    await answered(kit, case_id, amina)
    await does(kit, holding.add_helper, case_id, amina, boris)
    await sealed(kit, closing.ask, case_id, amina, "helped", "Placed in a safe home.")
    kit.clock.forward(minutes=10)
    await does(kit, holding.release, case_id, amina)
    (case,) = await kit.cases()
    assert (case.holder, case.answered_at, case.clock_at, case.close_asked_by) == (None, None, kit.clock(), None)
    assert await kit.rows(schema.case_helper) == []


async def test_hiding_a_case_from_its_holder_takes_it_from_them(kit: Kit, browse: Callable[[], Browser]) -> None:
    """The person it is about loses it at once; only a lead may do it; the timeline does not say from whom."""
    _, case_id = await open_case(kit)
    boris = browse()
    await boris.sign_in(await member(kit, "Boris"))
    await boris.get(f"/cases/{case_id}")
    await boris.post(f"/cases/{case_id}/claim")
    assert await boris.post(f"/cases/{case_id}/hide", who="x") == 403
    lead = browse()
    await lead.sign_in(await member(kit, "Leila", Role.LEAD))
    await lead.get(f"/cases/{case_id}")
    who = await staff_id(kit, "boris@example.org")
    assert await lead.post(f"/cases/{case_id}/hide", who=who) == 200
    (case,) = await kit.cases()
    assert (case.holder, case.state) == (None, "open")
    assert await boris.get(f"/cases/{case_id}") == 404
    assert who not in json.dumps([row.data for row in await kit.rows(schema.case_event) if row.name == "case_hidden"])


# -- the reply ------------------------------------------------------------------------------------------------------


async def test_a_reply_can_be_taken_back_for_five_seconds(kit: Kit, amina: Browser) -> None:
    """Taken back it never reaches the child and its words stand in the box again; later it is too late."""
    conversation, case_id = await open_case(kit)
    await amina.get(f"/cases/{case_id}")
    await amina.post(f"/cases/{case_id}/claim")
    await amina.post(f"/cases/{case_id}/reply", text="Wrong child!", request_id="1")
    (row,) = [row for row in await kit.rows(schema.outbox) if row.purpose == "staff"]
    kit.clock.forward(seconds=3)
    assert await amina.post(f"/cases/{case_id}/undo", reply=row.id) == 200
    assert ">Wrong child!</textarea>" in amina.html
    kit.clock.forward(seconds=10)
    assert not (await kit.last(conversation)).from_person
    await amina.post(f"/cases/{case_id}/reply", text="I am here.", request_id="2")
    (row,) = [row for row in await kit.rows(schema.outbox) if row.purpose == "staff" and row.state == "pending"]
    kit.clock.forward(seconds=5)
    assert await amina.post(f"/cases/{case_id}/undo", reply=row.id) == 400
    assert (await kit.last(conversation)).text == "I am here."


async def test_what_follows_a_held_back_reply_is_not_shown_before_it(kit: Kit) -> None:
    """The chat goes on from the newest number it saw: a later message must not overtake one that waits."""
    conversation, case_id = await open_case(kit)
    who = await person(kit, "Amina")
    await does(kit, holding.claim, case_id, who)
    before = len(await kit.replies(conversation))
    await sealed(kit, work.reply, case_id, who, "first", request_id="1", wait=timedelta(seconds=5))
    await kit.says(NOW)  # the emergency number is sent even in a held talk
    assert len(await kit.replies(conversation)) == before
    kit.clock.forward(seconds=5)
    texts = [reply.text for reply in (await kit.replies(conversation))[before:]]
    assert texts[0] == "first"
    assert len(texts) == 2


async def test_a_failed_reply_is_sent_again_once(kit: Kit) -> None:
    """However often the button is pressed; what did not fail, or was taken back, is not sent again."""
    _, case_id = await open_case(kit)
    who = await person(kit, "Amina")
    await does(kit, holding.claim, case_id, who)
    failed = str(await sealed(kit, work.reply, case_id, who, "I am here.", request_id="1"))
    with pytest.raises(StoreError, match="did not fail"):
        await sealed(kit, work.retry, case_id, who, failed)
    await kit.store.write(
        lambda conn: outbox.settle(conn, failed, OutboxState.FAILED, now=kit.clock(), failed_code="gave_up")
    )
    assert await sealed(kit, work.retry, case_id, who, failed)
    assert await sealed(kit, work.retry, case_id, who, failed) is None
    assert len([row for row in await kit.rows(schema.outbox) if row.purpose == "staff"]) == 2


async def test_a_reply_of_another_case_is_out_of_reach(kit: Kit) -> None:
    """Ids of other cases' replies lead nowhere."""
    who = await person(kit, "Amina")
    await kit.says(HURT, who="a")
    await kit.says(HURT, who="b")
    first, second = await kit.cases()
    for case in (first, second):
        await does(kit, holding.claim, case.id, who)
    sent = str(await sealed(kit, work.reply, first.id, who, "hello", request_id="1", wait=timedelta(seconds=5)))
    with pytest.raises(StoreError):
        await sealed(kit, work.undo, second.id, who, sent)


async def test_the_window_of_whatsapp_is_counted_down(kit: Kit, amina: Browser) -> None:
    """Only where there is one: the web chat has none."""
    _, case_id = await open_case(kit)
    await amina.get(f"/cases/{case_id}")
    await amina.post(f"/cases/{case_id}/claim")
    assert "WhatsApp takes free messages" not in amina.html
    await kit.store.write(lambda conn: conn.execute(schema.conversation.update().values(channel="whatsapp")))
    await amina.get(f"/cases/{case_id}")
    assert "WhatsApp takes free messages for another" in amina.html


async def test_the_card_stands_above_the_reply_box_encrypted(kit: Kit, amina: Browser) -> None:
    """How to reach a child safely is seen before anything is written; the database does not tell it."""
    _, case_id = await open_case(kit)
    await amina.get(f"/cases/{case_id}")
    await amina.post(f"/cases/{case_id}/claim")
    await amina.post(f"/cases/{case_id}/card", times="after 17:00", code_word="blue kite", others="his uncle")
    assert amina.html.index("blue kite") < amina.html.index('id="reply-text"')
    assert "blue kite" not in str(await kit.rows(schema.cases)) + str(await kit.rows(schema.case_event))
    changed = [row.data for row in await kit.rows(schema.case_event) if row.name == "card_changed"]
    assert changed == [{"parts": ["times", "code_word", "others"]}]


# -- the record -----------------------------------------------------------------------------------------------------


async def test_concerns_change_with_a_reason_and_the_timeline_keeps_both(kit: Kit, amina: Browser) -> None:
    """A human corrects the screen; what it found first stays readable."""
    _, case_id = await open_case(kit)
    await amina.get(f"/cases/{case_id}")
    await amina.post(f"/cases/{case_id}/claim")
    assert await amina.post(f"/cases/{case_id}/concerns", main="neglect", why=" ") == 400
    await amina.get(f"/cases/{case_id}")
    await amina.post(f"/cases/{case_id}/concerns", main="neglect", concern="violence", why="He told me more.")
    (case,) = await kit.cases()
    assert case.concerns == ["neglect", "violence"]
    (event,) = [row for row in await kit.rows(schema.case_event) if row.name == "concerns_changed"]
    assert event.data == {"before": ["violence"], "after": ["neglect", "violence"]}


async def test_tasks_are_due_done_and_forgotten_with_the_case(kit: Kit, amina: Browser) -> None:
    """A task shows late when its time is over; it is done once; its words go with the case's."""
    _, case_id = await open_case(kit)
    await amina.get(f"/cases/{case_id}")
    await amina.post(f"/cases/{case_id}/claim")
    assert await amina.post(f"/cases/{case_id}/task", text="Call the shelter", due="soon") == 400
    await amina.get(f"/cases/{case_id}")
    await amina.post(f"/cases/{case_id}/task", text="Call the shelter", due="2026-03-01T14:30")
    assert "Call the shelter" in amina.html
    (task,) = await kit.rows(schema.case_task)
    assert b"shelter" not in task.body
    for _ in range(2):
        await amina.post(f"/cases/{case_id}/task-done", task=task.id)
    assert (await names(kit, case_id)).count("task_done") == 1
    await does(kit, work.close, case_id, await staff_id(kit, "amina@example.org"), "helped")
    kit.clock.forward(days=200)
    await kit.store.write(lambda conn: erasure.purge_cases(conn, now=kit.clock(), keep=timedelta(days=180)))
    assert [row.body for row in await kit.rows(schema.case_task)] == [None]


async def test_cases_are_linked_both_ways_and_the_link_can_be_undone(kit: Kit) -> None:
    """Siblings are seen from either case; unknown and hidden numbers say the same."""
    who = await person(kit, "Amina")
    await kit.says(HURT, who="a")
    await kit.says(HURT, who="b")
    first, second = sorted(await kit.cases(), key=lambda row: row.number)
    await does(kit, record.link, first.id, who, "#2", "sibling")
    for here, there in ((first.id, 2), (second.id, 1)):
        (linked,) = await kit.store.read(lambda conn, here=here: record.linked(conn, here, who))
        assert (linked.number, linked.kind) == (there, "sibling")
    for wrong in ("77", "x", "1" * 30):
        with pytest.raises(StoreError, match="no case"):
            await does(kit, record.link, first.id, who, wrong, "sibling")
    await does(kit, record.unlink, second.id, who, first.id)
    assert await kit.store.read(lambda conn: record.linked(conn, first.id, who)) == ()


async def test_a_copy_holds_everything_and_who_took_it(kit: Kit, amina: Browser) -> None:
    """Without a reason there is no copy; with one the history names who, when and why."""
    _, case_id = await open_case(kit)
    await amina.get(f"/cases/{case_id}")
    await amina.post(f"/cases/{case_id}/note", text="called the shelter")
    assert await amina.post(f"/cases/{case_id}/export", kind="json", why="") == 400
    await amina.get(f"/cases/{case_id}")
    await amina.post(f"/cases/{case_id}/export", kind="json", why="Hand-over to the guardian's office")
    taken = json.loads(amina.html)
    assert taken["conversation"][0]["text"] == HURT
    assert taken["case"]["findings"][0]["concerns"] == ["violence"]
    assert "called the shelter" in [event["text"] for event in taken["events"]]
    assert (taken["taken"]["by"], taken["taken"]["why"]) == ("Amina", "Hand-over to the guardian's office")
    await amina.get(f"/cases/{case_id}")
    await amina.post(f"/cases/{case_id}/export", kind="print", why="For the file")
    assert HURT in amina.html
    assert (await names(kit, case_id)).count("case_exported") == 2


# -- its end --------------------------------------------------------------------------------------------------------


async def test_a_second_person_signs_where_danger_was_near_even_after_it_was_lowered(kit: Kit) -> None:
    """Lowering the urgency first is no way around the second signature; the one who asked cannot sign."""
    _, case_id = await open_case(kit)
    amina, boris = await person(kit, "Amina"), await person(kit, "Boris")
    await does(kit, holding.claim, case_id, amina)
    await sealed(kit, work.change_urgency, case_id, amina, "soon", "calm now")
    with pytest.raises(StoreError, match="answer first"):
        await sealed(kit, closing.ask, case_id, amina, "helped", "done")
    await answered(kit, case_id, amina)
    assert await sealed(kit, closing.ask, case_id, amina, "helped", "Safe with her aunt.") is False
    with pytest.raises(StoreError, match="second person"):
        await does(kit, closing.sign, case_id, amina)
    await does(kit, closing.sign, case_id, boris)
    (case,) = await kit.cases()
    assert (case.state, case.close_reason, case.close_asked_by) == ("closed", "helped", None)


async def test_a_case_that_was_never_near_danger_is_closed_by_one(kit: Kit) -> None:
    """Asking for a person is `soon`: one signature is enough."""
    await kit.says(payload="person")
    (case,) = await kit.cases()
    assert case.urgency == Urgency.SOON
    who = await person(kit, "Amina")
    await does(kit, holding.claim, case.id, who)
    await answered(kit, case.id, who)
    assert await sealed(kit, closing.ask, case.id, who, "helped", "Told where the school is.") is True


async def test_the_second_person_may_say_no_and_new_words_wake_a_case_that_waits(kit: Kit) -> None:
    """A refusal says what is to be done; a case that waits for a signature still alerts when the child writes."""
    _, case_id = await open_case(kit)
    amina, boris = await person(kit, "Amina"), await person(kit, "Boris")
    await does(kit, holding.claim, case_id, amina)
    await answered(kit, case_id, amina)
    await sealed(kit, closing.ask, case_id, amina, "helped", "done")
    kit.clock.forward(seconds=5)
    await kit.says("he is back")
    with pytest.raises(StoreError, match="answer first"):
        await does(kit, closing.sign, case_id, boris)
    with pytest.raises(StoreError, match="still to be done"):
        await sealed(kit, closing.refuse, case_id, boris, " ")
    await sealed(kit, closing.refuse, case_id, boris, "He is back: plan again.")
    with pytest.raises(StoreError, match="Nobody asks"):
        await does(kit, closing.sign, case_id, boris)


async def test_a_closed_case_opens_again_with_a_reason_unless_a_newer_one_is_open(kit: Kit) -> None:
    """Its clock starts anew; two open cases of one talk cannot be."""
    _, case_id = await open_case(kit)
    amina = await person(kit, "Amina")
    await does(kit, holding.claim, case_id, amina)
    await does(kit, work.close, case_id, amina, "no_contact")
    with pytest.raises(StoreError, match="Say why"):
        await sealed(kit, closing.reopen, case_id, amina, "")
    kit.clock.forward(hours=1)
    await sealed(kit, closing.reopen, case_id, amina, "Her teacher wrote.")
    (case,) = await kit.cases()
    assert (case.state, case.holder, case.clock_at) == ("open", None, kit.clock())
    await does(kit, holding.claim, case_id, amina)
    await does(kit, work.close, case_id, amina, "no_contact")
    kit.clock.forward(hours=2)
    await kit.says(HURT)
    with pytest.raises(StoreError, match="newer"):
        await sealed(kit, closing.reopen, case_id, amina, "again")


async def test_the_schema_of_the_migrations_is_the_schema_of_the_code(kit: Kit) -> None:
    """Every table and column that the code names exists after the migrations, and no other."""

    def columns(conn) -> dict[str, set[str]]:
        from sqlalchemy import inspect

        found = inspect(conn)
        return {
            name: {column["name"] for column in found.get_columns(name)}
            for name in found.get_table_names()
            if name != "alembic_version"
        }

    there = await kit.store.read(columns)
    assert there == {name: set(table.c.keys()) for name, table in schema.metadata.tables.items()}
