"""Addresses that must never be called: however they are spelled, resolved or answered, a sink hears of nobody."""

import socket
from collections.abc import Iterator

import pycurl
import pytest

from tests.delivering.rig import deliver, events, fresh, logs
from tests.http.raw_server import RawServer, answer, http, only, raw_server
from tests.people import Person
from tests.webhooks import make_webhook
from webapp.db import db
from webapp.domain.errors import Invalid
from webapp.egress import line
from webapp.egress.answer import Fate
from webapp.egress.client import Flight
from webapp.egress.handle import new_handle
from webapp.egress.rules import METADATA as METADATA_WORDS
from webapp.egress.rules import PRIVATE, Rules, parse_allow
from webapp.egress.urls import check_url
from webapp.models.webhooks import Webhook


def words(text: str) -> list[str]:
    return text.split()


# Nothing is allowed but one address that nobody has: a private target stays one.
NOBODY = "127.9.9.9/32:1"

THIS_MACHINE = words("""
127.0.0.1 127.1 127.0.1 127.00.00.01 2130706433 0x7f000001 0x7f.1 0x7F.0.0.0x1 0177.0.0.1 0177.1 017700000001 127.0.0.1.
127.255.255.254 127.127.127.127 0.0.0.0 0 0x0 0.0 localhost LOCALHOST localhost. ｌｏｃａｌｈｏｓｔ １２７.０.０.１ 127。0。0。1
127．0．0．1 127｡0｡0｡1 ①②⑦.⓪.⓪.① [::1] [::] [0:0:0:0:0:0:0:1] [0000::0001] [::127.0.0.1] [::ffff:127.0.0.1]
[::ffff:7f00:1] [::ffff:7f00:0001] [0:0:0:0:0:ffff:127.0.0.1] [::ffff:0:127.0.0.1] [::FFFF:127.0.0.1]
[64:ff9b::127.0.0.1] [64:ff9b::7f00:1] [64:ff9b:1::7f00:1] [2002:7f00:1::] [2002:7f00:0001::1]
[2001:0:7f00:1::] [100::1]
""")

PRIVATE_NETWORKS = words("""
10.0.0.1 10.255.255.254 0x0a000001 167772161 012.0.0.1 172.16.0.1 172.31.255.254 192.168.0.1 192.168.1.254 0xc0a80001
3232235521 0300.0250.0.1 100.64.0.1 100.127.255.254 198.18.0.1 198.19.255.254 192.0.2.1 198.51.100.1 203.0.113.1
224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 192.88.99.1 192.0.0.1 [fc00::1] [fd12:3456:789a::1] [fec0::1]
[ff02::1] [ff0e::1] [2001:db8::1] [3fff::1] [5f00::1] [64:ff9b::10.0.0.1] [2002:a00:1::] [::ffff:10.0.0.1]
[::ffff:192.168.0.1] [::10.0.0.1] [2001:10::1] [2001:20::1]
""")

METADATA = words("""
169.254.169.254 169.254.170.2 169.254.0.1 0xa9fea9fe 2852039166 0251.0376.0251.0376 169.254.43518 ①⑥⑨.②⑤④.①⑥⑨.②⑤④
100.100.100.200 168.63.129.16 192.0.0.192 [fd00:ec2::254] [fd20:ce::254] [fe80::1] [fe80::a9fe:a9fe]
[::ffff:169.254.169.254] [::ffff:a9fe:a9fe] [64:ff9b::169.254.169.254] [2002:a9fe:a9fe::1] [::169.254.169.254]
metadata.google.internal metadata instance-data
""")

# `{port}` is the sink's.
ODD = words("""
http://user@127.0.0.1:{port}/ http://user:secret@127.0.0.1:{port}/ http://example.com@127.0.0.1:{port}/
http://127.0.0.1:{port}@example.com/ http://[fe80::1%25eth0]:{port}/ http://[fe80::1%eth0]:{port}/ http://[::1%25lo]:{port}/
http://[::1%lo]:{port}/ http://127.0.0.1%00.example.com:{port}/ http://127.0.0.1%2eexample.com:{port}/ http://①.example@127.1:{port}/
http://example.com\\@127.0.0.1:{port}/ http:\\\\127.0.0.1:{port}/ http:/127.0.0.1:{port}/ //127.0.0.1:{port}/ 127.0.0.1:{port}
ftp://127.0.0.1:{port}/ gopher://127.0.0.1:{port}/_POST file:///etc/passwd dict://127.0.0.1:{port}/ telnet://127.0.0.1:{port}
ldap://127.0.0.1:{port}/ tftp://127.0.0.1:{port}/ unix:///var/run/x.sock data:text/plain,x javascript:alert(1)
http://127.0.0.1:{port}#@example.com/ http://127.0.0.1:{port}?@example.com/ http://[127.0.0.1]:{port}/ http://[::ffff:127.0.0.1%25]:{port}/
http://0x7f.0x0.0x0.0x1:{port}/ http://127.0.0.1:0{port}/ http://127.0.0.1.:{port}/ http://127.0.0.256:{port}/ http://1.2.3.4.5:{port}/
""")

