"""The queue of the console: order, filters, search, saved views, what is kept from whom, and that pages follow."""

from collections.abc import Callable
from datetime import timedelta

from aiohttp import ClientResponse

from bot.cases import queue, work
from bot.cases.queue import Filter
from bot.cases.targets import Targets
from bot.model import Role
from bot.store import schema
from tests.consoles import Browser, member, staff_id, told
from tests.kit import HURT, Kit

NOW = "he has a knife"


async def numbers(kit: Kit, staff_id: str = "", **wanted: str) -> list[int]:
    """Return the numbers of the cases that a filter shows, in order."""
    found = await kit.store.read(
        lambda conn: queue.page(conn, kit.store.vault, Targets(), Filter.parse(wanted), staff_id)
    )
    return [case.number for case in found.cases]


async def case_id(kit: Kit, number: int) -> str:
    return next(row.id for row in await kit.cases() if row.number == number)


async def test_the_queue_is_ordered_by_urgency_then_by_the_clock(kit: Kit) -> None:
    """`now` stands first however late it came; among equals the longest waiting; the answered come last."""
    for who, text in (("a", HURT), ("b", HURT), ("c", NOW)):
        await kit.says(text, who=who)
        kit.clock.forward(minutes=1)
    assert await numbers(kit) == [3, 1, 2]
    await kit.store.write(
        lambda conn: conn.execute(
            schema.cases.update().where(schema.cases.c.number == 1).values(answered_at=kit.clock())
        )
    )
    assert await numbers(kit) == [3, 2, 1]


async def test_filters_leave_only_what_they_name(kit: Kit) -> None:
    """Each filter alone and two together; an unknown value shows nothing."""
    await kit.says(payload="language:fr", who="a")
    await kit.says(HURT, who="a")
    await kit.says(payload="tier:adult", who="b")
    await kit.says(NOW, who="b")
    assert await numbers(kit, language="fr") == [1]
    assert await numbers(kit, tier="adult") == [2]
    assert await numbers(kit, urgency="now") == [2]
    assert await numbers(kit, concern="violence") == [2, 1]
    assert await numbers(kit, concern="violenc_") == []
    assert await numbers(kit, channel="telegram") == []
    assert await numbers(kit, language="fr", urgency="now") == []
    assert await numbers(kit, holder="nobody") == [2, 1]
    assert await numbers(kit, show="closed") == []


async def test_search_finds_numbers_and_words_in_ones_own_notes_only(kit: Kit) -> None:
    """A number finds its case; words find cases by one's own notes, never by a colleague's."""
    await kit.says(HURT, who="a")
    await kit.says(HURT, who="b")
    mine, theirs = [await staff_id(kit, await member(kit, name)) for name in ("Amina", "Boris")]
    first = await case_id(kit, 1)
    await kit.store.write(
        lambda conn: work.note(conn, kit.store.vault, first, mine, "Called the Shelter in Lesvos", now=kit.clock())
    )
    assert await numbers(kit, words="#2") == [2]
    assert await numbers(kit, words="99999999999999") == []
    assert await numbers(kit, mine, words="lesvos SHELTER") == [1]
    assert await numbers(kit, mine, words="lesvos hotel") == []
    assert await numbers(kit, theirs, words="lesvos") == []


async def test_a_case_is_kept_from_the_people_it_is_about(kit: Kit, browse: Callable[[], Browser]) -> None:
    """They find it neither in the queue nor by its address, cannot act on it, and are not told of it live."""
    conversation = await kit.says(HURT)
    boris = browse()
    await boris.sign_in(await member(kit, "Boris"))
    who, case = await staff_id(kit, "boris@example.org"), await case_id(kit, 1)
    assert await numbers(kit, who) == [1]
    await kit.store.write(
        lambda conn: conn.execute(
            schema.case_hidden.insert().values(case_id=case, staff_id=who, hidden_by=who, at=kit.clock())
        )
    )
    assert await numbers(kit, who) == []
    await boris.get("/")
    assert await boris.get(f"/cases/{case}") == 404
    await boris.get("/")
    assert await boris.post(f"/cases/{case}/claim") == 404
    assert await boris.get(f"/live?case={case}") == 404
    async with boris.client.get("/live") as stream:
        await kit.says(NOW)
        event = await told(stream)
    assert conversation
    assert '"rows": []' in event


async def test_views_are_saved_under_a_name_and_are_ones_own(kit: Kit, amina: Browser, browse) -> None:
    """A filter comes back under its name; a colleague does not see it; it can be deleted."""
    await amina.get("/?language=fr&urgency=now")
    await amina.post("/views/save", name="French now", language="fr", urgency="now")
    assert 'href="/?urgency=now&amp;language=fr"' in amina.html
    boris = browse()
    await boris.sign_in(await member(kit, "Boris"))
    await boris.get("/")
    assert "French now" not in boris.html
    await amina.post("/views/drop", name="French now")
    assert "French now" not in amina.html


