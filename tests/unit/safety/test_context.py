"""What the screen remembers between messages: codes and times, never text."""

from datetime import datetime, timedelta

import pytest

from bot.model import Finding, Memory, Urgency
from bot.safety import Screen, context

QUESTIONS = {
    "en": ("can they hit children in a centre?", "is it normal that a father hits his daughter?"),
    "fr": ("est-ce qu'ils ont le droit de taper les enfants ?", "est-ce que c'est normal de taper un enfant ?"),
    "ar": ("هل مسموح للمشرف يضرب الولاد؟", "عادي الاب يضرب ابنه؟"),
    "fa": ("آیا معلم حق دارد بزند؟", "اجازه دارن بچه ها رو بزنن؟"),
}
SUBJECTS = {
    "en": ("what is trafficking?", "what does violence mean", "what does the law say about hitting children?"),
    "fr": ("c'est quoi la violence ?", "ça veut dire quoi excision ?"),
    "ar": ("شو يعني اتجار بالبشر؟", "ما هو العنف؟"),
    "fa": ("خشونت یعنی چی؟", "ختنه چیست؟"),
}
VAGUE = {
    "en": ("i dont feel safe here", "something happened", "i am scared to go home"),
    "fr": ("je me sens pas en sécurité", "il s'est passé quelque chose", "j'ai peur de rentrer"),
    "ar": ("ما بحس بالامان هون", "صار شي", "خايف ارجع عالبيت"),
    "fa": ("اینجا احساس امنیت نمیکنم", "یه چیزی شده", "میترسم برم خونه"),
}


def talk(
    screen: Screen, now: datetime, *texts: str, memory: Memory | None = None
) -> tuple[list[Finding | None], Memory]:
    findings = []
    kept = memory or Memory()
    for text in texts:
        finding, kept = screen.screen(text, "en", kept, now=now)
        findings.append(finding)
    return findings, kept


@pytest.mark.parametrize("language", QUESTIONS)
def test_the_second_question_about_oneself_opens_a_case(patterns_alone: Screen, now: datetime, language: str) -> None:
    """One such question is answered and remembered; a second opens a case of urgency soon."""
    (first, second), memory = talk(patterns_alone, now, *QUESTIONS[language])
    assert first is None
    assert second is not None
    assert second.urgency is Urgency.SOON
    assert second.concerns[0] in {"violence", "abuse_by_helper"}
    assert second.reasons[0].source == "context"
    assert memory.hints == ()


@pytest.mark.parametrize("language", SUBJECTS)
def test_questions_about_a_subject_are_only_questions(patterns_alone: Screen, now: datetime, language: str) -> None:
    """What a word means, and what the law says, is remembered by nobody."""
    findings, memory = talk(patterns_alone, now, *SUBJECTS[language])
    assert not any(findings)
    assert memory.hints == ()


@pytest.mark.parametrize("language", VAGUE)
def test_the_third_vague_hint_opens_a_case(patterns_alone: Screen, now: datetime, language: str) -> None:
    """Something is wrong three times over: a human asks."""
    findings, _ = talk(patterns_alone, now, *VAGUE[language])
    assert findings[:2] == [None, None]
    assert findings[2] is not None
    assert findings[2].urgency is Urgency.SOON
    assert findings[2].reasons[0].name == "vague_hints"


def test_hints_are_codes_and_times(patterns_alone: Screen, now: datetime) -> None:
    """Nothing of the text is kept."""
    _, memory = talk(patterns_alone, now, QUESTIONS["en"][0], VAGUE["en"][0])
    assert memory.hints == ((now.isoformat(), "violence"), (now.isoformat(), "vague"))


def test_a_question_and_two_vague_hints_are_enough(patterns_alone: Screen, now: datetime) -> None:
    """Hints of both kinds add up, and the case has the concern of the question."""
    findings, _ = talk(patterns_alone, now, QUESTIONS["en"][0], VAGUE["en"][0], VAGUE["en"][1])
    assert findings[:2] == [None, None]
    assert findings[2] is not None
    assert findings[2].concerns == ("violence",)


