"""`python -m embedded up`: everything from nothing, and nothing left behind."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack

from embedded.console import Console
from embedded.lock import locked
from embedded.paths import open_folder
from embedded.program import Program
from embedded.programs import Table, table
from embedded.reach import answers, refuse_taken_ports
from embedded.refused import Refused
from embedded.running import announced, secrets
from embedded.servers import Server, prepare_servers
from embedded.settings import Settings, read_settings
from embedded.supervisor import Asked, Supervisor

_NEW_LINK = "`.venv/bin/flask --app wsgi users link --first-owner`"

MakeTable = Callable[[Settings, Mapping[str, str]], Table]


def up(make_table: MakeTable = table, *, fsync: bool = True) -> int:
    """Runs until somebody asks for the end; the exit code. Without `fsync` it is only good for tests.

    Raises:
        Refused: when it can not start; whatever had been started has been stopped by then.
    """
    settings = read_settings()
    open_folder(settings.data_dir)
    with ExitStack() as stack:
        stack.enter_context(locked(settings.data_dir, settings.base_url))
        refuse_taken_ports(settings)
        stack.callback((console := Console()).close)
        supervisor = Supervisor(console)
        supervisor.listen()
        stack.callback(supervisor.stop)
        try:
            if not secrets(settings.data_dir):
                console.note(f"the first start with {settings.data_dir}: making secrets and a database")
            urls = _start_servers(settings, supervisor, fsync=fsync)
            stack.enter_context(announced(settings.data_dir, urls | settings.places))
            _open_house(settings, supervisor, console, make_table(settings, _env(settings, urls)))
            supervisor.until(lambda: False)
        except Asked:
            console.note("stopping; once more to hurry")
    return 0


def _start_servers(settings: Settings, supervisor: Supervisor, *, fsync: bool) -> dict[str, str]:
    """The servers that no variable names, accepting; their addresses by variable."""
    given = {name for name in ("DATABASE_URL", "REDIS_URL") if settings.given.get(name)}
    servers = prepare_servers(settings.data_dir, given, fsync=fsync)
    ready = [_readiness(server, supervisor) for server in servers]
    supervisor.until(lambda: all(is_ready() for is_ready in ready))
    return {server.url_name: server.url for server in servers}


def _readiness(server: Server, supervisor: Supervisor) -> Callable[[], bool]:
    child = supervisor.start(server.program)

    def is_ready() -> bool:
        if child.process is None:
            raise Refused(f"{server.program.name} does not start; its own words stand above.")
        return server.is_ready(child.process.pid)

    return is_ready


def _env(settings: Settings, urls: dict[str, str]) -> dict[str, str]:
    """What the application knows; a secret that was given goes before the one that is kept."""
    kept = secrets(settings.data_dir) | urls
    return kept | {name: value for name, value in settings.env().items() if value or name not in kept}


def _open_house(settings: Settings, supervisor: Supervisor, console: Console, programs: Table) -> None:
    _must(supervisor, programs.migrate, "The database could not be brought up to date")
    for program in programs.stay:
        supervisor.start(program)
    _must(supervisor, programs.seed, "The demo data could not be made")
    code, said = supervisor.run(programs.link)
    link = said[-1] if code == 0 and said else None
    supervisor.until(lambda: answers(settings))
    console.note("everything runs; Ctrl-C stops it")
    if link:
        console.note(f"the link below works once, within 15 minutes; {_NEW_LINK} makes another")
    console.plain(f"Open {link or settings.base_url}")


def _must(supervisor: Supervisor, program: Program, complaint: str) -> None:
    code, _ = supervisor.run(program)
    if code != 0:
        raise Refused(f"{complaint} ({program.name}); why stands above.")
