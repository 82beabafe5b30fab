"""What is typed into the search box of a list of names is taken as it is meant, and as nothing else."""

import unicodedata

import pytest

from tests.builders import make_group
from tests.numbers import make_number
from tests.people import Person
from webapp.services import groups, whatsapp_instances

NAMES = ("Café İzmir", "100% off_now", "ÄRZTE & Co", "Spring \\ Summer / 24")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("café", "Café İzmir"),
        (unicodedata.normalize("NFD", "CAFÉ"), "Café İzmir"),
        ("İzmir", "Café İzmir"),
        ("  café   i", "Café İzmir"),
        ("ärz", "ÄRZTE & Co"),
        ("% OFF", "100% off_now"),
        ("f_n", "100% off_now"),
        ("\\", "Spring \\ Summer / 24"),
        ("/", "Spring \\ Summer / 24"),
        ("ca\0fé", "Café İzmir"),
        ("1_0", None),
        ("c%r", None),
        ("o" * 5000, None),
    ],
)
def test_a_part_of_a_name_finds_it_and_no_sign_means_anything_else(
    owner: Person, typed: str, found: str | None
) -> None:
    for at, name in enumerate(NAMES):
        make_group(owner.tenant_id, name)
        make_number(owner.tenant_id, name=name, phone_number_id=str(1000 + at))
    for listed in (groups.listed, whatsapp_instances.listed):
        assert [row.name for row in listed(owner.tenant_id, q=typed).items] == ([found] if found else [])