def test_hints_expire_after_a_day(patterns_alone: Screen, now: datetime) -> None:
    """What was asked yesterday does not count today."""
    _, memory = talk(patterns_alone, now, QUESTIONS["en"][0])
    findings, memory = talk(patterns_alone, now + timedelta(hours=24, seconds=1), QUESTIONS["en"][1], memory=memory)
    assert findings == [None]
    assert len(memory.hints) == 1


def test_a_broken_memory_is_forgotten(patterns_alone: Screen, now: datetime) -> None:
    """Times that cannot be read are dropped, not raised."""
    memory = Memory(hints=(("yesterday", "vague"), ("2026-03-01T11:00:00", "vague")))
    assert talk(patterns_alone, now, "hello", memory=memory) == ([None], Memory())


def test_at_most_ten_hints_are_kept(now: datetime) -> None:
    """The oldest go first."""
    memory = Memory()
    for number in range(14):
        memory = context.remember(memory, f"code{number}", now=now)
    assert [code for _, code in memory.hints] == [f"code{number}" for number in range(4, 14)]


def test_a_bare_cry_for_help_is_a_hint(patterns_alone: Screen, now: datetime) -> None:
    """ "Help" alone hints; help with a form does not."""
    assert len(talk(patterns_alone, now, "please help me")[1].hints) == 1
    assert talk(patterns_alone, now, "can you help me with the form for school")[1].hints == ()


def test_fear_of_who_reads_is_a_hint(patterns_alone: Screen, now: datetime) -> None:
    """Somebody is coming: a hint, though nothing was disclosed."""
    assert talk(patterns_alone, now, "stop, he is coming")[1].hints == ((now.isoformat(), "vague"),)


def test_a_finding_leaves_the_hints_alone(patterns_alone: Screen, now: datetime) -> None:
    """A disclosure is a case by itself."""
    findings, memory = talk(patterns_alone, now, VAGUE["en"][0], "he hits me")
    assert findings[1] is not None
    assert len(memory.hints) == 1


@pytest.mark.parametrize(
    "answer",
    [
        "yes", "Yes!", "yeah it is me", "maybe", "to my sister", "no, my brother", "👍", "oui", "ui", "c'est moi", "نعم",
        "اي معي", "أيوا", "na3am", "بله", "بلی", "آره", "ها", "bale", "ja", "sí", "evet", "هو", "ہاں", "так", "да", "haa", "እወ",
    ],
)  # fmt: skip
def test_yes_to_the_question_is_a_disclosure(patterns_alone: Screen, now: datetime, answer: str) -> None:
    """After "Is this happening to you or someone you know?" any yes opens a case of the concern asked about."""
    (finding,), memory = talk(patterns_alone, now, answer, memory=Memory(asked="violence"))
    assert finding is not None
    assert finding.concerns == ("violence",)
    assert finding.urgency is Urgency.TODAY
    assert finding.reasons[-1].name == "answered_yes"
    assert memory.asked == ""


@pytest.mark.parametrize(
    "answer", ["no", "nope, just for school", "non", "لا", "نه", "نی", "nein", "👎", "what papers do i need"]
)
def test_no_or_something_else_ends_the_question(patterns_alone: Screen, now: datetime, answer: str) -> None:
    """The question is asked once; a no is a no."""
    assert talk(patterns_alone, now, answer, memory=Memory(asked="violence")) == ([None], Memory())


def test_yes_joins_what_is_found(patterns_alone: Screen, now: datetime) -> None:
    """A yes with more to it has both concerns and the higher urgency."""
    (finding,), _ = talk(patterns_alone, now, "yes and i want to die", memory=Memory(asked="violence"))
    assert finding is not None
    assert finding.concerns == ("self_harm", "violence")
    assert finding.urgency is Urgency.NOW


def test_a_code_nobody_knows_is_not_invented(patterns_alone: Screen, now: datetime) -> None:
    """Whoever asked about something else gets no made-up concern."""
    assert talk(patterns_alone, now, "yes", memory=Memory(asked="nothing"))[0] == [None]
