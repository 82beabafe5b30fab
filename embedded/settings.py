"""What `up` reads from its environment, and what it hands to the programs it starts."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from embedded.paths import data_dir
from embedded.refused import Refused

# Addresses to listen on that are none to call.
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104


@dataclass(frozen=True)
class Settings:
    data_dir: Path
    host: str
    port: int
    simulator_port: int
    base_url: str
    given: Mapping[str, str]

    @property
    def reachable_host(self) -> str:
        """Where this machine reaches its own web process."""
        return _EVERYWHERE.get(self.host, self.host)

    @property
    def places(self) -> dict[str, str]:
        """Where pages and simulator are found, for commands that are started by hand."""
        return {"BASE_URL": self.base_url, "SIMULATOR_PORT": str(self.simulator_port)}

    def env(self) -> dict[str, str]:
        """What every program may know: what was given, with the places filled in."""
        return {
            **self.given,
            "DATA_DIR": str(self.data_dir),
            "HOST": self.host,
            "PORT": str(self.port),
            **self.places,
            "EGRESS_ALLOW": self._egress_allow(),
            "PYTHONUNBUFFERED": "1",
        }

    def _egress_allow(self) -> str:
        """What was given, with the simulator as one more private target."""
        given = self.given.get("EGRESS_ALLOW", "").strip().rstrip(",")
        own = f"127.0.0.1/32:{self.simulator_port}"
        return f"{given},{own}" if given else own


def read_settings(given: Mapping[str, str] = os.environ) -> Settings:
    host = given.get("HOST") or "127.0.0.1"
    port, simulator_port = _port(given, "PORT", 8000), _port(given, "SIMULATOR_PORT", 8090)
    if port == simulator_port:
        raise Refused(f"PORT and SIMULATOR_PORT are both {port}: give them two different ports.")
    name = _EVERYWHERE.get(host, host)
    own = f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"
    return Settings(
        data_dir=data_dir(),
        host=host,
        port=port,
        simulator_port=simulator_port,
        base_url=(given.get("BASE_URL") or own).rstrip("/"),
        given=dict(given),
    )


def _port(given: Mapping[str, str], name: str, usual: int) -> int:
    text = given.get(name) or str(usual)
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise Refused(f"{name} is {text!r}: it must be a number from 1 to 65535.")
    return int(text)
