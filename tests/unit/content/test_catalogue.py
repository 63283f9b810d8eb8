"""What the worker asks: the right words, or a reason; never another language or tier in silence."""

from datetime import date

import pytest

from bot.content import NotAvailable, Reason, UnknownPhrase, UnknownTopic, WrongPlaceholders
from bot.content.bidi import FSI, PDI
from bot.content.errors import ContentError
from bot.content.po import mo_path, po_path
from bot.model import Tier
from tests.unit.content.trees import GUARDIAN, PHRASES, TODAY, Tree, arabic, french

LATER = date(2027, 11, 22)


def translated(tree: Tree, *locales: str) -> None:
    for locale in locales:
        tree.translate(locale, arabic if locale in ("ar", "fa") else french)
        assert tree.compile(locale)[0] == 0


def test_an_answer_has_messages_buttons_and_the_mark_of_a_draft(tree: Tree) -> None:
    """An answer carries its messages in order and labelled buttons, and says that nobody has checked it."""
    answer = tree.load().answer("people.guardian", locale="en", tier=Tier.TEEN)
    assert (answer.topic, answer.step) == ("people.guardian", None)
    assert answer.messages == ("A guardian is on your side, teen.", "You pay 0 euros.")
    assert answer.buttons == (("family.steps", "The steps"), ("help.emergency", "Numbers"))
    assert (answer.draft, answer.expired) == (True, False)


def test_a_tier_may_be_its_name(tree: Tree) -> None:
    """A tier that comes from a payload as text is the same tier."""
    answer = tree.load().answer("people.guardian", locale="en", tier="young")  # type: ignore[arg-type]
    assert answer.messages[0].endswith("young.")


def test_a_walk_begins_with_its_first_step(tree: Tree) -> None:
    """Without a step the first is given; a step that is not there is refused."""
    catalogue = tree.load()
    assert catalogue.answer("family.steps", locale="en", tier=Tier.YOUNG).step == "tell"
    answer = catalogue.answer("family.steps", locale="en", tier=Tier.YOUNG, step="wait")
    assert (answer.step, answer.messages, answer.buttons) == ("wait", ("Wait for the answer.",), ())
    with pytest.raises(UnknownTopic, match=r"family\.steps/fly"):
        catalogue.answer("family.steps", locale="en", tier=Tier.YOUNG, step="fly")
    with pytest.raises(UnknownTopic, match=r"people\.guardian/tell"):
        catalogue.answer("people.guardian", locale="en", tier=Tier.YOUNG, step="tell")


def test_where_am_i_in_a_walk(tree: Tree) -> None:
    """Positions count from one; there is nothing before the first step and after the last."""
    catalogue = tree.load()
    assert [catalogue.step_position("family.steps", step) for step in ("tell", "wait", "meet")] == [
        (1, 3),
        (2, 3),
        (3, 3),
    ]
    assert (catalogue.previous_step("family.steps", "tell"), catalogue.next_step("family.steps", "tell")) == (
        None,
        "wait",
    )
    assert (catalogue.previous_step("family.steps", "meet"), catalogue.next_step("family.steps", "meet")) == (
        "wait",
        None,
    )
    assert catalogue.step_title("family.steps", "tell", locale="en", tier=Tier.ADULT) == "Tell an adult"
    assert catalogue.step_label("family.steps", "tell", locale="en", tier=Tier.ADULT) == "Tell"
    with pytest.raises(UnknownTopic):
        catalogue.step_position("family.steps", "fly")


def test_a_check_question_is_asked_whole_or_not_at_all(tree: Tree) -> None:
    """It has its answers in their order, and is None where a word of it may not be shown or a tier has none."""
    catalogue = tree.load()
    check = catalogue.check("people.guardian", locale="en", tier=Tier.YOUNG)
    assert check is not None
    assert (check.question, check.draft) == ("Who is on your side?", True)
    assert check.answers == (("nobody", "Nobody"), ("guardian", "The guardian"))
    assert catalogue.check("people.guardian", locale="en", tier=Tier.TEEN) is None
    assert catalogue.check("people.guardian", locale="fr", tier=Tier.YOUNG) is None
    place = "people.guardian/young/check/nobody/feedback"
    assert catalogue.pulling(frozenset({place})).check("people.guardian", locale="en", tier=Tier.YOUNG) is None


