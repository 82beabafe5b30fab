"""The owner's own example, as it stands, with the official client under Node against the running program."""

import json
from pathlib import Path

from flask import Flask

from tests.api import nodejs
from tests.api.telling import tell_address
from tests.campaigning import make_instance
from tests.people import Person
from tests.processes import running_house
from webapp.api import typescript
from webapp.config import Settings
from webapp.services import api_keys

OWNERS = (nodejs.PACKAGES / "owner.ts").read_text()


def test_the_clients_types_are_those_of_the_program() -> None:
    assert (nodejs.CLIENT / "index.d.ts").read_text() == typescript.router(), (
        "flask --app wsgi api-client > clients/typescript/index.d.ts"
    )


def test_the_owners_example_reaches_john_and_he_reads_it(
    app: Flask, owner: Person, settings: Settings, tmp_path: Path
) -> None:
    _key, token = api_keys.create(owner.tenant_id, name="Shop")
    with running_house(tmp_path, settings) as house:
        number = make_instance(owner.tenant_id, house.provider.url)
        tell_address(house, number)
        folder = nodejs.workshop(tmp_path / "node")
        example = OWNERS.replace("tenant-uuid", str(owner.tenant_id)).replace("instance-uuid", str(number.id))
        (folder / "owner.ts").write_text(example)
        nodejs.checked(folder, "owner.ts", with_types_of_others=True)
        said = json.loads(nodejs.node(folder, "owner.ts", CRIER_URL=house.url, CRIER_KEY=token))
        reached = house.provider.times_reached()
    assert (said["now"]["status"], said["now"]["totalRecipients"], said["now"]["readCount"]) == (
        "completed",
        1,
        1,
    )
    assert [one["name"] for one in said["listed"]["items"]] == ["John Doe"]
    assert [one["status"] for one in said["history"]["items"]] == ["read"]
    assert (said["wrong"]["code"], said["wrong"]["httpStatus"]) == ("NOT_FOUND", 404)
    assert reached == {"+1234567890": 1}
