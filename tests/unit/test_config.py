"""Settings: a start without real secrets is refused, with a sentence that says what to do."""

import base64
import re
from pathlib import Path

import pytest

from webapp.config import Misconfigured, Settings

PROJECT = Path(__file__).parents[2]
GOOD_SECRET = "t7Jw2nRkXv9QbLz4HsPcYm6GdFa3EuTo8ViKx1Zq"
GOOD_KEY = "Zx8vqv3m0nE4N5c0yYb5v1b6b2mXoF7pT1cJkL9sQwE="
WHERE = {"DATABASE_URL": "postgresql://u:p@127.0.0.1:1/x", "REDIS_URL": "redis://127.0.0.1:1/0"}
GOOD = WHERE | {"SECRET_KEY": GOOD_SECRET, "ENCRYPTION_KEYS": f"k1:{GOOD_KEY}"}


@pytest.fixture(autouse=True)
def empty_data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No running house lends its servers or secrets."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path))


def refusal(**changed: str) -> str:
    with pytest.raises(Misconfigured) as refused:
        Settings.from_env(GOOD | changed)
    return str(refused.value)


def written(name: str) -> list[str]:
    """Every value that our own documents give a variable."""
    pages = [
        *PROJECT.glob("*.md"),
        *PROJECT.glob("docs/**/*.md"),
        PROJECT / "Makefile",
        *PROJECT.glob(".ci/*"),
    ]
    texts = [page.read_text() for page in pages if page.is_file()]
    return [value for text in texts for value in re.findall(rf"{name}[=:]\s*[\"']?([^\s\"'`]+)", text)]


def test_good_settings_are_taken_with_their_defaults() -> None:
    settings = Settings.from_env(GOOD)
    assert settings.encryption_keys == {"k1": base64.b64decode(GOOD_KEY)}
    assert (settings.base_url, settings.is_https, settings.trusted_proxies) == (
        "http://127.0.0.1:8000",
        False,
        0,
    )
    assert (settings.send_window, settings.simulator_port, settings.allowed_hosts) == (64, 8090, ())


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "dev",
        "x" * 31,
        "t7Jw2nRkXv9QbLz4HsPcYm6GdFa3EuT",
        "a" * 64,
        "abab" * 16,
        "change-me-change-me-change-me-change-me",
        "CHANGE_ME_TO_A_COMPLEX_RANDOM_SECRET",
        "your-secret-key-goes-here-1234567890",
        "this-is-an-example-of-a-key-9f8e7d6c5b",
        "0123456789abcdef0123456789abcdef",
        "my-super-secret-key-for-production-use",
        "django-insecure-x8#k2v!q9w3e4r5t6y7u8i9o0p",
        "thisISaSECRET_1234_thisISaSECRET_1234",
        "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'",
        *written("SECRET_KEY"),
    ],
)
def test_a_missing_short_or_sample_secret_stops_the_start(secret: str) -> None:
    assert "SECRET_KEY is missing, shorter than 32 characters or a sample" in refusal(SECRET_KEY=secret)


@pytest.mark.parametrize(
    "keys",
    [
        "",
        GOOD_KEY,
        "k1:",
        "k1:c2hvcnQ=",
        f"k1:{GOOD_KEY[:-4]}",
        "k1:not base64 at all, is it?",
        "k1:" + base64.b64encode(bytes(32)).decode(),
        "k1:" + base64.b64encode(b"ab" * 16).decode(),
        "k1:" + base64.b64encode(bytes(range(32))).decode(),
        f"k2:{GOOD_KEY},k1:{base64.b64encode(b'a' * 32).decode()}",
        *written("ENCRYPTION_KEYS"),
    ],
)
def test_missing_short_or_sample_encryption_keys_stop_the_start(keys: str) -> None:
    assert "ENCRYPTION_KEYS must be name:key pairs, newest first" in refusal(ENCRYPTION_KEYS=keys)


def test_the_first_of_several_keys_is_the_one_that_seals() -> None:
    older = "h0Vb2yq7m1cZ8fKx4Tj9wLr3nPs6dGa5uQe0iBo2lXk="
    settings = Settings.from_env(GOOD | {"ENCRYPTION_KEYS": f"k2:{GOOD_KEY}, k1:{older}"})
    assert list(settings.encryption_keys) == ["k2", "k1"]


def test_without_servers_it_says_what_to_start() -> None:
    assert "start `make run` first, or set DATABASE_URL" in refusal(DATABASE_URL="")
    assert "REDIS_URL is not set" in refusal(REDIS_URL="")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRUSTED_PROXIES", "some"),
        ("SEND_WINDOW", "0"),
        ("SEND_WINDOW", "129"),
        ("SEND_LEASE_SECONDS", "soon"),
        ("SIMULATOR_PORT", "http"),
        ("TRUSTED_PROXIES", "-1"),
        ("SEND_LEASE_SECONDS", "0"),
        ("PROVIDER_TIMEOUT_SECONDS", "-30"),
        ("WEBHOOK_TIMEOUT_SECONDS", "0"),
        ("WEBHOOK_SCHEDULE", "0,soon"),
        ("WEBHOOK_SCHEDULE", "0,-5"),
        ("WEBHOOK_SCHEDULE", "0,,5"),
        ("WEBHOOK_SCHEDULE", "inf"),
    ],
)
def test_a_number_that_is_none_is_named(name: str, value: str) -> None:
    assert refusal(**{name: value}).startswith(name)


@pytest.mark.parametrize(
    "allow",
    [
        "localhost:8090",
        "10.0.0.1",
        "10.0.0.1/8:80",
        "127.0.0.1/32:0",
        "127.0.0.1/32:90-80",
        "10.0.0.0/8:80;x",
    ],
)
def test_a_wrong_list_of_private_targets_stops_the_start_and_names_the_entry(allow: str) -> None:
    assert refusal(EGRESS_ALLOW=f"192.168.0.9:443, {allow}").startswith(f"EGRESS_ALLOW: {allow!r}")


def test_a_right_list_of_private_targets_is_taken() -> None:
    allow = "127.0.0.1/32:8090, [fd00::/8]:443"
    assert Settings.from_env(GOOD | {"EGRESS_ALLOW": allow}).egress_allow == allow


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LOG_LEVEL", "loud"),
        ("LOG_FORMAT", "xml"),
        ("BASE_URL", "crier.example"),
        ("BASE_URL", "ftp://crier.example"),
        ("BASE_URL", "https://"),
        ("BASE_URL", "http://[::1"),
    ],
)
def test_a_word_that_means_nothing_is_named(name: str, value: str) -> None:
    assert refusal(**{name: value}).startswith(f"{name} is {value!r}".replace("'loud'", "'LOUD'"))


def test_what_is_set_to_nothing_has_its_default() -> None:
    settings = Settings.from_env(
        GOOD | {"BASE_URL": "", "TRUSTED_PROXIES": "", "LOG_LEVEL": "", "HOST": "::1"}
    )
    assert (settings.base_url, settings.trusted_proxies) == ("http://[::1]:8000", 0)


def test_the_scheme_of_the_public_address_decides_about_https() -> None:
    settings = Settings.from_env(GOOD | {"BASE_URL": "https://crier.example/"})
    assert (settings.base_url, settings.is_https) == ("https://crier.example", True)


def test_the_secrets_are_not_in_what_a_traceback_would_show() -> None:
    assert GOOD_SECRET not in repr(Settings.from_env(GOOD))
    assert GOOD_KEY not in repr(Settings.from_env(GOOD))
