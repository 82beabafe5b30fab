"""The command line, as somebody at a terminal has it."""

import json
import os
import random
import re
import subprocess
import sys
import uuid
from pathlib import Path

from click.testing import Result
from flask import Flask

from tests.people import Person, outside
from webapp.config import Settings
from webapp.db import act_for, db
from webapp.models.contacts import Contact
from webapp.models.groups import Group
from webapp.models.message_templates import MessageTemplate
from webapp.models.opt_outs import OptOut
from webapp.models.tenants import Tenant
from webapp.models.users import Membership, User
from webapp.models.whatsapp_instances import WhatsAppInstance
from webapp.services import accounts, whatsapp_instances
from webapp.services.demo.customers import SCRIPTED, contacts

PROJECT = Path(__file__).parents[2]


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=list(words))


def opens(app: Flask, url: str) -> str:
    """The page of a link; its address is the public one."""
    assert url.startswith("http://localhost/link/")
    return outside(app.test_client().get, url.removeprefix("http://localhost")).text


def test_a_tenant_is_made_and_its_owner_comes_in_by_the_link(app: Flask) -> None:
    said = run(app, "tenants", "create", "Acme", "--owner-email", "Ana@example.org", "--json")
    assert (said.exit_code, said.stderr) == (0, "")
    answer = json.loads(said.stdout)
    assert set(answer) == {"tenantId", "setupUrl"}
    assert db.session.scalar(db.select(Tenant.name)) == "Acme"
    assert "ana@example.org" in opens(app, answer["setupUrl"])


def test_without_json_it_speaks_to_people(app: Flask) -> None:
    said = run(app, "tenants", "create", "Acme", "--owner-email", "ana@example.org").stdout
    assert "Acme is there" in said
    assert "Sign in as ana@example.org within 15 minutes: http://localhost/link/" in said


def test_somebody_joins_a_tenant_in_a_role(app: Flask, owner: Person) -> None:
    said = run(
        app,
        "users",
        "add",
        "--tenant",
        str(owner.tenant_id),
        "--email",
        "bob@example.org",
        "--role",
        "sender",
        "--json",
    )
    assert said.exit_code == 0
    assert "bob@example.org" in opens(app, json.loads(said.stdout)["setupUrl"])
    query = db.select(Membership.role).join(User).where(User.email == "bob@example.org")
    assert db.session.scalar(query) == "sender"


def test_a_link_is_all_that_is_printed(app: Flask, owner: Person) -> None:
    for words in (("--email", owner.email), ("--first-owner",)):
        said = run(app, "users", "link", *words)
        assert (said.exit_code, said.stderr) == (0, "")
        assert re.fullmatch(r"http://localhost/link/\S+\n", said.stdout)
        assert owner.email in opens(app, said.stdout.strip())


def test_a_refusal_is_one_sentence_on_stderr(app: Flask, owner: Person) -> None:
    nobody = "00000000-0000-7000-8000-000000000000"
    tenant = str(owner.tenant_id)
    for words, sentence in {
        ("tenants", "create", " ", "--owner-email", "a@example.org"): "This can not be empty.",
        ("tenants", "create", "Acme", "--owner-email", "nobody"): "This is not an e-mail address.",
        (
            "users",
            "add",
            "--tenant",
            nobody,
            "--email",
            "a@example.org",
            "--role",
            "owner",
        ): "There is no such tenant.",
        (
            "users",
            "add",
            "--tenant",
            tenant,
            "--email",
            "a@example.org",
            "--role",
            "king",
        ): "A role is one of viewer, sender, manager, owner.",
        (
            "users",
            "add",
            "--tenant",
            tenant,
            "--email",
            owner.email,
            "--role",
            "owner",
        ): "This person is a member already.",
        ("users", "link", "--email", "bob@example.org"): "Nobody here has this address.",
    }.items():
        said = run(app, *words)
        assert (said.exit_code, said.stdout, said.stderr) == (1, "", f"{sentence}\n"), words


def test_there_is_no_link_for_the_first_owner_of_nothing(app: Flask) -> None:
    said = run(app, "users", "link", "--first-owner")
    assert (said.exit_code, said.stdout) == (1, "")
    assert "tenants create" in said.stderr