async def test_a_long_queue_comes_in_pages(kit: Kit, amina: Browser) -> None:
    """More than a page's cases are told in number and reached by a link."""
    for number in range(queue.PAGE + 2):
        await kit.receives(HURT, who=f"p{number}")
    await kit.works()
    await amina.get("/")
    assert f"{queue.PAGE + 2} cases" in amina.html
    assert amina.html.count('class="case ') == queue.PAGE
    await amina.get("/?page=2")
    assert amina.html.count('class="case ') == 2
    assert await amina.get("/?page=9999999999") == 200


async def test_a_page_that_lost_its_line_is_told_what_it_missed(kit: Kit, amina: Browser) -> None:
    """With the id of the last event it saw, a page gets exactly what came after; from too far back it reads again."""
    async with amina.client.get("/live") as stream:
        await kit.says(HURT, who="a")
        event = await told(stream)
    last = next(line for line in event.splitlines() if line.startswith("id: "))[4:]
    await kit.says(NOW, who="b")
    async with amina.client.get("/live", headers={"Last-Event-ID": last}) as stream:
        event = await told(stream)
    assert '"now": 1' in event
    assert event.count('\\"number\\"') == 1
    async with amina.client.get("/live", headers={"Last-Event-ID": "elsewhere-7"}) as stream:
        assert "event: again" in await told(stream)


async def test_a_new_finding_of_now_in_a_held_case_is_told_as_new(kit: Kit, amina: Browser) -> None:
    """Safeguarding rule 7: holding a case does not silence the next danger in it."""
    conversation = await kit.says(NOW)
    assert conversation
    case, who = await case_id(kit, 1), await staff_id(kit, "amina@example.org")
    await kit.store.write(lambda conn: work.claim(conn, case, who, now=kit.clock()))

    async def newest(stream: ClientResponse) -> float:
        text = await told(stream)
        return float(text.split('"newest_now": ')[1].split("}")[0])

    async with amina.client.get("/live") as stream:
        await kit.says("hello, are you there?")
        await kit.store.write(lambda conn: conn.execute(schema.cases.update().values(answered_at=kit.clock())))
        await kit.says("please")
        first = await newest(stream)
        kit.clock.forward(minutes=1)
        await kit.says(NOW)
        assert await newest(stream) > first


async def test_an_open_case_page_is_told_of_every_word(kit: Kit, amina: Browser) -> None:
    """What the child writes in a held talk reaches the page of the case at once."""
    await kit.says(HURT)
    case, who = await case_id(kit, 1), await staff_id(kit, "amina@example.org")
    await kit.store.write(lambda conn: work.claim(conn, case, who, now=kit.clock()))
    async with amina.client.get(f"/live?case={case}") as stream:
        while "event: talk" not in await told(stream):  # the page as it is now
            pass
        await kit.says("I am in the garden")
        while "event: talk" not in await told(stream):
            pass


async def test_targets_and_hours_of_the_settings_reach_the_queue(kit: Kit) -> None:
    """The due time is the setting's, not a constant."""
    await kit.says(HURT)
    slow = Targets({**Targets().times, list(Targets().times)[1]: timedelta(hours=3)})
    found = await kit.store.read(lambda conn: queue.page(conn, kit.store.vault, slow, Filter(), ""))
    (case,) = found.cases
    assert case.due_at == case.clock_at + timedelta(hours=3)


async def test_the_interface_speaks_the_language_chosen_on_the_device(kit: Kit, amina: Browser) -> None:
    """Arabic turns the page right to left; nobody is led to another site by the form."""
    await amina.get("/")
    assert 'dir="ltr"' in amina.html
    await amina.post("/language", language="ar", back="//elsewhere.example")
    await amina.get("/")
    assert 'lang="ar" dir="rtl"' in amina.html
    assert "<h1>قائمة الانتظار</h1>" in amina.html
    await amina.post("/language", language="fr", back="/")  # nobody has translated it here: it is not offered
    assert 'lang="ar"' in amina.html
    assert "Français" not in amina.html


async def test_roles_without_cases_see_no_queue(kit: Kit, browse: Callable[[], Browser]) -> None:
    """An editor has no business with cases, live or not."""
    edith = browse()
    await edith.sign_in(await member(kit, "Edith", Role.EDITOR))
    for path in ("/", "/queue", "/live"):
        assert await edith.get(path) == 403
