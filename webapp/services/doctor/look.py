"""Look: all checks on the living database, as the owner, who sees every tenant. Each is one statement, so that what it
compares is of one moment, and none takes long: of very many people some are looked at, and that is said."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from webapp.db import as_owner
from webapp.services.doctor import people, wholes
from webapp.services.doctor.check import MOST_TOLD, Check, Finding

CHECKS: Final = (*people.CHECKS, *wholes.CHECKS)

SECONDS_EACH: Final = 20
# The campaigns that are looked at have so many people together, those at work and the newest first.
MOST_PEOPLE: Final = 1_000_000
# Of a campaign with more than this, three parts are looked at: its beginning, its middle and its end.
HUGE: Final = 200_000
PART: Final = 20_000

_SCOPE: Final = """
with campaign as materialized (
  select * from (
    select c.tenant_id, c.id, c.first_number, c.total_recipients, c.total_recipients > :huge as is_huge,
      sum(least(c.total_recipients, :huge)) over (
        order by c.status in ('running', 'paused') desc, c.id desc) as people
    from campaigns c where c.first_number is not null) as counted
  where people - least(total_recipients, :huge) < :most
)
"""

_LOOKED: Final = (
    _SCOPE
    + """
, whole as (select c.* from campaigns c join campaign on campaign.tenant_id = c.tenant_id and campaign.id = c.id
  where not campaign.is_huge
), part as (
  select tenant_id, id, first_number as low, first_number + total_recipients - 1 as high from campaign where not is_huge
  union all
  select tenant_id, id, low, low + :part - 1 from campaign, unnest(array[
    first_number, first_number + total_recipients / 2, first_number + total_recipients - :part]) as low where is_huge
), looked as (
  select r.* from part join campaign_recipients r
    on r.tenant_id = part.tenant_id and r.number between part.low and part.high and r.campaign_id = part.id
)
select * from ({query}) as broken limit :rows
"""
)

_HOW_FAR: Final = (
    _SCOPE
    + """
select count(*) as looked, count(*) filter (where is_huge) as huge,
  (select count(*) from campaigns where first_number is not null) as there from campaign
"""
)


@dataclass(frozen=True, slots=True)
class Report:
    """What all checks found, and sentences about what they could not see."""

    findings: list[Finding]
    notes: list[str]

    @property
    def holds(self) -> bool:
        return all(finding.holds for finding in self.findings)

    def told(self) -> dict[str, Any]:
        return {
            "holds": self.holds,
            "checks": [finding.told() for finding in self.findings],
            "notes": self.notes,
        }


def look(*, most: int = MOST_PEOPLE, huge: int = HUGE, part: int = PART) -> Report:
    """Check every promise that a database can show. Changes nothing."""
    scope = {"most": most, "huge": huge, "part": part}
    findings = [_check(check, scope) for check in CHECKS]
    return Report(findings, list(_notes(findings, scope)))


def _check(check: Check, scope: dict[str, int]) -> Finding:
    statement = text(_LOOKED.replace("{query}", check.query))
    try:
        with as_owner() as connection:
            _read_only(connection)
            rows = connection.execute(statement, scope | {"rows": MOST_TOLD + 1}).mappings().all()
    except OperationalError:
        return Finding(check, is_checked=False)
    return Finding(check, [dict(row) for row in rows])


def _read_only(connection: Connection) -> None:
    connection.execute(text("set transaction read only"))
    connection.execute(
        text("select set_config('statement_timeout', :ms, true)"), {"ms": str(SECONDS_EACH * 1000)}
    )


def _notes(findings: list[Finding], scope: dict[str, int]) -> Iterator[str]:
    with as_owner() as connection:
        _read_only(connection)
        seen = connection.execute(text(_HOW_FAR), {"most": scope["most"], "huge": scope["huge"]}).one()
    if seen.looked < seen.there:
        yield f"Looked at the people of {seen.looked} of {seen.there} campaigns, those at work and the newest."
    if seen.huge:
        yield (
            f"Campaigns with more than {scope['huge']:,} people ({seen.huge}) were looked at in three parts of "
            f"{scope['part']:,} each, and their counts were not counted again."
        )
    for finding in findings:
        if not finding.is_checked:
            yield f"Not checked, because it took more than {SECONDS_EACH} seconds: {finding.check.promise}"
    yield "That logs hold no secret and no full number (9) is not seen in a database; the tests look at that."
