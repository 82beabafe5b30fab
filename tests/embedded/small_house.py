"""`up` with stand-ins for the programs; the variable ALSO names more of them."""

import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from embedded.program import APPLICATION, SIMULATOR, Program
from embedded.programs import Table
from embedded.refused import Refused
from embedded.settings import Settings
from embedded.up import up

STAND_INS = str(Path(__file__).with_name("stand_ins.py"))


def small_table(_settings: Settings, env: Mapping[str, str]) -> Table:
    def stand_in(name: str, stage: int = APPLICATION) -> Program:
        command = (sys.executable, "-S", STAND_INS, name)
        return Program(name, command, env=env, stage=stage, grace_seconds=float(env.get("GRACE", "5")))

    also = [stand_in(name) for name in env.get("ALSO", "").split()]
    stay = (stand_in("simulator", SIMULATOR), stand_in("web"), stand_in("work"), *also)
    return Table(stand_in("migrate"), stand_in("seed"), stand_in("link"), stay)


if __name__ == "__main__":
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # also where the tests run under nohup
    try:
        sys.exit(up(small_table, fsync=False))
    except Refused as refused:
        print(refused, file=sys.stderr)
        sys.exit(1)
