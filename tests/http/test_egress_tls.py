"""Certificates."""

import datetime
import socket
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.http.raw_server import hang_up, http, only, raw_server
from webapp.egress.answer import Fate, Problem
from webapp.egress.client import Flight, request


def certificate(folder: Path, host: str) -> tuple[ssl.SSLContext, Path]:
    """A server that proves to be `host` to whoever trusts the returned file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, secret)
    return context, chain


@pytest.mark.parametrize(
    ("proves", "trusted", "fate"),
    [
        ("localhost", True, Fate.ANSWERED),
        ("localhost", False, Fate.NOT_SENT),
        ("other.example", True, Fate.NOT_SENT),
    ],
)
def test_a_certificate_must_be_trusted_and_speak_of_this_host(monkeypatch, tmp_path, proves, trusted, fate):
    tls, chain = certificate(tmp_path, proves)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(chain))
    with raw_server(tls=tls) as server:
        rules = only(server)
        url = f"https://localhost:{server.port}/"
        got = request("POST", url, rules=rules, body=b"secret", deadline=5)
        assert got.fate is fate
        assert got.problem is (None if fate is Fate.ANSWERED else Problem.TLS)
        assert server.bodies == ([b"secret"] if fate is Fate.ANSWERED else [])


def test_over_tls_too_a_body_arrives_once_and_connections_stay_warm(monkeypatch, tmp_path):
    tls, chain = certificate(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(chain))

    def die_on_third(number: int, connection: socket.socket) -> None:
        if number == 3:
            hang_up(connection)
        else:
            connection.sendall(http("200 OK", b"ok"))

    with raw_server(die_on_third, tls=tls) as server:
        rules = only(server)
        with Flight(rules) as flight:
            fates = []
            for body in (b"1", b"2", b"3", b"4"):
                flight.post(f"https://localhost:{server.port}/", (), body, None, 5)
                fates += [answer.fate for answer in flight.poll(5)]
        assert fates == [Fate.ANSWERED, Fate.ANSWERED, Fate.UNKNOWN, Fate.ANSWERED]
        assert server.bodies == [b"1", b"2", b"3", b"4"]
        assert server.connections == 2
