"""The outbox enqueues once, sends in order, and writes every doubt down."""

from datetime import timedelta

import pytest

from bot.channels.base import Batch, Limits, Part, Status
from bot.errors import RetryLater, Uncertain, Undeliverable
from bot.model import Button, Channel, Incoming, OutboxState, Reply
from bot.store import inbox, outbox, schema
from bot.store.conversations import Defaults
from bot.store.store import Store
from bot.worker.sender import Post, apply_batch
from tests.conftest import FakeClock

LIMITS = Limits(
    text=4096, text_with_buttons=1024, buttons=3, button_title=20, list_rows=10, list_title=24, list_button=20
)


class Sender:
    """A sender that does what a test tells it to."""

    channel = Channel.WHATSAPP
    limits = LIMITS
    uncertain_after = timedelta(seconds=20)

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.next: list[Exception] = []

    def render(self, reply: Reply) -> tuple[Part, ...]:
        return tuple(Part(method="messages", body={"text": piece}) for piece in reply.text.split("|"))

    def knock(self, language: str) -> Part | None:
        return None

    async def send(self, address: str, part: Part, *, attempt_id: str, endpoint: str = "") -> str:
        if self.next:
            error = self.next.pop(0)
            if isinstance(error, Uncertain):
                self.sent.append((attempt_id, part.body["text"]))
            raise error
        self.sent.append((attempt_id, part.body["text"]))
        return f"id-{len(self.sent)}"

    async def close(self) -> None:
        return None


@pytest.fixture
async def conversation(store: Store, clock: FakeClock) -> str:
    incoming = Incoming(channel=Channel.WHATSAPP, endpoint="n", external_id="1", address="a", text="hi")
    accepted = await store.write(
        lambda conn: inbox.accept(conn, store.vault, incoming, now=clock(), defaults=Defaults())
    )
    return accepted.conversation_id


async def put(store: Store, clock: FakeClock, conversation: str, text: str, key: str) -> str | None:
    reply = Reply(text=text, buttons=(Button("menu", "Menu"),))
    return await store.write(
        lambda conn: outbox.enqueue(
            conn, store.vault, conversation, reply, dedupe_key=key, purpose="answer", now=clock()
        )
    )


async def states(store: Store) -> list[str]:
    rows = await store.read(lambda conn: conn.execute(schema.outbox.select().order_by(schema.outbox.c.sequence)).all())
    return [row.state for row in rows]


async def test_enqueueing_twice_is_harmless(store: Store, clock: FakeClock, conversation: str) -> None:
    """The dedupe key makes a reply exist once."""
    assert await put(store, clock, conversation, "hello", "k") is not None
    assert await put(store, clock, conversation, "hello", "k") is None
    assert await states(store) == ["pending"]


async def test_replies_leave_in_order_even_when_one_must_wait(
    store: Store, clock: FakeClock, conversation: str
) -> None:
    """A later reply never overtakes an earlier one of the same conversation."""
    for number in range(3):
        await put(store, clock, conversation, f"r{number}", f"k{number}")
    sender = Sender()
    sender.next = [RetryLater("wait", seconds=5)]
    post = Post(store, {Channel.WHATSAPP: sender}, clock)
    assert await post.send_next(Channel.WHATSAPP)
    assert not await post.send_next(Channel.WHATSAPP)
    clock.forward(seconds=6)
    while await post.send_next(Channel.WHATSAPP):
        pass
    assert [text for _, text in sender.sent] == ["r0", "r1", "r2"]
    assert await states(store) == ["sent"] * 3