def test_feedback_says_the_fact_again(tree: Tree) -> None:
    """Each answer has its own words; an answer that is not there is refused."""
    catalogue = tree.load()
    told = catalogue.feedback("family.steps", "nobody", locale="en", tier=Tier.MIDDLE)
    assert told == "Not quite. A guardian is on your side."
    for tier, answer in ((Tier.MIDDLE, "fly"), (Tier.ADULT, "nobody")):
        with pytest.raises(UnknownTopic):
            catalogue.feedback("family.steps", answer, locale="en", tier=tier)


def test_a_language_can_do_without_check_questions(tree: Tree) -> None:
    """Missing checks, even of safety topics, take no language away and no topic."""
    translated(tree, "fr")
    tree.edit_po("fr", 'msgstr "Who is on your side? (fr)"', 'msgstr ""')
    tree.compile("fr")
    catalogue = tree.load()
    assert "fr" in catalogue.locales
    assert catalogue.available("help.emergency", locale="fr", tier=Tier.YOUNG)
    assert catalogue.check("help.emergency", locale="fr", tier=Tier.YOUNG) is None


def test_an_unknown_topic_is_refused(tree: Tree) -> None:
    """A topic that is not there has no answer, title or label."""
    catalogue = tree.load()
    for ask in (catalogue.title, catalogue.label):
        with pytest.raises(UnknownTopic):
            ask("people.nobody", "en")
    with pytest.raises(UnknownTopic):
        catalogue.answer("people.nobody", locale="en", tier=Tier.TEEN)


def test_drafts_are_hidden_unless_they_are_shown(tree: Tree) -> None:
    """Without approval there is no answer in any language, English too."""
    translated(tree, "fr")
    catalogue = tree.load(show_drafts=False)
    for locale in ("en", "fr"):
        with pytest.raises(NotAvailable) as caught:
            catalogue.answer("people.guardian", locale=locale, tier=Tier.TEEN)
        assert caught.value.reason is Reason.DRAFT
        assert not catalogue.live(locale)
    assert catalogue.locales == ()


def test_approved_texts_are_shown_without_the_note(tree: Tree) -> None:
    """An approval makes a text shown; a locale is live when its critical texts are approved."""
    translated(tree, "fr")
    tree.approve("fr", "help.emergency", "chat.*", "button.*")
    tree.compile("fr")
    catalogue = tree.load(show_drafts=False)
    assert (catalogue.live("fr"), catalogue.live("en"), catalogue.live("xx")) == (True, False, False)
    assert catalogue.locales == ("fr",)
    answer = catalogue.answer("help.emergency", locale="fr", tier=Tier.TEEN)
    assert answer.messages == ("Call 112. (fr)",)
    assert answer.draft is False
    assert answer.buttons == ()  # the topic behind the button is not approved
    assert not catalogue.is_draft("chat.pulled", locale="fr")


def test_a_locale_is_offered_when_a_whole_talk_can_be_held(tree: Tree) -> None:
    """With its safety text a locale is live and speaks when harm is near; it is offered when every phrase is there."""
    tree.approve("en", "help.emergency", "chat.pulled", "chat.greeting")
    catalogue = tree.load(show_drafts=False)
    assert (catalogue.live("en"), catalogue.locales, catalogue.safety_locale("en")) == (True, (), "en")
    tree.approve("en", "chat.menu_group", "button.next")
    assert tree.load(show_drafts=False).locales == ("en",)


def test_an_approval_is_for_exact_words(tree: Tree) -> None:
    """A change of the translation, or of the source, takes the approval away."""
    translated(tree, "fr")
    tree.approve("fr", "people.guardian")
    tree.edit_po("fr", "You pay 0 euros. (fr)", "Vous payez 0 euro.")
    tree.compile("fr")
    with pytest.raises(NotAvailable, match=r"people\.guardian/teen/cost is not available in fr: draft"):
        tree.load(show_drafts=False).answer("people.guardian", locale="fr", tier=Tier.TEEN)


