import json
import logging
from collections.abc import Iterator

import pytest

from webapp import logs


@pytest.fixture
def root_logger() -> Iterator[logging.Logger]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield root
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_secret_and_no_whole_number_reaches_a_line(
    root_logger: logging.Logger, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    logs.setup("INFO", form)
    log = logging.getLogger("webapp.something")
    log.info(
        "sent to +4915123456789 with Bearer EAAGsecrettoken123",
        extra={"access_token": "EAAGother", "to": "+4915123456789"},
    )
    log.info("GET /link/M0kixoFlg1bR22mDhdUIQJsbfqF5VKPlNgTpZ08FWE")
    log.info("postgresql://crier:pa55word-long@127.0.0.1/crier")
    try:
        raise ValueError("no such number +4915123456789")
    except ValueError:
        log.exception("failed")
    written = capsys.readouterr().err
    for canary in ("4915123456789", "EAAGsecrettoken123", "EAAGother", "M0kixoFlg1bR22", "pa55word-long"):
        assert canary not in written
    assert "failed" in written
    if form == "json":
        assert [json.loads(line)["level"] for line in written.splitlines()] == ["info"] * 3 + ["error"]