async def test_a_reply_found_sending_at_a_start_is_uncertain_and_sent_again_later(
    store: Store, clock: FakeClock, conversation: str
) -> None:
    """The old process may have sent it: it waits for the channel's word, then goes again under the next attempt."""
    await put(store, clock, conversation, "hello", "k")
    await store.write(
        lambda conn: outbox.take(
            conn, store.vault, now=clock(), channels=("whatsapp",), uncertain_after=timedelta(seconds=20)
        )
    )
    assert await store.write(outbox.recover) == 1
    sender = Sender()
    post = Post(store, {Channel.WHATSAPP: sender}, clock)
    assert not await post.send_next(Channel.WHATSAPP)
    clock.forward(seconds=21)
    assert await post.send_next(Channel.WHATSAPP)
    assert [attempt.split(":")[1] for attempt, _ in sender.sent] == ["2"]


async def test_a_status_settles_an_uncertain_reply_without_a_second_send(
    store: Store, clock: FakeClock, conversation: str
) -> None:
    """The attempt id that comes back in a status proves that it arrived."""
    await put(store, clock, conversation, "hello", "k")
    sender = Sender()
    sender.next = [Uncertain("no answer")]
    post = Post(store, {Channel.WHATSAPP: sender}, clock)
    await post.send_next(Channel.WHATSAPP)
    assert await states(store) == ["uncertain"]
    status = Status(external_id="wamid.1", state=OutboxState.DELIVERED, attempt_id=sender.sent[0][0])
    await store.write(lambda conn: apply_batch(conn, store, "whatsapp", Batch(statuses=(status,)), now=clock()))
    clock.forward(minutes=5)
    assert not await post.send_next(Channel.WHATSAPP)
    assert await states(store) == ["delivered"]


async def test_a_state_never_goes_back(store: Store, clock: FakeClock, conversation: str) -> None:
    """A late "sent" after "read" changes nothing."""
    outbox_id = await put(store, clock, conversation, "hello", "k")
    assert outbox_id is not None
    for state, news in ((OutboxState.READ, True), (OutboxState.SENT, False), (OutboxState.DELIVERED, False)):
        assert await store.write(lambda conn, s=state: outbox.settle(conn, outbox_id, s, now=clock())) is news
    assert await states(store) == ["read"]


async def test_a_reply_in_parts_goes_on_where_it_stopped(store: Store, clock: FakeClock, conversation: str) -> None:
    """Parts that the channel accepted are not sent again."""
    await put(store, clock, conversation, "one|two|three", "k")
    sender = Sender()
    post = Post(store, {Channel.WHATSAPP: sender}, clock)
    real, count = sender.send, 0

    async def second_waits(address: str, part: Part, *, attempt_id: str, endpoint: str = "") -> str:
        nonlocal count
        count += 1
        if count == 2:
            raise RetryLater("wait", seconds=1)
        return await real(address, part, attempt_id=attempt_id)

    sender.send = second_waits  # type: ignore[method-assign]
    await post.send_next(Channel.WHATSAPP)
    clock.forward(seconds=30)
    await post.send_next(Channel.WHATSAPP)
    assert [text for _, text in sender.sent] == ["one", "two", "three"]


async def test_what_can_never_arrive_fails_and_does_not_block_the_rest(
    store: Store, clock: FakeClock, conversation: str
) -> None:
    """A failed reply ends with its code; the next one goes out."""
    for number in range(2):
        await put(store, clock, conversation, f"r{number}", f"k{number}")
    sender = Sender()
    sender.next = [Undeliverable("no", code="undeliverable")]
    post = Post(store, {Channel.WHATSAPP: sender}, clock)
    while await post.send_next(Channel.WHATSAPP):
        pass
    assert await states(store) == ["failed", "sent"]


async def test_sending_gives_up_after_many_attempts(store: Store, clock: FakeClock, conversation: str) -> None:
    """Nothing is tried for ever; the end is a failure that can be seen."""
    await put(store, clock, conversation, "hello", "k")
    sender = Sender()
    sender.next = [RetryLater("wait", seconds=1)] * 20
    post = Post(store, {Channel.WHATSAPP: sender}, clock)
    for _ in range(20):
        await post.send_next(Channel.WHATSAPP)
        clock.forward(hours=1)
    assert await states(store) == ["failed"]
