"""Reasons in plain words: why a campaign stopped, why a message failed or was left out, and what to do next."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from webapp.domain.errors import N_
from webapp.egress.answer import PROBLEM_WORDS
from webapp.providers.base import DOUBT_WORDS
from webapp.providers.registry import PROVIDERS

# The code under which campaign_failures counts what no provider gave a code for.
OWN: Final = 0


@dataclass(frozen=True, slots=True)
class Reason:
    """Two sentences, marked for translation: what happened, and what to do next."""

    happened: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """A reason, how many people it concerns, and a code to find them by."""

    code: int
    count: int
    reason: Reason


_RESUME: Final = N_("Everything that was sent stays sent. Press Resume to go on where it stopped.")

_STOPS: Final = {
    "person": Reason(N_("Somebody paused this campaign."), _RESUME),
    "schedule_missed": Reason(
        N_("Its time came while Crier was not running."),
        N_("Nothing was sent. Press Resume to start it now, or cancel it and plan another time."),
    ),
    "database_changed": Reason(
        N_("The database was put back to an earlier state, so it may not know everything that was sent."),
        N_("Look in WhatsApp who has the message already before you resume, or cancel the campaign."),
    ),
    "unreachable": Reason(
        N_("WhatsApp could not be reached for five minutes."),
        N_(
            "Nothing was lost. Look whether the server has its connection to the internet and the number its right "
            "address, then press Resume."
        ),
    ),
    "unclear_answers": Reason(
        N_("Message after message came back without a clear answer."),
        N_(
            "So that not more of them become uncertain, it stopped by itself. Check the number and its address, then "
            "press Resume."
        ),
    ),
    "nobody_to_reach": Reason(
        N_("Nobody was left to write to."),
        N_("Everybody who was chosen was left out, for the reasons below. Nothing was sent."),
    ),
    "all_skipped": Reason(
        N_("Nobody was left to write to."),
        N_("Everybody said no, was deleted or was switched off after the start. Nothing was sent."),
    ),
    "too_many_failed": Reason(
        N_("It stopped by itself because too many messages failed."),
        N_(
            "The reasons are listed below. Put that right, then press Resume; from there on failures are counted anew. "
            "An owner sets under Settings how many are too many."
        ),
    ),
    "all_failed": Reason(
        N_("No message of this campaign got through."),
        N_("The reasons are listed below. Put that right before you start another one."),
    ),
}
_STOPPED: Final = Reason(N_("This campaign was stopped."), _RESUME)

_SKIPPED: Final = {
    "opted_out": Reason(N_("Said after the start that they want no messages.")),
    "deleted": Reason(N_("Was moved to the trash after the start.")),
    "inactive": Reason(N_("Was switched off after the start.")),
}

_OWN: Final = Reason(
    N_("The message could not be handed to WhatsApp."),
    N_("Open the list to see what was in the way for each person."),
)

_UNCERTAIN: Final = {
    **{doubt.value: Reason(words) for doubt, words in DOUBT_WORDS.items()},
    "worker_gone": Reason(
        N_("The program was stopped while this message was on its way. It may have been sent.")
    ),
}
_NOT_HANDED_OVER: Final = {problem.value: Reason(words) for problem, words in PROBLEM_WORDS.items()}
_DOUBTFUL: Final = Reason(N_("Nobody knows whether this message was sent."))

_NUMBER_PAUSED: Final = Reason(
    N_("Somebody paused this number."), N_("Nothing goes out from it until somebody lets it go on.")
)
_NUMBER_REFUSED: Final = Reason(
    N_("WhatsApp did not accept this number."), N_("Look at what its check found.")
)
NUMBER_HELD: Final = Reason(
    N_("The number that sends is paused or gone, so nothing leaves."),
    N_("Let it go on under Numbers. The campaign then goes on by itself."),
)
UNHEARD: Final = Reason(
    N_("Callbacks arrive that are not signed with this app secret, so nothing in them is believed."),
    N_(
        "If delivered and read stay empty, compare the app secret of the number with the one at Meta under your app, "
        "Settings, Basic. If they are the same, somebody else posts to the address, and nothing has to be done."
    ),
)
UNCERTAIN: Final = Reason(
    N_("Posted, but no answer came back"),
    N_(
        "These messages may have arrived. So that nobody gets one twice, they are never sent again by themselves; "
        "when WhatsApp tells what became of them, they move by themselves."
    ),
)


# What a number is slowed for, at the end of a sentence.
_SLOWED: Final = {
    130429: N_("the number's throughput limit"),
    80007: N_("the limit of calls of its WhatsApp account"),
    4: N_("the limit of calls of its app at Meta"),
    17: N_("the limit of calls of its access token"),
}
_SLOWED_OTHERWISE: Final = N_("a limit of WhatsApp's")


def of_slowness(code: int) -> str:
    """What a number is slowed for, to be put at the end of a sentence."""
    return _SLOWED.get(code, _SLOWED_OTHERWISE)


def of_stop(code: str | None) -> Reason:
    """What campaigns.paused_reason means: who or what stopped it, or why it ended without reaching anybody."""
    if code and code.startswith("error_"):
        explained = PROVIDERS["cloud"].explain(int(code.removeprefix("error_")))
        return Reason(explained.happened, explained.advice)
    return _STOPS.get(code or "", _STOPPED)


def of_number(status: str, check: Mapping[str, Any]) -> Reason:
    """Why a number can not send, from its status and what its last check found."""
    if status == "paused":
        stopped_by = check.get("stopped_by")
        return of_stop(stopped_by) if stopped_by else _NUMBER_PAUSED
    first: Mapping[str, str] = next(iter(check.get("problems") or ()), {})
    return Reason(
        first.get("sentence", _NUMBER_REFUSED.happened), first.get("advice", _NUMBER_REFUSED.advice)
    )


def of_failure(code: int) -> Reason:
    """What a code of campaign_failures means."""
    if code == OWN:
        return _OWN
    explained = PROVIDERS["cloud"].explain(code)
    return Reason(explained.happened, explained.advice)


def failures(counted: Mapping[int, int]) -> list[Counted]:
    """Why messages failed, the most frequent first; codes that mean the same are one reason."""
    together: dict[Reason, Counted] = {}
    for code, count in sorted(counted.items()):
        reason = of_failure(code)
        known = together.get(reason, Counted(code, 0, reason))
        together[reason] = replace(known, count=known.count + count)
    return sorted(together.values(), key=lambda item: (-item.count, item.code))


def alike(code: int, counted: Mapping[int, int]) -> list[int]:
    """The codes that are one reason with this one."""
    return [code, *(other for other in counted if other != code and of_failure(other) == of_failure(code))]


def of_recipient(status: str, code: int | None, told: str | None) -> Reason | None:
    """Why one recipient stands where they stand; None when there is nothing to explain."""
    if status == "skipped":
        return _SKIPPED.get(told or "")
    if status == "uncertain":
        return _UNCERTAIN.get(told or "", _DOUBTFUL)
    if status not in ("failed", "pending") or not (code or told):
        return None
    if code:
        return of_failure(code)
    return _NOT_HANDED_OVER.get(told or "", Reason(told or ""))
