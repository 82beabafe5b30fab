"""TLS as it would be met: nginx before the stub, with a certificate of its own for this machine."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bench.provider import Stub
from embedded.ports import free_port
from embedded.program import leashed

_CONF: Final = """
daemon off; master_process on; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_requests 100000000; keepalive_timeout 75s;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  upstream stub {{ server {upstream}; keepalive 128; keepalive_requests 100000000; }}
  server {{
    listen 127.0.0.1:{port} ssl backlog=1024; ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;
    ssl_protocols TLSv1.2 TLSv1.3;
    location / {{ proxy_pass http://stub; proxy_http_version 1.1; proxy_set_header Connection ""; }}
  }}
}}
"""
_PATHS: Final = "/usr/sbin:/usr/local/sbin:/opt/homebrew/bin"


def is_there() -> bool:
    return _nginx() is not None


@contextmanager
def before(stub: Stub) -> Iterator[Stub]:
    """The same stub, reached over TLS, until the block is left."""
    folder = Path(tempfile.mkdtemp(prefix="crier-bench-tls-"))
    port = free_port()
    _certify(folder)
    upstream = stub.own_url.removeprefix("http://")
    (folder / "nginx.conf").write_text(_CONF.format(folder=folder, port=port, upstream=upstream))
    command = (str(_nginx()), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log"))
    process = subprocess.Popen(leashed(command))
    try:
        _await(folder / "nginx.pid")
        yield replace(stub, base_url=f"https://127.0.0.1:{port}", cafile=str(folder / "cert.pem"))
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _nginx() -> str | None:
    return shutil.which("nginx") or shutil.which("nginx", path=_PATHS)


def _await(path: Path) -> None:
    give_up = time.monotonic() + 10
    while not path.exists():
        if time.monotonic() > give_up:
            raise SystemExit(f"nginx did not start: {path.with_name('error.log')} says why.")
        time.sleep(0.02)


def _certify(folder: Path) -> None:
    """A certificate that signs itself, for 127.0.0.1 and for one day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "crier bench")])
    now = datetime.now(UTC)
    own_address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(own_address, critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (folder / "key.pem").write_bytes(key.private_bytes(pem, form, plain))
