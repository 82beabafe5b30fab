"""Whether the web process could listen, and whether it answers."""

import errno
import http.client
import time
from urllib.parse import urlsplit

from embedded.ports import LOOPBACK, refusal_to_listen
from embedded.refused import Refused
from embedded.running import was_cut_off
from embedded.settings import Settings

PATIENCE_SECONDS = 5.0


def refuse_taken_ports(settings: Settings) -> None:
    """Refuses to start when the web process or the simulator could not listen."""
    # Those of a run that was killed are about to end.
    patience = PATIENCE_SECONDS if was_cut_off(settings.data_dir) else 0
    give_up = time.monotonic() + patience
    _refuse_if_taken("PORT", settings.host, settings.port, give_up)
    _refuse_if_taken("SIMULATOR_PORT", LOOPBACK, settings.simulator_port, give_up)


def answers(settings: Settings) -> bool:
    """Whether `GET /healthz` answers 200 to somebody who came by the public address."""
    connection = http.client.HTTPConnection(settings.reachable_host, settings.port, timeout=2)
    try:
        connection.request("GET", "/healthz", headers={"Host": urlsplit(settings.base_url).netloc})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _refuse_if_taken(name: str, host: str, port: int, give_up: float) -> None:
    while error := refusal_to_listen(host, port):
        if time.monotonic() > give_up:
            raise Refused(_words_for(error, name, host, port))
        time.sleep(0.1)


def _words_for(error: OSError, name: str, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is taken by another program: "
            f"stop that one, or choose another port, such as {name}={_another(port)}."
        )
    return f"Nothing can listen on {host} port {port} ({error.strerror}): set HOST or {name}."


def _another(port: int) -> int:
    return port + 1 if port < 65535 else port - 1