def test_a_cleared_flag_approves_nothing(tree: Tree) -> None:
    """Another tool may clear the flag fuzzy; only a named reviewer approves."""
    translated(tree, "fr")
    tree.edit_po("fr", "#, fuzzy, ", "#, ")
    tree.compile("fr")
    assert not tree.load(show_drafts=False).live("fr")
    assert tree.load().answer("people.guardian", locale="fr", tier=Tier.TEEN).draft


def test_a_changed_source_hides_its_translation(tree: Tree) -> None:
    """What was translated from another sentence may be false: it is not shown even where drafts are."""
    translated(tree, "fr")
    tree.topic({**GUARDIAN, "title": "Who is a guardian?"})
    with pytest.raises(NotAvailable) as caught:
        tree.load().title("people.guardian", "fr")
    assert caught.value.reason is Reason.OUTDATED
    tree.translate("fr", french, places="nothing")
    tree.compile("fr")
    with pytest.raises(NotAvailable, match="outdated"):
        tree.load().title("people.guardian", "fr")


def test_what_is_not_translated_is_not_shown_in_english(tree: Tree) -> None:
    """A gap is a gap; so is a locale that is not there."""
    tree.translate("fr", french, places="help.")
    tree.compile("fr")
    catalogue = tree.load()
    for locale in ("fr", "so"):
        with pytest.raises(NotAvailable) as caught:
            catalogue.answer("people.guardian", locale=locale, tier=Tier.TEEN)
        assert (caught.value.reason, caught.value.locale) == (Reason.UNTRANSLATED, locale)
    assert "fr" not in catalogue.locales


def test_a_translation_that_lost_a_placeholder_is_not_shown(tree: Tree) -> None:
    """Even when it was compiled by another tool."""
    translated(tree, "fr")
    path = mo_path(tree.translations, "fr")
    path.write_bytes(
        path.read_bytes().replace(b"{group}: choose a question. (fr)", b"[group]: choose a question. (fr)")
    )
    with pytest.raises(NotAvailable) as caught:
        tree.load().phrase("chat.menu_group", locale="fr", group="x")
    assert caught.value.reason is Reason.UNFIT


def test_an_expired_text_is_not_shown(tree: Tree) -> None:
    """The day in the file is the last on which it is shown."""
    tree.topic({**GUARDIAN, "expires": TODAY.isoformat()})
    assert tree.load().answer("people.guardian", locale="en", tier=Tier.TEEN)
    with pytest.raises(NotAvailable) as caught:
        tree.load(today=date(2026, 11, 22)).answer("people.guardian", locale="en", tier=Tier.TEEN)
    assert caught.value.reason is Reason.EXPIRED


def test_safety_text_does_not_vanish_by_the_clock(tree: Tree) -> None:
    """A critical text past its date is shown, and says so; its locale stays live."""
    tree.approve("en", "help.emergency", "chat.pulled", "chat.greeting")
    catalogue = tree.load(show_drafts=False, today=LATER)
    answer = catalogue.answer("help.emergency", locale="en", tier=Tier.TEEN)
    assert (answer.messages, answer.expired) == (("Call 112.",), True)
    assert catalogue.live("en")


@pytest.mark.parametrize("place", ["people.guardian", "people.guardian/teen", "people.guardian/teen/cost"])
def test_a_pull_takes_a_text_out_everywhere(tree: Tree, place: str) -> None:
    """A topic, a tier or one message is out in every locale, and no button leads to it."""
    translated(tree, "fr")
    tree.write("pulled.yaml", f"pulled: [{place}]\n")
    catalogue = tree.load()
    for locale in ("en", "fr"):
        with pytest.raises(NotAvailable) as caught:
            catalogue.answer("people.guardian", locale=locale, tier=Tier.TEEN)
        assert caught.value.reason is Reason.PULLED
        assert catalogue.answer("help.emergency", locale=locale, tier=Tier.TEEN).buttons == ()
        assert not catalogue.available("people.guardian", locale=locale, tier=Tier.TEEN)


