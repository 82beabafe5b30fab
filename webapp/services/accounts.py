"""Accounts: tenants, the people in them, and the one-time links by which they first come in."""

import re
import uuid
from datetime import timedelta

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import joinedload

from webapp.db import act_for, db
from webapp.domain import fields
from webapp.domain.errors import N_, Conflict, Invalid, NotFound
from webapp.domain.roles import ROLES
from webapp.models.tenants import Tenant
from webapp.models.users import Membership, SignInLink, User
from webapp.services import audit, passwords, tokens

LINK_MINUTES = 15
LONGEST_EMAIL = 254
_OLD_LINK = N_(
    "This link was used already or is older than %(minutes)d minutes. Ask for a new one: whoever runs Crier makes it "
    "with “.venv/bin/flask --app wsgi users link --email ADDRESS”, or “--first-owner” for the owner who came first."
)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


def folded(email: str) -> str:
    """An address as it is compared, whatever was typed: trimmed, lower case, no control characters."""
    return fields.line("email", email[:LONGEST_EMAIL], 3 * LONGEST_EMAIL, required=False).lower()


def email_of(text: str) -> str:
    """The address as it is stored."""
    email = folded(text)
    if not _EMAIL.fullmatch(email) or len(text.strip()) > LONGEST_EMAIL:
        raise Invalid("email", N_("This is not an e-mail address."))
    return email


def create_tenant(name: str, owner_email: str) -> tuple[Tenant, str]:
    """Make a tenant with its owner; returns it and the one-time token of the owner's set-up link."""
    tenant = Tenant(name=_name(name), slug=_free_slug(name))
    db.session.add(tenant)
    db.session.flush()
    act_for(tenant.id)
    user = add_member(tenant.id, owner_email, "owner")
    token = new_link(user)
    audit.record(tenant.id, None, "tenant_created", tenant.id)
    db.session.commit()
    return tenant, token


def tenants() -> list[Tenant]:
    """Every living tenant, the first one first."""
    living = select(Tenant).where(Tenant.deleted_at.is_(None))
    return list(db.session.scalars(living.order_by(Tenant.created_at, Tenant.id)))


def tenant_called(name: str) -> Tenant | None:
    """A living tenant of this name, whatever the case."""
    wanted = " ".join(name.split()).casefold()
    return next((tenant for tenant in tenants() if tenant.name.casefold() == wanted), None)


def members(tenant_id: uuid.UUID) -> list[Membership]:
    """Who belongs to a tenant, who came first first."""
    if db.session.get(Tenant, tenant_id) is None:
        raise NotFound(N_("There is no such tenant."))
    query = select(Membership).options(joinedload(Membership.user)).where(Membership.tenant_id == tenant_id)
    return list(db.session.scalars(query.order_by(Membership.created_at, Membership.user_id)))


def add_user(tenant_id: uuid.UUID, email: str, role: str) -> str:
    """Make somebody a member in a role; returns the one-time token of their set-up link."""
    if db.session.get(Tenant, tenant_id) is None:
        raise NotFound(N_("There is no such tenant."))
    act_for(tenant_id)
    user = add_member(tenant_id, email, role)
    token = new_link(user)
    audit.record(tenant_id, None, "user_added", user.id, role=role)
    db.session.commit()
    return token


def link_user(email: str) -> str:
    """A fresh sign-in link for somebody who has none, or who forgot the password."""
    user = db.session.scalar(select(User).where(User.email == email_of(email), User.deleted_at.is_(None)))
    if user is None:
        raise NotFound(N_("Nobody here has this address."))
    token = new_link(user)
    db.session.commit()
    return token


def link_address(token: str) -> str:
    """Where somebody opens the one-time link of this token."""
    return f"{current_app.config['CRIER'].base_url}/link/{token}"


def first_owner() -> str | None:
    """The address of the owner who came first, if anybody did."""
    return db.session.scalar(
        select(User.email)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.role == "owner", User.deleted_at.is_(None))
        .order_by(Membership.created_at)
        .limit(1)
    )


def is_empty() -> bool:
    return db.session.scalar(select(Tenant.id).limit(1)) is None


def link_owner(token: str) -> User:
    """The person a one-time link stands for; looking does not use it up.

    Raises:
        NotFound: unknown, used or past its 15 minutes.
    """
    user = db.session.scalar(
        select(User)
        .join(SignInLink, SignInLink.user_id == User.id)
        .where(
            SignInLink.token_hash == tokens.stored(token),
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > func.now(),
            User.deleted_at.is_(None),
        )
    )
    if user is None:
        raise NotFound(_OLD_LINK, minutes=LINK_MINUTES)
    return user


def use_link(token: str, password: str | None) -> User:
    """Use a one-time link up, choosing a password if one is given. Does not commit: signing in does."""
    user = link_owner(token)
    link = db.session.get_one(SignInLink, tokens.stored(token), with_for_update=True, populate_existing=True)
    if link.used_at is not None:
        raise NotFound(_OLD_LINK, minutes=LINK_MINUTES)
    if password:
        user.password_hash = passwords.hashed(password, about=(user.email,))
    link.used_at = func.now()
    return user


def person(email: str) -> User:
    """Who has this address, made if there is nobody. Of two who ask at once the second waits for the first's commit."""
    email = email_of(email)
    db.session.execute(insert(User).values(email=email).on_conflict_do_nothing())
    return db.session.scalars(select(User).where(User.email == email).with_for_update()).one()


def add_member(tenant_id: uuid.UUID, email: str, role: str) -> User:
    """Put the person of this address into a tenant. Does not commit: the verb that needs it does."""
    if role not in ROLES:
        raise Invalid("role", N_("A role is one of viewer, sender, manager, owner."))
    user = person(email)
    if db.session.get(Membership, (tenant_id, user.id)) is not None:
        raise Conflict(N_("This person is a member already."))
    db.session.add(Membership(tenant_id=tenant_id, user_id=user.id, role=role))
    db.session.flush()
    return user


def new_link(user: User) -> str:
    """The token of a fresh one-time link. Does not commit: the verb that needs it does."""
    token = tokens.fresh()
    db.session.add(
        SignInLink(
            token_hash=tokens.stored(token),
            user_id=user.id,
            expires_at=func.now() + timedelta(minutes=LINK_MINUTES),
        )
    )
    return token


def _name(text: str) -> str:
    return fields.line("name", text, 100)


def _free_slug(name: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or "tenant"
    taken = set(db.session.scalars(select(Tenant.slug).where(Tenant.slug.startswith(slug, autoescape=True))))
    return next(s for s in (slug, *(f"{slug}-{n}" for n in range(2, 10_000))) if s not in taken)
