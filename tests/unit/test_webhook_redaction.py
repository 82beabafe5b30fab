import pytest

from webapp.delivering import redaction
from webapp.models.webhooks import MOST_KEPT


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (b"", None),
        (b"ok", "ok"),
        (b"call +4915112345678", "call +49…678"),
        (b'{"token":"abcdefghij","a":1}', '{"token":"…","a":1}'),
        (b"Authorization: Bearer abcdefghijkl", "Authorization: Bearer …"),
        (b"password=hunter22 x", "password=… x"),
        (b"expected v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=", "expected v1,…"),
        (b"secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "secret whsec_…"),
        (b"nul\0byte", "nulbyte"),
        (b"\xff\xfe", "��"),
    ],
)
def test_an_answer_is_kept_without_secrets_and_whole_numbers(said: bytes, kept: str | None) -> None:
    assert redaction.answer(said) == kept


@pytest.mark.parametrize("letter", [b"x", "ä".encode(), "😀".encode(), b"\xff"])
def test_however_long_it_is_twenty_kilobytes_are_kept(letter: bytes) -> None:
    kept = redaction.answer(letter * 64_000)
    assert kept is not None
    assert MOST_KEPT - 4 < len(kept.encode()) <= MOST_KEPT


def test_headers_are_kept_without_their_signature() -> None:
    sent = ("content-type: application/json", "webhook-id: 1", "webhook-signature: v1,abc v1,def")
    assert redaction.headers(sent) == {
        "content-type": "application/json",
        "webhook-id": "1",
        "webhook-signature": "v1,…",
    }