def test_a_pulled_phrase_becomes_the_words_of_pulled(tree: Tree) -> None:
    """Instead of a pulled phrase people read "ask a person"; a button is simply not there."""
    tree.write("pulled.yaml", "pulled: [chat.greeting, button.next]\n")
    catalogue = tree.load()
    assert catalogue.phrase("chat.greeting", locale="en", tier=Tier.TEEN) == "Please ask a person."
    with pytest.raises(NotAvailable):
        catalogue.phrase("button.next", locale="en")
    assert catalogue.live("en") is False
    assert catalogue.locales == ("en",)


def test_without_words_for_pulled_there_is_an_error(tree: Tree) -> None:
    """A pull of everything gives the reason, never another text."""
    tree.write("pulled.yaml", "pulled: [chat.greeting, chat.pulled]\n")
    with pytest.raises(NotAvailable):
        tree.load().phrase("chat.greeting", locale="en", tier=Tier.TEEN)
    tree.write("pulled.yaml", "pulled: [chat.greeting]\n")
    tree.change(PHRASES, "phrases/chat.yaml", lambda phrases: phrases["phrases"].pop(0))
    with pytest.raises(NotAvailable):
        tree.load().phrase("chat.greeting", locale="en", tier=Tier.TEEN)


def test_a_pull_can_be_laid_over_a_catalogue(tree: Tree) -> None:
    """A pull works on a catalogue that is loaded already."""
    catalogue = tree.load().pulling(frozenset({"people.guardian", "country.de/emergency"}))
    with pytest.raises(NotAvailable):
        catalogue.title("people.guardian", "en")
    assert [number.id for number in catalogue.numbers("de")] == ["helpline"]


def test_a_phrase_wants_exactly_its_values(tree: Tree) -> None:
    """A value too many or too few is an error of the caller."""
    catalogue = tree.load()
    assert catalogue.phrase("chat.menu_group", locale="en", group="Who is {who}") == "Who is {who}: choose a question."
    with pytest.raises(WrongPlaceholders, match=r"missing \['group'\], not in the text \['name'\]"):
        catalogue.phrase("chat.menu_group", locale="en", name="x")
    with pytest.raises(WrongPlaceholders):
        catalogue.phrase("chat.pulled", locale="en", group="x")


def test_a_phrase_in_tiers_wants_a_tier(tree: Tree) -> None:
    """There is no tier to fall back to; a phrase without tiers takes any."""
    catalogue = tree.load()
    assert catalogue.phrase("chat.greeting", locale="en", tier=Tier.YOUNG) == "Hello, young."
    assert catalogue.phrase("button.next", locale="en", tier=Tier.YOUNG) == "Next"
    with pytest.raises(UnknownPhrase):
        catalogue.phrase("chat.greeting", locale="en")
    with pytest.raises(UnknownPhrase):
        catalogue.phrase("chat.nothing", locale="en")


def test_numbers_are_isolated_in_right_to_left_text(tree: Tree) -> None:
    """Numbers and values keep their direction in Arabic; in French nothing is added, and buttons never."""
    translated(tree, "ar", "fr")
    catalogue = tree.load()
    assert f"{FSI}112{PDI}" in catalogue.answer("help.emergency", locale="ar", tier=Tier.TEEN).messages[0]
    assert f"{FSI}Who is who{PDI}" in catalogue.phrase("chat.menu_group", locale="ar", group="Who is who")
    assert FSI not in catalogue.answer("help.emergency", locale="fr", tier=Tier.TEEN).messages[0]
    assert FSI not in catalogue.label("people.guardian", "ar")


