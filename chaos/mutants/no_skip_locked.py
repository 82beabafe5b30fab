"""Whoever claims takes the first batch that is not done, also from under somebody's hands, and the gate lets both."""

from chaos.breaking import swap
from chaos.mutants import no_lease_token
from chaos.scenarios import CROWDED as SCENARIO

__all__ = ["SCENARIO", "apply"]


def apply() -> None:
    swap("webapp.sending.lease", "and status = 'free'\n", "and status <> 'done'\n")
    swap("webapp.sending.lease", "limit 1 for update skip locked", "limit 1")
    no_lease_token.apply()
