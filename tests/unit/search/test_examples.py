"""Reading what the search learns from."""

from pathlib import Path

import pytest

from bot.errors import ContentError
from bot.search.examples import Example, read_corpus, read_questions
from tests.unit.search.corpora import QUESTIONS, write_tree


def write(folder: Path, text: str) -> Path:
    path = folder / "questions" / "en" / "some.txt"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return folder


def test_a_line_is_an_example_of_the_header_above_it(tmp_path: Path) -> None:
    """Comments and empty lines are none."""
    text = "# People ask:\n[people.guardian]\nwho is my guardian\n\n# shy\n[people.lawyer]\n what is a lawyer \n"
    assert read_questions(write(tmp_path, text)) == (
        Example("who is my guardian", "people.guardian", "en"),
        Example("what is a lawyer", "people.lawyer", "en"),
    )


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("who is it\n[people.guardian]\na", 1, "stands under no header"),
        ("[people.guardian]\na\n[weather]\nb", 3, "is no topic"),
        ("[people.guardian]\na", 1, "fewer than two topics"),
        ("", 1, "fewer than two topics"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, line: int, problem: str) -> None:
    """An editor reads which line of which file, and what to do."""
    with pytest.raises(ContentError) as caught:
        read_questions(write(tmp_path, text))
    assert f":{line}:" in str(caught.value)
    assert problem in str(caught.value)
    assert "->" in str(caught.value)


def test_topics_and_translations_are_learned_from_too(tmp_path: Path) -> None:
    """What topics say belongs to them in every language, and translations make pairs."""
    tree = write_tree(tmp_path)
    corpus = read_corpus(tree.content, tree.translations)
    assert len(corpus.questions) == sum(len(lines) for topic in QUESTIONS.values() for lines in topic.values())
    assert corpus.labels == tuple(sorted(QUESTIONS))
    assert Example("You pay 0 euros.", "people.guardian", "en") in corpus.passages
    assert Example("phrase You pay 0 euros.", "people.guardian", "fr") in corpus.passages
    assert ("You pay 0 euros.", "phrase You pay 0 euros.") in corpus.pairs


def test_a_missing_translation_stops_nothing(tmp_path: Path) -> None:
    """Search works in a project that has not been translated yet."""
    tree = write_tree(tmp_path)
    corpus = read_corpus(tree.content, tmp_path / "nowhere")
    assert corpus.pairs == ()
    assert {passage.language for passage in corpus.passages} == {"en"}
