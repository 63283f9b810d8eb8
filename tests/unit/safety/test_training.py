"""Training: honest numbers, the same every time."""

from pathlib import Path

import numpy as np
import pytest

from bot.errors import ContentError
from bot.language import LOCALES, read
from bot.model import Memory, Urgency
from bot.safety import Screen, calibration, corpus, fitting
from bot.safety.catalogue import load_concerns
from bot.safety.classifier import DISCLOSURE, RAISED, load
from bot.safety.combine import Judged
from bot.safety.concepts import load_concepts, read_lexicon, read_lines
from bot.safety.corpus import Example, read_examples, read_file
from bot.safety.entries import load_entries
from bot.safety.features import COLUMNS
from bot.safety.report import Report, Unseen
from bot.safety.training import train
from tests.unit.safety import tiny
from tests.unit.safety.conftest import NOW

YOUNG = frozenset({"ps", "ti", "tr", "so", "uk", "ur"})
"""Languages whose examples are of one hand only; they are held at what they reach."""


def test_training_writes_a_model_of_every_head(trained: tuple[Path, Report], content: Path) -> None:
    """There is a head for a disclosure, for what raises it, for each concern and each flag; each has a threshold."""
    model = load(trained[0])
    concerns = load_concerns(content)
    assert set(model.heads) == {DISCLOSURE, RAISED, *concerns.codes, *concerns.flags}
    assert set(model.thresholds) == set(model.heads)
    assert model.weights.shape == (COLUMNS, len(model.heads))


def test_the_report_counts_what_was_unseen(trained: tuple[Path, Report]) -> None:
    """Every language has a row, shares are shares, and reading it needs no decoder."""
    report = trained[1]
    assert [row.language for row in report.rows] == ["en", "all"]
    row = report.rows[0]
    assert row.disclosures == sum(len(first) * len(then) for first, then in tiny.TOLD.values())
    assert row.found > 0.9
    assert row.urgent > 0.8
    assert row.alarms < 0.5
    text = str(report)
    assert "found" in text
    assert "classifier alone" in text
    assert [share for _, share in report.trade_off] == sorted(share for _, share in report.trade_off)


def test_training_twice_gives_the_same_model(content: Path, trained: tuple[Path, Report], tmp_path: Path) -> None:
    """Nothing is left to chance, and progress is told."""
    told: list[str] = []
    report = train(content, tmp_path / "again.npz", progress=told.append, extras=False)
    first, again = load(trained[0]), load(tmp_path / "again.npz")
    assert np.array_equal(first.weights, again.weights)
    assert first.thresholds == again.thresholds
    assert report == trained[1]
    assert told[-1] == str(report)
    assert not list(tmp_path.glob("*.part"))


def test_broken_content_stops_training(tmp_path: Path) -> None:
    """A broken entry is told before anything is trained."""
    folder = tiny.write(tmp_path, english="entries:\n  - id: x\n")
    with pytest.raises(ContentError, match=r"en\.yaml:2"):
        train(folder, tmp_path / "safety.npz")
    assert not (tmp_path / "safety.npz").exists()


def test_heads_learn_from_the_right_messages(content: Path) -> None:
    """A wish for a person teaches nothing about disclosures; what is as urgent as can be cannot be raised."""
    concerns = load_concerns(content)
    examples = [
        Example(text="a", language="en", concerns=("violence",), urgency=Urgency.NOW),
        Example(text="b", language="en", concerns=("self_harm",), urgency=Urgency.NOW),
        Example(text="c", language="en", concerns=("asked_for_person",), urgency=Urgency.SOON),
        Example(text="d", language="en", kind="film"),
        Example(text="e", language="en", concerns=("violence",), urgency=Urgency.TODAY, extra=True),
    ]
    heads = {head.name: head for head in fitting.heads_for(examples, concerns)}
    assert heads[DISCLOSURE].rows.tolist() == [True, True, False, True, True]
    assert heads[DISCLOSURE].yes.tolist() == [True, True, False, False, True]
    assert heads[RAISED].rows.tolist() == [True, False, False, False, False]
    assert heads["asked_for_person"].rows.all()
    assert heads["violence"].rows.tolist() == [True, True, False, False, True]
    assert heads["under_10"].rows.tolist() == [True, True, False, False, False]
    assert 20 not in np.concatenate(fitting.folds_for([*examples[:4]] * 5 + examples[4:]))


