"""STOP in many languages: a message that is nothing but a stop word opts its sender out."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from webapp.domain.characters import without_format_marks

# whatsapp-wire.md F.1; a tenant adds its own.
_STOP_WORDS: Final = """
    stop, stopall, stop all, unsubscribe, cancel, end, quit, revoke, remove, optout, opt-out, opt out,
    parar, sair, cancelar, descadastrar, baja, alto, salir, detener,
    arret, desabonner, stopp, abmelden, abbestellen, basta, annulla, dur, iptal, berhenti,
    стоп, отписаться, הסר, إلغاء, توقف, बंद
"""
_START_WORDS: Final = "start, unstop"

_INVISIBLE_ENDS: Final = re.compile("[\ufe00-\ufe0f\u20e3\x00-\x08\x0e-\x1f\x7f]")
_ALIKE: Final = str.maketrans("ı‐–—", "i---")


def normalise(text: str) -> str:
    """What is left of a word when case, accents, direction marks and everything around it are taken away."""
    visible = _INVISIBLE_ENDS.sub("", without_format_marks(unicodedata.normalize("NFKC", text)))
    folded = unicodedata.normalize("NFKD", visible.casefold().translate(_ALIKE))
    bare = "".join(ch for ch in folded if not _is_accent(ch))
    return " ".join(_without_ends(unicodedata.normalize("NFC", bare)).split())


def is_opt_out(text: str, extra_words: Iterable[str] = ()) -> bool:
    """Whether the whole message is a stop word, one of ours or one of the tenant's."""
    said = normalise(text)
    return bool(said) and (said in STOP_WORDS or any(said == normalise(word) for word in extra_words))


def is_opt_in(text: str) -> bool:
    """Whether the whole message asks to hear from us again. A "yes" may answer another question."""
    return normalise(text) in START_WORDS


def _is_accent(ch: str) -> bool:
    """Marks above or below a letter. Classes 0 to 9 are parts of Indic letters and kana."""
    return unicodedata.combining(ch) > 9


def _without_ends(text: str) -> str:
    """Without punctuation, emoji and WhatsApp's * _ ~ ` around it; marks belong to the letter before them."""
    letters = [at for at, ch in enumerate(text) if unicodedata.category(ch)[0] in "LN"]
    if not letters:
        return ""
    end = letters[-1] + 1
    while end < len(text) and unicodedata.category(text[end])[0] == "M":
        end += 1
    return text[letters[0] : end]


def _words(listed: str) -> frozenset[str]:
    return frozenset(normalise(word) for word in listed.split(","))


STOP_WORDS: Final = _words(_STOP_WORDS)
START_WORDS: Final = _words(_START_WORDS)