def test_the_emergency_answer_begins_with_the_numbers_of_the_country(tree: Tree) -> None:
    """Numbers come first, and only when the person has named a country that has some."""
    catalogue = tree.load()
    ask = {"topic_id": "help.emergency", "locale": "en", "tier": Tier.TEEN}
    answer = catalogue.answer(**ask, country="DE")  # type: ignore[arg-type]
    assert answer.messages == ("Emergency: 112 (day and night)\nHelpline: 116 111", "Call 112.")
    for country in (None, "xx"):
        assert catalogue.answer(**ask, country=country).messages == ("Call 112.",)  # type: ignore[arg-type]


def test_numbers_are_never_held_back(tree: Tree) -> None:
    """Without a translation of its label a number comes with the English one, and says so."""
    tree.translate("ar", arabic, places="country.de/emergency")
    tree.compile("ar")
    emergency, helpline = tree.load().numbers("de", locale="ar")
    assert (emergency.language, emergency.number, emergency.free) == ("ar", "112", True)
    assert (helpline.language, helpline.label, helpline.hours) == ("en", "Helpline", "")
    assert {number.language for number in tree.load(show_drafts=False).numbers("de", locale="so")} == {"en"}
    assert tree.load().numbers("zz") == tree.load().numbers(None) == ()


def test_numbers_in_arabic_lines_are_isolated(tree: Tree) -> None:
    """A line of label and number reads right in Arabic."""
    translated(tree, "ar")
    text = tree.load().answer("help.emergency", locale="ar", tier=Tier.TEEN, country="de").messages[0]
    assert f"{FSI}116 111{PDI}" in text


def test_a_pulled_number_is_gone(tree: Tree) -> None:
    """A wrong number is taken out of every country page and answer."""
    tree.write("pulled.yaml", "pulled: [country.de/helpline]\n")
    assert [number.id for number in tree.load().numbers("de")] == ["emergency"]


def test_the_written_rule_for_safety_texts(tree: Tree) -> None:
    """Own language, second language, the country's, English, then whatever can be shown."""
    translated(tree, "fr", "ar")
    tree.approve("fr")
    tree.approve("ar")
    tree.compile()
    without_english = tree.load(show_drafts=False)
    assert without_english.safety_locale("ar") == "ar"
    assert without_english.safety_locale("ti", second="fr") == "fr"
    assert without_english.safety_locale("ti", second="so", country="BE") == "fr"
    assert without_english.safety_locale("ti", country="de") == "ar"
    assert tree.load().safety_locale("ti", country="de") == "en"
    assert tree.load().safety_locale("ti", country="de", second="xx") == "en"


def test_without_any_language_the_rule_ends_with_english(tree: Tree) -> None:
    """A deployment refuses to start like this; the rule has an end all the same."""
    assert tree.load(show_drafts=False).safety_locale("fr") == "en"


def test_groups_topics_and_titles(tree: Tree) -> None:
    """The menu asks for groups, topics and titles."""
    catalogue = tree.load()
    assert catalogue.groups["people"] == ("people.guardian",)
    assert set(catalogue.topics) == {"people.guardian", "help.emergency", "family.steps"}
    assert catalogue.title("people.guardian", "en") == "What is a guardian?"
    assert catalogue.available("family.steps", locale="en", tier=Tier.YOUNG)
    assert not catalogue.available("family.steps", locale="fr", tier=Tier.YOUNG)


def test_broken_translations_are_told_together(tree: Tree) -> None:
    """A broken PO file, compiled file and list of approvals are one error with all findings."""
    translated(tree, "fr", "ar", "fa")
    po_path(tree.translations, "fr").write_text('mssgid "x"\n', encoding="utf-8")
    mo_path(tree.translations, "ar").write_bytes(b"nothing")
    (tree.translations / "fa/approvals.yaml").write_text("a: b\n", encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        tree.load()
    told = [str(finding) for finding in caught.value.findings]
    assert len(told) == 3
    assert any("[mo] content.mo is not a compiled translation -> run `kite content compile`" in line for line in told)


def test_a_compiled_file_without_its_po_file_is_not_a_locale(tree: Tree) -> None:
    """The state of a text is in the PO file; without it nothing is known."""
    translated(tree, "fr")
    po_path(tree.translations, "fr").unlink()
    assert tree.load().locales == ("en",)
