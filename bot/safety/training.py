"""Train the classifier: seconds, two cores, the same result every time.

1. Read the examples and the harmless questions; find their features.
2. Fit one linear model for each head, on all examples and, for honest numbers, on each three quarters of them.
3. From the sums for messages a model has not seen: make probabilities, choose the thresholds.
4. Judge the whole screen on those messages, write the model, report.
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bot.language import Token, read
from bot.safety import calibration, fitting
from bot.safety.catalogue import Concerns, load_concerns
from bot.safety.classifier import Model, save
from bot.safety.concepts import Concepts, Placed, load_concepts
from bot.safety.corpus import Example, read_examples, read_extras, read_questions
from bot.safety.entries import Entry, load_entries
from bot.safety.features import Table, table
from bot.safety.report import Report, Unseen, judge
from bot.safety.screen import Screen

_MOST_QUESTIONS = 1000
_LEAST_SHARE = 0.3
"""Harmless messages a disclosure, below which a language would teach that its words are dangerous."""
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Prepared:
    """An example with its words and concepts."""

    example: Example
    tokens: tuple[Token, ...]
    placed: tuple[Placed, ...]


def train(content_dir: Path, out_path: Path, *, progress: Progress = lambda _: None, extras: bool = True) -> Report:
    """Train on the content folder, write the model to `out_path`, return how good the screen is.

    `extras` are the messages that come with Kite and what entries catch and spare. Raise ContentError when a pattern or
    example file is broken.
    """
    concerns = load_concerns(content_dir)
    entries = load_entries(content_dir, concerns)
    told = _balanced(read_examples(content_dir, concerns), progress)
    known = [*told, *_some_questions(content_dir, {example.language for example in told})]
    taught = read_extras(entries, concerns, known) if extras else []
    prepared = _prepare([*known, *taught], load_concepts())
    examples = [item.example for item in prepared]
    progress(f"{len(prepared)} messages: finding features")
    tables = [table(item.tokens, item.placed) for item in prepared]
    idf = fitting.inverse_frequency(tables)
    matrix = fitting.matrix_of(tables, idf)
    heads = fitting.heads_for(examples, concerns)
    folds = fitting.folds_for(examples)
    progress(f"fitting {len(heads)} heads")
    fitted = [fitting.fit(matrix, heads, _all_but(held, len(examples))) for held in folds]
    sums = fitting.unseen_sums(matrix, fitted, folds)
    model = fitting.as_model(fitting.fit(matrix, heads, _all_but((), len(examples))), heads, idf, sums)
    progress("judging messages the classifier has not seen")
    unseen = _unseen(model, fitted, folds, list(zip(prepared, tables, strict=True)), concerns, entries)
    model = replace(model, thresholds=calibration.choose(unseen, concerns))
    save(model, out_path)
    report = judge(unseen, Screen.build(concerns, (), model=model).rules)
    report = replace(report, trade_off=calibration.trade_off(unseen))
    progress(str(report))
    return report


def _prepare(examples: Sequence[Example], concepts: Concepts) -> list[Prepared]:
    """Read the examples; one that says nothing in letters is left out."""
    said = [(example, read(example.text)) for example in examples]
    return [Prepared(each, tokens, tuple(concepts.find(each.text, tokens))) for each, tokens in said if tokens]


def _balanced(examples: Sequence[Example], progress: Progress) -> list[Example]:
    """Leave out languages whose harmless messages are too few to weigh against their disclosures, and say so."""
    told = Counter(each.language for each in examples if each.concerns)
    harmless = Counter(each.language for each in examples if not each.concerns)
    few = sorted(language for language in told if harmless[language] < _LEAST_SHARE * told[language])
    if few:
        progress(f"too few harmless examples to learn from: {', '.join(few)} (their patterns work alone)")
    return [each for each in examples if each.language not in few]


def _some_questions(content_dir: Path, languages: Collection[str]) -> list[Example]:
    """Return the same number of harmless questions a language, spread over its topics.

    A language without examples of harm is left out: its words would all be taught as harmless.
    """
    by_language: dict[str, list[Example]] = {}
    for question in read_questions(content_dir):
        if question.language in languages:
            by_language.setdefault(question.language, []).append(question)
    return [question for rows in by_language.values() for question in rows[:: max(1, -(-len(rows) // _MOST_QUESTIONS))]]


def _all_but(held: Sequence[int] | npt.NDArray[np.int64], size: int) -> npt.NDArray[np.bool_]:
    use = np.ones(size, dtype=bool)
    use[np.asarray(held, dtype=np.int64)] = False
    return use


def _unseen(
    model: Model,
    fitted: Sequence[fitting.Fitted],
    folds: Sequence[npt.NDArray[np.int64]],
    prepared: Sequence[tuple[Prepared, Table]],
    concerns: Concerns,
    entries: Sequence[Entry],
) -> list[Unseen]:
    """Judge each example by the model of its fold, the way the screen judges a message."""
    unseen: list[Unseen] = []
    whole = Screen.build(concerns, entries)
    for (weights, bias), held in zip(fitted, folds, strict=True):
        screen = replace(whole, model=replace(model, weights=weights, bias=bias))
        for item, features in (prepared[row] for row in held):
            judged = screen.judge(item.tokens, item.placed, features)
            evidence = screen.evidence(item.tokens, item.example.language, item.placed, judged)
            unseen.append(Unseen(example=item.example, evidence=tuple(evidence), judged=tuple(judged)))
    return unseen
