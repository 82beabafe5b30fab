"""Evidence of a failure: ledger, logs and a dump of the database stay in a folder that is named."""

import os
import shutil
import subprocess
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from chaos.world import World
from embedded.identity import find_identity


def keep_dump(world: World) -> Path:
    """Write the world's database, and what its servers said, beside its logs and its ledger; the folder of all that."""
    folder = world.logs.parent
    for log in world.ground.data.glob("*.log"):
        shutil.copy(log, world.logs)
    place = conninfo_to_dict(world.database_url)
    words = (
        "-h",
        str(place["host"]),
        "-p",
        str(place["port"]),
        "-U",
        str(place["user"]),
        "-d",
        str(place["dbname"]),
    )
    with (folder / "database.sql").open("wb") as file:
        subprocess.run(
            find_identity(world.ground.data).command("pg_dump", *words),
            env={**os.environ, "PGPASSWORD": str(place["password"])},
            stdout=file,
            check=False,
        )
    return folder
