"""Whatever stands around a disclosure, it is found; folding twice is folding once."""

from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.language import guess, normalise, read
from bot.model import Finding, Memory
from bot.safety import Screen
from bot.safety.training import train
from tests.unit.safety import tiny

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DISCLOSURES = (
    "he hits me", "my uncle beats us with a stick", "i want to die", "i lost my brother at the border",
    "we sleep outside", "i am 7 and i lost my mother", "پدرم مره میزند", "the guard kicks my sister",
    "my father beats me now and is next to me", "can i talk to a person",
)  # fmt: skip
HARMLESS = (
    "hello", "thank you very much", "my brother learns french", "which papers for school", "in the film it rains",
    "haha that was funny", "nobody plays football", "سلام خوبی", "شكرا كتير", "merci beaucoup", "it is 3.5 km",
)  # fmt: skip
ENDS = st.sampled_from([". ", "! ", "? ", "\n", "؟ ", " 🙏 ", " 😭😭 ", "\n\n"])
EMOJI = st.text(st.sampled_from("😭🙏❤😂👍🇸🇾\ufe0f"), max_size=4)
BLANKS = st.text(st.sampled_from(" \t\n\u200b\u200e"), max_size=4)
AROUND = st.lists(st.tuples(st.sampled_from(HARMLESS), ENDS), max_size=4).map(
    lambda parts: "".join(map("".join, parts))
)
LETTERS = st.sampled_from("hitkl  !1347$@'aоеb.?\n\u200c\u0640یكمπ")


@lru_cache(maxsize=2)
def loaded(*, with_classifier: bool) -> Screen:
    """Return a screen on the tiny content, with a tiny classifier or none."""
    with TemporaryDirectory() as folder:
        content = tiny.write(Path(folder) / "content")
        model = Path(folder) / "safety.npz"
        if with_classifier:
            train(content, model, extras=False)
        return Screen.load(content_dir=content, model_path=model)


def find(screen: Screen, text: str) -> Finding | None:
    return screen.screen(text, "en", Memory(), now=NOW)[0]


@pytest.mark.parametrize("with_classifier", [True, False], ids=["classifier", "patterns"])
@settings(max_examples=150, deadline=None)
@given(told=st.sampled_from(DISCLOSURES), before=AROUND, after=AROUND, blanks=BLANKS, emoji=EMOJI)
@example(
    told="the guard kicks my sister",
    before="in the film it rains. ",
    after="haha that was funny. ",
    blanks="",
    emoji="😂",
)
def test_what_stands_around_a_disclosure_hides_nothing(
    with_classifier: bool,
    told: str,
    before: str,
    after: str,
    blanks: str,
    emoji: str,
) -> None:
    """No concern, flag or urgency disappears when sentences, emoji or blanks come before or after."""
    screen = loaded(with_classifier=with_classifier)
    alone = find(screen, told)
    both = find(screen, f"{before}{blanks}{emoji} {told}{blanks} {emoji}. {after}")
    if alone is None:
        return
    assert both is not None
    assert set(alone.concerns) <= set(both.concerns)
    assert both.urgency >= alone.urgency


@settings(max_examples=300, deadline=None)
@given(st.text(st.one_of(LETTERS, st.characters())))
def test_folding_twice_is_folding_once(text: str) -> None:
    """Patterns and messages meet in one form, and words know their place in the original."""
    folded = normalise(text)
    assert normalise(folded) == folded
    for token in read(text):
        assert 0 <= token.start < token.end <= len(text)


@settings(max_examples=200, deadline=None)
@given(st.text(st.one_of(LETTERS, st.characters()), max_size=60))
def test_nothing_people_type_breaks_the_screen(text: str) -> None:
    """Any characters at all give an answer, and reasons point into the text."""
    guess(text)
    finding = find(loaded(with_classifier=True), text)
    for reason in finding.reasons if finding else ():
        assert reason.span is None or 0 <= reason.span[0] < reason.span[1] <= len(text)
