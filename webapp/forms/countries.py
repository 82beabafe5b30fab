"""The countries of the world as a form offers them."""

from flask_babel import get_locale

from webapp.domain.phones import COUNTRIES


def country_names() -> dict[str, str]:
    """Names in the reader's language by ISO code, in the order of the names."""
    known = get_locale().territories
    return dict(
        sorted(((code, known.get(code, code)) for code in COUNTRIES), key=lambda pair: pair[1].casefold())
    )
