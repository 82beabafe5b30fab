"""Becomes the program it is given, after arranging that it ends when the process that started it dies.

`python leash.py STARTER_PID UID|- COMMAND...`, always as a program of its own: the kernel forgets the
arrangement when the user changes, so the user is changed first, and a fork in a process with threads would
not be safe. SIGQUIT is the quick way out for PostgreSQL and gunicorn and plain death for everything else.
"""

import ctypes
import os
import resource
import signal
import sys
import time

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main() -> None:
    starter, uid, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    _forget_inherited_habits()
    if uid != "-":
        _become(int(uid))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)
    else:
        _watch_from_a_child(starter)
    if os.getppid() != starter:
        sys.exit(1)
    os.execvp(command[0], command)  # noqa: S606


def _forget_inherited_habits() -> None:
    # A shell ignores these two for what it starts in the background, and ignoring is inherited.
    for number in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))


def _become(uid: int) -> None:
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)


def _watch_from_a_child(starter: int) -> None:
    """Where the kernel has no such arrangement (macOS), a small child of the program keeps watch."""
    program = os.getpid()
    if os.fork():
        return
    while os.getppid() == program and _lives(starter):
        time.sleep(0.5)
    if os.getppid() == program:
        os.kill(program, signal.SIGQUIT)
    os._exit(0)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


if __name__ == "__main__":
    main()