HOSTILE = [
    *(
        f"{scheme}://{host}:{{port}}/"
        for host in (*THIS_MACHINE, *PRIVATE_NETWORKS, *METADATA)
        for scheme in ("http", "https")
    ),
    *ODD,
]


@pytest.fixture
def sink() -> Iterator[RawServer]:
    with raw_server() as server:
        yield server


def stored(owner: Person, url: str) -> Webhook:
    """A webhook whose address is in the table, past every check when it was saved."""
    webhook = make_webhook(owner.tenant_id, events=["contact_created"])
    fresh(webhook).url = url
    db.session.commit()
    return webhook


def test_no_hostile_address_is_ever_connected_to(sink: RawServer) -> None:
    urls = sorted({url.replace("{port}", str(sink.port)) for url in HOSTILE})
    assert len(urls) > 200
    answers = []
    with Flight(parse_allow(NOBODY), hears_waits=True) as flight:
        for url in urls:
            flight.post(url, ("webhook-id: 1",), b"{}", url, 3)
        while len(flight):
            answers += flight.poll(3)
    assert sink.connections == 0
    assert {str(one.context): one.fate for one in answers if one.fate is not Fate.NOT_SENT} == {}
    assert len(answers) == len(urls)


@pytest.mark.parametrize(
    "url", ["http://127.1:{port}/", "http://localhost:{port}/", "https://[::ffff:7f00:1]:{port}/"]
)
def test_one_that_stands_in_the_table_all_the_same_is_a_failure_with_a_sentence(
    owner: Person, sink: RawServer, url: str
) -> None:
    webhook = stored(owner, url.replace("{port}", str(sink.port)))
    events(webhook)
    deliver(rules=parse_allow(NOBODY), schedule=(0,))
    (log,) = logs(webhook)
    assert (log.success, log.status_code, log.error_message) == (False, None, PRIVATE)
    assert sink.connections == 0


def resolving(monkeypatch: pytest.MonkeyPatch, name: str, port: int, *addresses: str) -> None:
    """From now on libcurl is told that this name stands for these machines."""

    def handle() -> object:
        curl = new_handle()
        curl.setopt(pycurl.RESOLVE, [f"{name}:{port}:{','.join(addresses)}"])
        return curl

    monkeypatch.setattr(line, "new_handle", handle)


def test_a_name_that_is_public_when_it_is_saved_and_private_when_it_is_called_reaches_nobody(
    owner: Person, sink: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rebinding: the second lookup answers otherwise."""
    public = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: public)
    check_url("https://rebind.example/hook", Rules())
    monkeypatch.undo()
    for address in ("127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.1", "169.254.169.254"):
        resolving(monkeypatch, "rebind.example", sink.port, address)
        webhook = stored(owner, f"https://rebind.example:{sink.port}/hook")
        events(webhook)
        deliver(rules=parse_allow(NOBODY), schedule=(0,))
        assert [log.error_message for log in logs(webhook)] in ([PRIVATE], [METADATA_WORDS])
    assert sink.connections == 0


def test_of_a_mixed_answer_only_the_allowed_machine_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    with raw_server() as sink, raw_server(host="127.0.0.2", port=sink.port) as allowed:
        for addresses in (("127.0.0.1", "127.0.0.2"), ("127.0.0.2", "127.0.0.1")):
            resolving(monkeypatch, "mixed.example", sink.port, *addresses)
            with Flight(parse_allow(f"127.0.0.2/32:{sink.port}")) as flight:
                flight.post(f"http://mixed.example:{sink.port}/", (), b"{}", None, 3)
                (got,) = flight.poll(3)
            assert got.status in (200, None)
        assert sink.connections == 0
        assert allowed.connections >= 1


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent"])
def test_a_redirect_into_the_house_is_a_failure_and_nobody_follows_it(
    owner: Person, sink: RawServer, status: str
) -> None:
    with raw_server(answer(http(status, b"", f"Location: http://127.0.0.1:{sink.port}/latest/"))) as server:
        webhook = stored(owner, f"http://127.0.0.1:{server.port}/")
        events(webhook)
        deliver(rules=only(server), schedule=(0,))
        assert [(log.success, log.status_code) for log in logs(webhook)] == [(False, int(status[:3]))]
    assert sink.connections == 0


@pytest.mark.parametrize("host", [*THIS_MACHINE, *PRIVATE_NETWORKS, *METADATA])
def test_whoever_types_one_is_told_so_beside_the_field(owner: Person, host: str) -> None:
    with pytest.raises(Invalid) as refused:
        make_webhook(owner.tenant_id, url=f"https://{host}/hook")
    assert refused.value.field == "url"