def test_thresholds_keep_their_bounds() -> None:
    """At most the allowed share of hard harmless messages raises."""
    unseen = [
        Unseen(
            example=Example(text=str(number), language="en", kind="film"),
            evidence=(),
            judged=(Judged((0, 1), {DISCLOSURE: number / 100, "asked_for_person": 0.0}),),
        )
        for number in range(100)
    ]
    chosen = calibration.choose(unseen, load_concerns(tiny.CONTENT))
    above = sum(item.judged[0].disclosure >= chosen[DISCLOSURE] for item in unseen)
    assert above == pytest.approx(calibration.HARD_ALARMS * 100, abs=1)
    assert calibration.choose([], load_concerns(tiny.CONTENT))[DISCLOSURE] == 0.5


def test_the_lexicon_of_concepts_is_whole() -> None:
    """Each language has words for the same concepts; a word is read in the language of its sentence."""
    concepts = load_concepts()
    assert {"en", "fr", "ar", "fa"} <= concepts.languages
    for language in concepts.languages:
        path = Path(corpus.__file__).parent / "data" / "concepts" / f"{language}.yaml"
        assert read_lines(path).keys() == concepts.names, language
    french = "ma mère est partie avec mon frère à la gare"
    names = {name for _, name in concepts.find(french, read(french))}
    assert {"mother", "sibling", "any_person"} <= names
    assert "negation" not in names  # "ma" is "not" in Arabic only


@pytest.mark.parametrize(
    ("english", "groups", "says"),
    [
        ("", "any_harm: hit", "en.yaml is empty"),
        ("hit: [", "any_harm: hit", "en.yaml:"),
        ("hit: hit", "any_harm: nothing", "no concept"),
    ],
    ids=["empty", "yaml", "group"],
)
def test_a_broken_lexicon_is_refused(tmp_path: Path, english: str, groups: str, says: str) -> None:
    """A lexicon that cannot be read is an error, not an empty one."""
    (tmp_path / "en.yaml").write_text(english)
    (tmp_path / "groups.yaml").write_text(groups)
    with pytest.raises(ValueError, match=says):
        read_lexicon(tmp_path)


def test_every_concern_and_flag_has_entries_and_examples_in_every_language() -> None:
    """Leaving a concern or a flag out of a language is noticed."""
    concerns = load_concerns(tiny.CONTENT)
    examples = read_examples(tiny.CONTENT, concerns)
    entries = load_entries(tiny.CONTENT, concerns)
    languages = {each.language for each in entries}
    assert set(LOCALES) <= languages
    for language in languages:
        told = {code for each in examples if each.language == language for code in (*each.concerns, *each.flags)}
        assert told == {*concerns.codes, *concerns.flags}, language
        patterned = {code for each in entries if each.language == language for code in each.codes}
        assert patterned == {*concerns.codes, *concerns.flags}, language


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_real_content_keeps_its_promises(tmp_path: Path) -> None:
    """The screen finds 97 to 98 of 100 disclosures of every language, and stays within its false alarms."""
    report = train(tiny.CONTENT, tmp_path / "safety.npz")
    assert {row.language for row in report.rows} >= {*LOCALES, "all"}
    for row in report.rows:
        young = row.language in YOUNG
        assert row.found >= (0.97 if young else 0.98), row
        assert row.main >= (0.83 if young else 0.88), row
        assert row.urgent >= 0.95, row
        assert row.alarms <= (0.18 if young else 0.13), row
        assert row.topic_alarms <= (0.15 if young else 0.12), row
    _check_other_hand(Screen.load(content_dir=tiny.CONTENT, model_path=tmp_path / "safety.npz"))


def _check_other_hand(screen: Screen) -> None:
    """Messages by another hand, never trained on: most are found, few harmless ones raise."""
    concerns = screen.rules.concerns
    for path in sorted((Path(__file__).parent / "other_hand").glob("*.txt")):
        rows = list(read_file(path, concerns, []))
        raised = [screen.screen(row.text, path.stem, Memory(), now=NOW)[0] is not None for row in rows]
        told = [found for row, found in zip(rows, raised, strict=True) if not row.harmless]
        harmless = [found for row, found in zip(rows, raised, strict=True) if row.harmless]
        assert sum(told) / len(told) >= 0.86, path.stem
        assert sum(harmless) / len(harmless) <= 0.15, path.stem
