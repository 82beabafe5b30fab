"""The machine and the programs of a run, so that a figure can be told from another machine's."""

import os
import platform
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pycurl
from redis import Redis

ROOT = Path(__file__).resolve().parents[1]


def machine() -> dict[str, Any]:
    """Processor, cores, memory in GB, kernel."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memoryGb": round(memory, 1),
        "kernel": f"{platform.system()} {platform.release()}",
    }


def short_name() -> str:
    """A word for the machine that tells nothing private: processor and cores."""
    found = machine()
    word = re.sub(r"[^a-z0-9]+", "-", str(found["cpu"]).lower()).strip("-")[:24].strip("-")
    return f"{word or 'machine'}-{found['cores']}c"


def versions(superuser: psycopg.Connection, redis: Redis) -> dict[str, str]:
    server: Any = superuser.execute("show server_version").fetchone()
    info: Any = redis.info("server")
    return {
        "python": sys.version.split()[0],
        "postgresql": str(server[0]),
        "valkey": str(info.get("valkey_version") or info["redis_version"]),
        "libcurl": pycurl.version_info()[1],
        "psycopg": psycopg.__version__,
    }


def commit() -> str:
    """The commit that is checked out, with a + when the tree differs from it."""
    head = _git("rev-parse", "--short=12", "HEAD")
    changed = _git("status", "--porcelain", "--", "webapp", "bench", "migrations", "requirements.txt")
    return head + ("+" if changed else "")


def _git(*words: str) -> str:
    try:
        done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip()


def _cpu() -> str:
    try:
        found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    except OSError:
        found = None
    return found[1].strip() if found else platform.processor() or platform.machine()
