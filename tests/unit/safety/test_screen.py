"""The screen: what it finds by patterns, by the classifier, and by both."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from bot.model import Finding, Memory, Urgency
from bot.safety import Screen
from bot.safety.classifier import load, save
from bot.safety.report import Report


def find(screen: Screen, text: str, now: datetime, language: str = "en") -> Finding | None:
    return screen.screen(text, language, Memory(), now=now)[0]


def found(screen: Screen, text: str, now: datetime) -> Finding:
    finding = find(screen, text, now)
    assert finding is not None, text
    return finding


@pytest.mark.parametrize("text", ["", "   ", "?!", "\u200b"])
def test_an_empty_message_discloses_nothing(screen: Screen, now: datetime, text: str) -> None:
    """Nothing said is nothing found, and the memory stays as it is."""
    memory = Memory(asked="violence")
    assert screen.screen(text, "en", memory, now=now) == (None, memory)


def test_a_pattern_raises_with_its_reason(patterns_alone: Screen, now: datetime) -> None:
    """The finding names the concern, its urgency, the entry and the words it saw in the original."""
    text = "Hello! My uncle HITS   me."
    finding = found(patterns_alone, text, now)
    assert finding.concerns == ("violence",)
    assert finding.urgency is Urgency.TODAY
    reason = finding.reasons[0]
    assert (reason.code, reason.source, reason.name) == ("violence", "pattern", "violence.hits")
    assert reason.span is not None
    assert text[slice(*reason.span)] == "HITS   me"


def test_unless_spares_in_its_own_sentence_only(patterns_alone: Screen, now: datetime) -> None:
    """A film spares what it tells about; a film in another sentence spares nothing."""
    assert find(patterns_alone, "in the film he hits me", now) is None
    assert find(patterns_alone, "In the film it rains. He hits me", now) is not None
    assert find(patterns_alone, "he hits me\nin the film it rains", now) is not None


def test_patterns_of_every_language_are_tried(patterns_alone: Screen, now: datetime) -> None:
    """Whoever mixes languages is understood; the person's own language is named first."""
    mixed = "he hits me, پدرم مره میزند"
    for language, first in (("fa", "violence.mizanad"), ("en", "violence.hits"), ("fr", "violence.hits")):
        finding = find(patterns_alone, mixed, now, language)
        assert finding is not None
        assert finding.reasons[0].name == first
        assert len(finding.reasons) == 2


def test_urgency_is_the_highest_of_what_raises_it(patterns_alone: Screen, now: datetime) -> None:
    """An entry's own urgency, a `raises` for a concern found, and a flag lift; a `raises` alone finds nothing."""
    assert found(patterns_alone, "he hits me", now).urgency is Urgency.TODAY
    assert found(patterns_alone, "he hits me with a knife", now).urgency is Urgency.NOW
    assert found(patterns_alone, "we sleep outside", now).urgency is Urgency.SOON
    assert found(patterns_alone, "we sleep outside with a knife", now).urgency is Urgency.SOON
    assert found(patterns_alone, "we are freezing outside", now).urgency is Urgency.NOW
    assert found(patterns_alone, "i lost my brother. i am 7", now).urgency is Urgency.NOW
    assert found(patterns_alone, "we sleep outside, i am 7", now).urgency is Urgency.TODAY
    assert find(patterns_alone, "i have a knife", now) is None
    near = found(patterns_alone, "he hits me and is next to me", now)
    assert (near.urgency, near.flags) == (Urgency.NOW, ("perpetrator_present",))


def test_reasons_name_only_what_mattered(patterns_alone: Screen, now: datetime) -> None:
    """What raises another concern is no reason for this one."""
    finding = found(patterns_alone, "we sleep outside with a knife", now)
    assert [reason.name for reason in finding.reasons] == ["needs.outside"]


