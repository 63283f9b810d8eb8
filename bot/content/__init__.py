"""What Kite says: read, checked, translated, approved and served.

1. Editors write YAML below `content/`; `loader` reads it, `checks` says everything that is wrong at once.
2. `extract` makes the template; translators fill PO files below `translations/`; `mo` compiles them.
3. A named reviewer approves exact words (`approvals`); `state` says what each text may be used for.
4. The worker holds a `LiveCatalogue` and asks its `current` Catalogue; both are whole or as they were.
"""

from bot.content.answers import Answer, Number
from bot.content.catalogue import Catalogue
from bot.content.errors import ContentError, NotAvailable, Reason, UnknownPhrase, UnknownTopic, WrongPlaceholders
from bot.content.locales import LOCALES, SOURCE, Locale, country_name
from bot.content.watch import LiveCatalogue

__all__ = [
    "LOCALES",
    "SOURCE",
    "Answer",
    "Catalogue",
    "ContentError",
    "LiveCatalogue",
    "Locale",
    "NotAvailable",
    "Number",
    "Reason",
    "UnknownPhrase",
    "UnknownTopic",
    "WrongPlaceholders",
    "country_name",
]
