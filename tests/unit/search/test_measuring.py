"""Choosing the bars of a decision, and telling how good the search is."""

import numpy as np
import pytest

from bot.search.confidence import Bars
from bot.search.measuring import LEAST_ANSWER, Trial, by_language, choose_bars, measure

LABELS = ("a.x", "a.y", "out_of_scope", "small_talk")


def trial(*rows: tuple[str, str, tuple[float, float, float, float]]) -> Trial:
    """Return a trial of rows (truth, language, probabilities)."""
    return Trial(
        np.array([row[2] for row in rows], dtype=np.float32),
        np.array([row[0] for row in rows]),
        np.array([row[1] for row in rows]),
        LABELS,
    )


def rows(count: int, truth: str, first: float, language: str = "en") -> list[tuple[str, str, tuple[float, ...]]]:
    """Return messages for which topic a.x has the probability `first`, nothing known the rest."""
    return [(truth, language, (first, 0.0, 1 - first, 0.0))] * count


def test_the_bar_lets_through_no_more_wrong_answers_than_allowed() -> None:
    """Of 100 questions 4 may be answered wrongly: the bar lies above the fifth most confident mistake."""
    right = rows(90, "a.x", 0.95)
    wrong = [("a.y", "en", (0.9 - number / 100, 0.05, 0.05, 0.0)) for number in range(10)]
    bars = choose_bars(trial(*right, *wrong))  # type: ignore[arg-type]
    assert bars.answer == pytest.approx(0.86, abs=0.001)
    figures = measure(trial(*right, *wrong), bars)  # type: ignore[arg-type]
    assert figures.wrong <= 0.04
    assert figures.right == 0.9


def test_messages_about_nothing_known_raise_the_bar() -> None:
    """Of 20 messages about something else one may be answered."""
    others = [("out_of_scope", "en", (0.8 - number / 100, 0.0, 0.2, 0.0)) for number in range(20)]
    bars = choose_bars(trial(*rows(40, "a.x", 0.99), *others))  # type: ignore[arg-type]
    assert bars.answer == pytest.approx(0.79, abs=0.001)


def test_without_mistakes_an_answer_is_likelier_right_than_wrong() -> None:
    """However good the examples, Kite does not answer what is likelier wrong."""
    assert choose_bars(trial(*rows(10, "a.x", 0.4))).answer == LEAST_ANSWER  # type: ignore[arg-type]


def test_figures_are_shares() -> None:
    """Each question counts once: right, wrong, offered or none."""
    messages = trial(
        ("a.x", "en", (0.9, 0.1, 0.0, 0.0)),
        ("a.y", "en", (0.9, 0.1, 0.0, 0.0)),
        ("a.y", "en", (0.4, 0.3, 0.3, 0.0)),
        ("a.y", "fr", (0.1, 0.1, 0.8, 0.0)),
        ("out_of_scope", "fr", (0.9, 0.0, 0.1, 0.0)),
        ("small_talk", "fr", (0.9, 0.0, 0.1, 0.0)),
    )
    figures = by_language(messages, Bars(answer=0.8, offer=0.5))
    expected = {
        "questions": 4, "first": 0.25, "right": 0.25, "wrong": 0.25, "offered": 0.25, "none": 0.25, "outside": 1.0,
    }  # fmt: skip
    assert figures["all"] == expected
    assert list(figures) == ["en", "fr", "all"]
    assert figures["en"]["outside"] == 0.0