def test_the_demo_has_people_groups_templates_and_a_number_that_is_to_be_checked(app: Flask) -> None:
    assert run(app, "seed").exit_code == 0
    tenant_id = db.session.scalar(db.select(Tenant.id))
    assert tenant_id
    act_for(tenant_id)
    people = list(db.session.scalars(Contact.of(tenant_id)))
    assert len(people) == len({person.phone_key for person in people}) == 2_000
    assert 20 < sum(not person.is_active for person in people) < 100
    assert sum(person.is_doubtful for person in people) == 50
    assert len(list(db.session.scalars(OptOut.of(tenant_id)))) == 60
    groups = {group.name: group.contact_count for group in db.session.scalars(Group.of(tenant_id))}
    assert groups == {
        "Newsletter": 1_400,
        "Regulars": 380,
        "Catering customers": 120,
        "Every outcome": len(SCRIPTED),
    }
    assert len(list(db.session.scalars(MessageTemplate.of(tenant_id)))) == 3
    (number,) = db.session.scalars(WhatsAppInstance.of(tenant_id))
    assert (number.base_url, number.messages_per_second) == ("http://127.0.0.1:8090", 200)
    assert number.status == "unchecked"
    assert whatsapp_instances.secrets_of(number).app_secret == "simulator-app-secret"
    again = run(app, "seed")
    assert (again.exit_code, again.stdout, again.stderr) == (0, "The demo data are there already.\n", "")
    assert run(app, "seed", "--if-empty").exit_code == 0
    assert accounts.first_owner() == "demo@example.org"


def test_the_demo_is_the_same_at_every_making_and_its_numbers_belong_to_nobody() -> None:
    first, second = (contacts(uuid.UUID(int=1), random.Random(1848)) for _ in range(2))
    assert [row["name"] for row in first] == [row["name"] for row in second]
    assert len({row["name"] for row in first}) > 900
    numbers = [row["phone_number"] for row in first]
    assert numbers == [row["phone_number"] for row in second]
    kept_free = re.compile(
        r"\+1\d{3}55501\d\d|\+4917139200\d\d|\+49176040690\d\d|\+4670174(060[5-9]|06[1-9]\d)|\+61491570\d{3}"
        r"|\+447700900\d{3}|\+3363998\d{4}|\+1999000\d{4}"
    )
    assert [number for number in numbers if not kept_free.fullmatch(number)] == []
    assert {number for number in numbers if number.startswith("+1999000")} == set(SCRIPTED)


def test_seed_if_empty_leaves_a_house_with_people_alone(app: Flask, owner: Person) -> None:
    said = run(app, "seed", "--if-empty")
    assert (said.exit_code, said.stdout) == (0, "")
    assert len(list(db.session.scalars(db.select(Tenant)))) == 1


def test_it_runs_as_the_documentation_says(app: Flask, settings: Settings) -> None:
    env = os.environ | {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "SECRET_KEY": settings.secret_key,
        "ENCRYPTION_KEYS": "k1:Zx8vqv3m0nE4N5c0yYb5v1b6b2mXoF7pT1cJkL9sQwE=",
        "BASE_URL": "https://crier.example",
    }
    command = [
        sys.executable,
        "-m",
        "flask",
        "--app",
        "wsgi",
        "tenants",
        "create",
        "Acme",
        "--owner-email",
        "a@b.example",
    ]
    said = subprocess.run([*command, "--json"], cwd=PROJECT, env=env, capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
    assert json.loads(said.stdout)["setupUrl"].startswith("https://crier.example/link/")


def test_where_nothing_runs_it_says_so_in_one_sentence(tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "users", "link", "--first-owner"]
    said = subprocess.run(
        command, cwd=PROJECT, env=env | {"DATA_DIR": str(tmp_path)}, capture_output=True, text=True
    )
    assert (said.returncode, said.stdout) == (3, "")
    assert said.stderr.startswith(f"DATABASE_URL is not set and no embedded servers run in {tmp_path}")
    assert said.stderr.count("\n") == 1


def test_tenants_and_their_people_are_listed(app: Flask, owner: Person) -> None:
    listed = json.loads(run(app, "tenants", "list", "--json").output)
    assert {"tenantId": str(owner.tenant_id), "name": "Acme"} in listed
    assert str(owner.tenant_id) in run(app, "tenants", "list").output
    people = run(app, "users", "list", "--tenant", str(owner.tenant_id))
    assert people.output.split() == ["owner", owner.email]
    assert json.loads(run(app, "users", "list", "--tenant", str(owner.tenant_id), "--json").output) == [
        {"email": owner.email, "role": "owner"}
    ]
    assert "no such tenant" in run(app, "users", "list", "--tenant", str(uuid.uuid4())).output


def test_a_second_tenant_of_a_name_is_made_and_told_apart(app: Flask, owner: Person) -> None:
    made = run(app, "tenants", "create", "acme", "--owner-email", "second@example.org", "--json")
    assert made.exit_code == 0
    assert json.loads(made.stdout)["tenantId"] != str(owner.tenant_id)
    assert str(owner.tenant_id) in made.stderr
