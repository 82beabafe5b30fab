"""The history of messages through the JSON door."""

from tests.api.caller import Caller
from tests.people import Person
from tests.world import make_world


def test_what_was_written_with_somebody_is_told_also_when_they_are_in_the_trash(
    caller: Caller, owner: Person, foreign: Caller
) -> None:
    ids = make_world(owner, "CANARY", 70_000_001).ids
    person, message = str(ids["contact_id"]), str(ids["message_id"])

    def told(**asked: str) -> list[str]:
        return [one["id"] for one in caller.get("/messages-history", contactId=person, **asked)["items"]]

    assert (told(), told(q="CANARY"), told(q="somebody else")) == ([message], [message], [])
    caller.ask("DELETE", f"/contacts/{person}")
    assert (told(), told(direction="in"), told(cursor=message)) == ([message], [], [])
    assert foreign.get("/messages-history", contactId=person)["items"] == []
