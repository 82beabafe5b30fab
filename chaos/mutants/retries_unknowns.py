"""An answer that nobody understands counts as a refusal: the message is posted again."""

from typing import Any

from chaos.scenarios import UNCLEAR as SCENARIO

__all__ = ["SCENARIO", "apply"]


def apply() -> None:
    from webapp.sending import results

    real = results.result_of

    def hopeful(row: Any, outcome: Any, *rest: Any) -> results.Result:
        result = real(row, outcome, *rest)
        if result.status == "uncertain":
            result.status, result.attempt = results.RETRY, row.attempt + 1
        return result

    results.result_of = hopeful
