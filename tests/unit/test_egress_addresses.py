import pytest

from webapp.egress.rules import METADATA, NOT_HTTPS, PORT, PRIVATE, UNREADABLE, Rules, parse_allow


def words(text: str) -> list[str]:
    return text.split()


MUST_BLOCK = words("""
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.254 127.0.0.1 127.255.255.254 172.16.0.1
172.31.255.254 192.0.0.1 192.0.0.170 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.168.0.1 192.175.48.1
198.18.0.1 198.19.255.254 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
:: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:0:127.0.0.1 64:ff9b::10.0.0.1 64:ff9b::8.8.8.8
64:ff9b:1::1 100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1 2001:10::1 2001:20::1 2001:db8::1
2002:7f00:1::1 2002:a00:1:: 2620:4f:8000::1 3fff::1 4000::1 5f00::1 fc00::1 fd12:3456:789a::1 fec0::1 ff02::1
""")

MUST_PASS = words("""
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.1 100.63.255.255 100.128.0.1 126.255.255.255 128.0.0.1 157.240.1.35
172.15.255.255 172.32.0.1 192.0.1.1 192.167.255.255 192.169.0.1 198.17.255.255 198.20.0.1 223.255.255.255
::ffff:8.8.8.8 2001:200::1 2001:4860:4860::8888 2003::1 2606:4700::1111 2a03:2880:f12f:83:face:b00c:0:25de
""")

METADATA_SERVICES = words("""
169.254.169.254 169.254.170.2 169.254.0.1 ::ffff:169.254.169.254 64:ff9b::169.254.169.254 2002:a9fe:a9fe::1
::169.254.169.254 100.100.100.200 ::ffff:100.100.100.200 168.63.129.16 192.0.0.192 fd00:ec2::254 fd20:ce::254
fe80::1 fe80::a9fe:a9fe fe80::1%eth0
""")


@pytest.mark.parametrize("address", MUST_BLOCK)
def test_what_is_not_the_public_internet_is_blocked(address):
    assert Rules().refusal(address, 443, "https") == PRIVATE


@pytest.mark.parametrize("address", MUST_PASS)
def test_the_public_internet_may_be_called(address):
    assert Rules().refusal(address, 443, "https") is None


@pytest.mark.parametrize("address", METADATA_SERVICES)
def test_metadata_is_never_called_not_even_when_everything_is_allowed(address):
    everything = parse_allow("0.0.0.0/0:1-65535, [::/0]:1-65535")
    assert everything.refusal(address, 80, "http") == METADATA


def test_only_https_on_its_usual_ports_is_called():
    assert Rules().refusal("8.8.8.8", 443, "http") == NOT_HTTPS
    assert Rules().refusal("8.8.8.8", 8443, "https") is None
    assert Rules().refusal("8.8.8.8", 22, "https") == PORT
    assert Rules().refusal("not an address", 443, "https") == UNREADABLE


def test_the_operator_opens_exactly_the_networks_and_ports_of_the_list():
    rules = parse_allow("10.1.0.0/16:8080, 192.168.0.9:80-90,[fd00:1::/32]:443 , 8.8.8.8/32:9000")
    allowed = [
        ("10.1.255.1", 8080),
        ("192.168.0.9", 80),
        ("192.168.0.9", 90),
        ("fd00:1::5", 443),
        ("8.8.8.8", 9000),
    ]
    for host, port in allowed:
        assert rules.refusal(host, port, "http") is None
    for host, port in [
        ("10.2.0.1", 8080),
        ("10.1.0.1", 8081),
        ("192.168.0.9", 91),
        ("192.168.0.8", 80),
        ("fd00:2::1", 443),
    ]:
        assert rules.refusal(host, port, "https") == PRIVATE


def test_a_mapped_address_is_judged_as_what_it_stands_for():
    rules = parse_allow("127.0.0.1/32:8090")
    assert rules.refusal("::ffff:127.0.0.1", 8090, "http") is None
    assert rules.refusal("::ffff:127.0.0.2", 8090, "http") == PRIVATE


def test_an_empty_list_opens_nothing():
    assert parse_allow("") == parse_allow(" , ") == Rules()


@pytest.mark.parametrize(
    "text",
    [
        "10.0.0.0/8",
        "10.0.0.0/8:",
        "10.0.0.0/8:0",
        "10.0.0.0/8:70000",
        "10.0.0.0/8:90-80",
        "10.0.0.1/8:80",
        "10.0.0/8:80",
        "10.0.0.0/33:80",
        "fd00::/8:443",
        "example.com:443",
        "*:443",
        "１０.0.0.0/8:80",
    ],
)
def test_a_list_that_is_not_understood_stops_with_a_sentence_that_names_the_entry(text):
    with pytest.raises(ValueError, match="EGRESS_ALLOW: '"):
        parse_allow(text)
