"""Countries, languages, ages and steps that people name, and what must not be taken for one."""

import pytest

from components.details import Details, find_details


def found(text: str, language: str) -> "dict[str, object]":
    return {name: value for name, value in vars(find_details(text, language=language)).items() if value}


@pytest.mark.parametrize(
    ("text", "language", "country"),
    [
        ("i am in germany", "en", "de"),
        ("I am from Syria but now in Germany", "en", "de"),
        ("je suis en Allemagne", "fr", "de"),
        ("on est aux Pays-Bas", "fr", "nl"),
        ("l'Allemagne", "fr", "de"),
        ("انا بألمانيا", "ar", "de"),
        ("نحن في اليونان", "ar", "gr"),
        ("ana f almanya", "ar", "de"),
        ("من آلمانم", "fa", "de"),
        ("در جرمنی هستم", "fa", "de"),
        ("ما در سویدن هستیم", "fa", "se"),
        ("uk", "en", "gb"),
    ],
)
def test_a_country_is_found_as_people_write_it(text: str, language: str, country: str) -> None:
    """Names come with clitics, suffixes, dialect spellings and Latin letters."""
    assert found(text, language)["country"] == country


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("i am not in germany i am in poland", "en"),
        ("france or belgium", "en"),
        ("انا مو بالمانيا", "ar"),
        ("من در آلمان نیستم", "fa"),
        ("je ne suis pas en france", "fr"),
        ("i am from afghanistan", "en"),
        ("tell us more", "en"),
    ],
)
def test_no_country_is_better_than_a_wrong_one(text: str, language: str) -> None:
    """A denial, two countries, or where somebody comes from: nothing is found, so that Kite asks."""
    assert "country" not in found(text, language)


@pytest.mark.parametrize(
    ("text", "language", "spoken"),
    [
        ("arabic please", "en", "ar"),
        ("بالعربي", "ar", "ar"),
        ("عربی لطفا", "fa", "ar"),
        ("دری", "fa", "fa"),
        ("parle en français", "fr", "fr"),
        ("speak somali", "en", "so"),
        ("پشتو گپ میزنی", "fa", "ps"),
    ],
)
def test_a_language_is_found(text: str, language: str, spoken: str) -> None:
    """Languages are found by their names in all four locales, Dari under Persian's code."""
    assert found(text, language)["language"] == spoken


@pytest.mark.parametrize("text", ["i dont speak english", "لا اتكلم الفرنسية", "je ne parle pas français"])
def test_a_language_one_does_not_speak_is_not_asked_for(text: str) -> None:
    """A denied language leaves the choice to the person."""
    assert "language" not in found(text, "ar" if "ا" in text else "fr")


@pytest.mark.parametrize(
    ("text", "language", "age"),
    [
        ("i am 9", "en", 9),
        ("im fourteen", "en", 14),
        ("12yo", "en", 12),
        ("j'ai dix-sept ans", "fr", 17),
        ("عمري ١٢ سنة", "ar", 12),
        ("عمري خمسة عشر", "ar", 15),
        ("عندي اربعتعش سنة", "ar", 14),
        ("من ۱۵ ساله هستم", "fa", 15),
        ("نه ساله هستم", "fa", 9),
        ("چهارده سالمه", "fa", 14),
    ],
)
def test_an_age_is_found_in_figures_and_words(text: str, language: str, age: int) -> None:
    """Digits of every script, number words of four languages."""
    assert found(text, language)["age"] == age


@pytest.mark.parametrize("text", ["my mother is 40", "my brother is 9", "born in 2010", "i was 12 now i am 13", "one"])
def test_somebody_elses_age_is_not_the_persons(text: str) -> None:
    """Another's age, a year or two ages: nothing is found."""
    assert "age" not in found(text, "en")


@pytest.mark.parametrize(
    ("text", "language"),
    [("i am a mother of a 5 year old", "en"), ("je suis une maman", "fr"), ("انا أم", "ar"), ("من مادر هستم", "fa")],
)
def test_a_parent_is_grown_up_whatever_number_stands_there(text: str, language: str) -> None:
    """A parent's message names no age of its own."""
    details = find_details(text, language=language)
    assert details.grown_up
    assert details.age is None


@pytest.mark.parametrize(("text", "language"), [("my mother", "en"), ("ma mère", "fr"), ("i am not an adult", "en")])
def test_speaking_of_a_parent_does_not_make_one(text: str, language: str) -> None:
    """Somebody's mother, or a denial, is not the person."""
    assert not find_details(text, language=language).grown_up


@pytest.mark.parametrize(
    ("text", "language", "step"),
    [
        ("step 3", "en", 3),
        ("the third step", "en", 3),
        ("étape trois", "fr", 3),
        ("la deuxième étape", "fr", 2),
        ("الخطوة ٣", "ar", 3),
        ("الخطوة الثالثة", "ar", 3),
        ("قدم سوم", "fa", 3),
        ("مرحله ۵", "fa", 5),
    ],
)
def test_a_step_number_is_found(text: str, language: str, step: int) -> None:
    """Cardinals and ordinals count alike."""
    assert find_details(text, language=language).step == step


def test_a_name_alone_is_known_as_such() -> None:
    """Only a message that is a name and nothing else is `whole`."""
    assert find_details("Germany", language="en") == Details(country="de", whole=True)
    assert not find_details("in Germany", language="en").whole
