"""The countries of the world as a form offers them."""

import unicodedata

from flask_babel import get_locale

from webapp.domain.phones import COUNTRIES


def country_names() -> dict[str, str]:
    """Names in the reader's language by ISO code, in the order of the names; Åland stands among those with A."""
    known = get_locale().territories
    return dict(
        sorted(((code, known.get(code, code)) for code in COUNTRIES), key=lambda pair: _place(pair[1]))
    )


def _place(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.replace("’", "'").casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
