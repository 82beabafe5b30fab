"""Whether the web process could listen, and whether it answers."""

import errno
import http.client
from urllib.parse import urlsplit

from embedded.ports import LOOPBACK, refusal_to_listen
from embedded.refused import Refused
from embedded.settings import Settings


def refuse_taken_ports(settings: Settings) -> None:
    """Refuses to start when the web process or the simulator could not listen."""
    _refuse_if_taken("PORT", settings.host, settings.port)
    _refuse_if_taken("SIMULATOR_PORT", LOOPBACK, settings.simulator_port)


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


def _refuse_if_taken(name: str, host: str, port: int) -> None:
    error = refusal_to_listen(host, port)
    if error is None:
        return
    if error.errno == errno.EADDRINUSE:
        raise Refused(
            f"Port {port} on {host} is taken by another program: "
            f"stop that one, or choose another port, such as {name}={_another(port)}."
        )
    raise Refused(f"Nothing can listen on {host} port {port} ({error.strerror}): set HOST or {name}.")


def _another(port: int) -> int:
    return port + 1 if port < 65535 else port - 1