def test_a_wish_for_a_person_comes_last_and_alone_is_soon(patterns_alone: Screen, now: datetime) -> None:
    """Asking for a human is never the main concern beside another."""
    alone = found(patterns_alone, "can i talk to a person", now)
    assert (alone.concerns, alone.urgency) == (("asked_for_person",), Urgency.SOON)
    both = found(patterns_alone, "can i talk to a person, he hits me", now)
    assert both.concerns == ("violence", "asked_for_person")


def test_the_classifier_raises_what_no_pattern_knows(screen: Screen, patterns_alone: Screen, now: datetime) -> None:
    """A message close to the examples is found without any pattern, with the classifier as the reason."""
    text = "the guard kicks my sister"
    assert find(patterns_alone, text, now) is None
    finding = found(screen, text, now)
    assert finding.concerns[0] == "violence"
    assert {reason.source for reason in finding.reasons} == {"classifier"}
    assert finding.reasons[0].span == (0, len(text))
    assert find(screen, "my brother learns french", now) is None


def test_the_classifier_hears_a_wish_for_a_person(screen: Screen, now: datetime) -> None:
    """Asking for a human in other words is heard too."""
    finding = found(replace(screen, patterns=type(screen.patterns)([])), "let me speak with a real person", now)
    assert finding.concerns[-1] == "asked_for_person"
    assert finding.reasons[-1].source == "classifier"


def test_a_frame_spares_only_where_the_classifier_agrees(screen: Screen, patterns_alone: Screen, now: datetime) -> None:
    """A pattern inside a film is spared when the classifier sees nothing; without a classifier nothing is spared."""
    text = "in my book they sleep outside"
    assert find(patterns_alone, text, now) is not None
    assert find(screen, text, now) is None
    assert find(screen, "in my book it rains. we sleep outside", now) is not None


def test_a_finding_is_the_same_every_time(screen: Screen, now: datetime) -> None:
    """The screen keeps nothing to itself."""
    text = "my father beats me and i lost my brother"
    assert screen.screen(text, "en", Memory(), now=now) == screen.screen(text, "en", Memory(), now=now)


def test_a_missing_classifier_degrades_and_says_so(content: Path, tmp_path: Path, now: datetime) -> None:
    """Without the file the patterns do the work and operators are told what to do."""
    screen = Screen.load(content_dir=content, model_path=tmp_path / "safety.npz")
    assert screen.degraded is not None
    assert "kite train" in screen.degraded
    assert find(screen, "he hits me", now) is not None
    assert Screen.load(content_dir=content, model_path=None).degraded is not None


@pytest.mark.parametrize("damage", ["nothing", "cut", "text", "version", "shape", "nan"])
def test_a_broken_classifier_degrades_and_says_so(
    content: Path, trained: tuple[Path, Report], tmp_path: Path, now: datetime, damage: str
) -> None:
    """Whatever is wrong with the file, the patterns go on working."""
    path = tmp_path / "safety.npz"
    data = trained[0].read_bytes()
    model = load(trained[0])
    if damage in {"nothing", "cut", "text"}:
        path.write_bytes({"nothing": b"", "cut": data[: len(data) // 2], "text": b"not a model"}[damage])
    elif damage == "version":
        with np.load(trained[0]) as stored:
            np.savez(path, **{**stored, "version": np.array(99)})
    elif damage == "shape":
        save(replace(model, weights=model.weights[:10]), path)
    else:
        save(replace(model, weights=np.full_like(model.weights, np.nan)), path)
    screen = Screen.load(content_dir=content, model_path=path)
    assert screen.model is None
    assert screen.degraded is not None
    assert "patterns alone" in screen.degraded
    assert find(screen, "he hits me", now) is not None


def test_a_good_classifier_is_not_degraded(screen: Screen) -> None:
    """All is well when both halves work."""
    assert screen.degraded is None


def test_disclosures_in_long_messages_are_found(screen: Screen, now: datetime) -> None:
    """Forty harmless words before and after do not hide one sentence."""
    around = "my brother learns french and my friend plays football "
    finding = found(screen, f"{around * 3}. the guard kicks my sister. {around * 3}", now)
    assert "violence" in finding.concerns
