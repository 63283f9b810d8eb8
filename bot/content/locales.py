"""The languages Kite knows how to show: own name, direction, script and plural forms.

Being listed here does not make a locale live; approvals do. Plural forms are those of GNU gettext.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from babel import Locale as Cldr
from babel import UnknownLocaleError
from babel.languages import get_official_languages

SOURCE = "en"
"""The locale of the YAML files themselves."""


@dataclass(frozen=True, slots=True)
class Locale:
    """A language as a person sees it.

    `name` is its own name, `script` an ISO 15924 code, `plural` a gettext Plural-Forms value, `foreign` the letters
    that a wrong keyboard brings in and that never belong to its words.
    """

    code: str
    name: str
    script: str
    plural: str
    english: str
    foreign: str = ""

    @property
    def rtl(self) -> bool:
        """Tell whether its text runs from right to left."""
        return self.script == "Arab"

    @property
    def direction(self) -> str:
        """Return "rtl" or "ltr", as HTML writes it."""
        return "rtl" if self.rtl else "ltr"


_TWO = "nplurals=2; plural=(n != 1);"
_TWO_FROM_ZERO = "nplurals=2; plural=(n > 1);"
_SLAVIC = "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"
_ARABIC = "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"

_ALL = (
    Locale("en", "English", "Latn", _TWO, "English"),
    Locale("ar", "العربية", "Arab", _ARABIC, "Arabic", foreign="یکپچگژ"),
    Locale("fa", "دری / فارسی", "Arab", _TWO_FROM_ZERO, "Dari and Persian", foreign="يكى"),
    Locale("fr", "Français", "Latn", _TWO_FROM_ZERO, "French"),
    Locale("es", "Español", "Latn", _TWO, "Spanish"),
    Locale("ps", "پښتو", "Arab", _TWO, "Pashto"),
    Locale("ur", "اردو", "Arab", _TWO, "Urdu", foreign="يكى"),
    Locale("tr", "Türkçe", "Latn", _TWO_FROM_ZERO, "Turkish"),
    Locale("uk", "Українська", "Cyrl", _SLAVIC, "Ukrainian", foreign="ыэъё"),
    Locale("ru", "Русский", "Cyrl", _SLAVIC, "Russian", foreign="іїєґ"),
    Locale("ti", "ትግርኛ", "Ethi", _TWO_FROM_ZERO, "Tigrinya"),
    Locale("so", "Soomaali", "Latn", _TWO, "Somali"),
)
LOCALES: Mapping[str, Locale] = MappingProxyType({locale.code: locale for locale in _ALL})


def country_languages(iso: str) -> tuple[str, ...]:
    """Return the official languages of a country as locale codes without region, most spoken first (Unicode CLDR)."""
    return tuple(code.partition("_")[0] for code in get_official_languages(iso.upper(), de_facto=True))


def country_name(iso: str, locale: str) -> str | None:
    """Return what a country is called in a locale (Unicode CLDR), or None where CLDR has no name for it."""
    try:
        name = Cldr.parse(locale).territories.get(iso.upper())
    except (UnknownLocaleError, ValueError):
        return None
    return str(name) if name else None
