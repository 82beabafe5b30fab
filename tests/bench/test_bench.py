"""The benchmarks work at toy size. None of this looks at how long anything takes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench import bare, performance, results
from bench.figures import Figure
from bench.measures.pace import most_in_a_second
from bench.provider import Stub, stub
from bench.stub.book import Accepted
from bench.stub.envelopes import Address, envelope
from bench.texts import MESSAGE, message_to, name_of, phone_of
from webapp.domain import placeholders
from webapp.egress.client import request
from webapp.egress.rules import parse_allow
from webapp.providers.base import Accepted as Taken
from webapp.providers.cloud import requests
from webapp.providers.cloud.answers import read_send_answer
from webapp.providers.news import Status
from webapp.providers.registry import PROVIDERS
from webapp.providers.tracker import make_tracker

ROOT = Path(__file__).resolve().parents[2]


def engine_body(number: int) -> bytes:
    text = placeholders.compile(MESSAGE).render({"name": name_of(number)}, {})
    return requests.text_body(phone_of(number), text, make_tracker(number, b"k" * 32))


def test_the_bare_loop_posts_bodies_of_the_same_shape_and_size_as_the_engine() -> None:
    own, engine = bare.body(4711), engine_body(4711)
    assert len(own) == len(engine)
    told, wanted = json.loads(own), json.loads(engine)
    assert told | {"biz_opaque_callback_data": ""} == wanted | {"biz_opaque_callback_data": ""}
    assert told["text"]["body"] == message_to(4711)


def post(provider: Stub, number: int) -> Taken:
    answer = request(
        "POST",
        f"{provider.base_url}/v23.0/1/messages",
        rules=parse_allow("127.0.0.1/32:1024-65535"),
        body=engine_body(number),
    )
    outcome = read_send_answer(answer)
    assert isinstance(outcome, Taken)
    return outcome


def test_the_stub_accepts_as_the_provider_does_and_counts_who_was_reached() -> None:
    with stub() as provider:
        outcomes = [post(provider, number) for number in (1, 2, 2)]
        assert len({outcome.message_id for outcome in outcomes}) == 3
        assert outcomes[0].wa_id == phone_of(1).lstrip("+")
        stats = provider.stats()
        assert (stats["posts"], stats["trackers"]) == (3, 2)
        assert len(provider.arrivals()) == 3
        provider.reset()
        assert provider.stats()["posts"] == 0


def test_a_callback_of_the_stub_is_signed_and_read_as_the_providers_own() -> None:
    address = Address("127.0.0.1", 80, b"/callbacks", b"app", b"11", b"22")
    messages = [Accepted(b"wamid.%d" % number, b"4915", b"1.%x.abc" % number, 0.0) for number in (1, 2)]
    raw = envelope(address, b"delivered", messages)
    head, _, body = raw.partition(b"\r\n\r\n")
    signature = head.decode().split("X-Hub-Signature-256: ")[1].split("\r\n")[0]
    cloud = PROVIDERS["cloud"]
    assert cloud.verify_signature(body, signature, "app")
    assert not cloud.verify_signature(body + b" ", signature, "app")
    news = list(cloud.read_callback(body))
    assert [(one.message_id, one.tracker) for one in news if isinstance(one, Status)] == [
        ("wamid.1", "1.1.abc"),
        ("wamid.2", "1.2.abc"),
    ]


@pytest.mark.parametrize(
    ("arrivals", "most"), [([0.0], 1), ([0.0, 1.0, 2.0], 1), ([0.0, 0.5, 0.9, 1.2, 5.0], 3)]
)
def test_the_most_in_any_one_second(arrivals: list[float], most: int) -> None:
    assert most_in_a_second(arrivals) == most


def test_a_figure_says_whether_it_reaches_its_bar() -> None:
    assert Figure("http", 0.41).verdict == "holds"
    assert Figure("http", 0.39).verdict == "UNDER ITS BAR"
    assert Figure("pause_p99", 101).verdict == "UNDER ITS BAR"
    assert Figure("http", 0.41, counts=False).verdict == "does not count"


def test_a_whole_run_keeps_its_pairs_and_the_page_keeps_its_words(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bench", "http", "--pairs", "1", "--people", "200", "--posts", "300"]
    done = subprocess.run(
        [*command, "--folder", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (path,) = tmp_path.glob("*.json")
    kept = json.loads(path.read_text())
    (figure,) = kept["figures"]
    assert figure["name"] == "http"
    assert figure["pairs"][0]["engine"] > 0
    assert kept["machine"]["cores"] > 0
    assert figure["title"] in done.stdout

    page = tmp_path / "page.md"
    page.write_text(f"By hand\n{performance.BEGIN}\nold\n{performance.END}\nAlso by hand\n")
    performance.write(tmp_path, page)
    assert page.read_text().startswith("By hand\n")
    assert page.read_text().endswith("\nAlso by hand\n")
    assert results.shown(figure["value"]) in page.read_text()
    assert "old" not in page.read_text()
