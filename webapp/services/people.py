"""People: who belongs to a tenant and in which role. An owner adds, changes and removes them."""

import uuid

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import joinedload

from webapp.db import db
from webapp.domain.errors import N_, Conflict, Invalid, NotFound
from webapp.domain.roles import ROLES
from webapp.models.sessions import VisitorSession
from webapp.models.users import Membership, SignInLink, User
from webapp.services import accounts, audit, departures

_LAST_OWNER = N_("Somebody must stay owner. Make another person owner first.")

_ANOTHERS = N_("This person belongs to another customer here, too. Ask whoever runs this installation.")


def listed(tenant_id: uuid.UUID) -> list[Membership]:
    """Everybody in the tenant, who came first first. A tenant has few people: no pages."""
    query = select(Membership).options(joinedload(Membership.user)).where(Membership.tenant_id == tenant_id)
    return list(db.session.scalars(query.order_by(Membership.created_at, Membership.user_id)))


def get(tenant_id: uuid.UUID, user_id: uuid.UUID) -> Membership:
    person = db.session.get(Membership, (tenant_id, user_id), options=[joinedload(Membership.user)])
    if person is None:
        raise NotFound(N_("There is no such person here."))
    return person


def add(tenant_id: uuid.UUID, email: str, role: str, *, by: uuid.UUID) -> tuple[Membership, str]:
    """Let somebody in; returns them and the token of a one-time link to hand over.

    Nobody of another tenant, for the link would open both; the command line can add them.
    """
    _begin_anew(tenant_id, accounts.person(email))
    user = accounts.add_member(tenant_id, email, role)
    token = accounts.new_link(user)
    audit.record(tenant_id, by, "user_added", user.id, role=role)
    db.session.commit()
    return get(tenant_id, user.id), token


def new_link(tenant_id: uuid.UUID, user_id: uuid.UUID, *, by: uuid.UUID) -> str:
    """The token of another one-time link for somebody who let the first one pass or forgot the password."""
    person = get(tenant_id, user_id)
    if _is_elsewhere(tenant_id, user_id):
        raise Conflict(_ANOTHERS)
    token = accounts.new_link(person.user)
    audit.record(tenant_id, by, "link_made", user_id)
    db.session.commit()
    return token


def change_role(tenant_id: uuid.UUID, user_id: uuid.UUID, role: str, *, by: uuid.UUID) -> Membership:
    """Give somebody another role and end their sessions. The last owner stays one."""
    if role not in ROLES:
        raise Invalid("role", N_("A role is one of viewer, sender, manager, owner."))
    person = get(tenant_id, user_id)
    if person.role == role:
        return person
    if role != "owner":
        _keep_an_owner(tenant_id, user_id)
    audit.record(tenant_id, by, "role_changed", user_id, was=person.role, role=role)
    person.role = role
    _sign_out(tenant_id, user_id)
    db.session.commit()
    return person


def remove(tenant_id: uuid.UUID, user_id: uuid.UUID, *, by: uuid.UUID) -> str:
    """Take somebody out of the tenant and end their sessions; returns their address. The last owner stays."""
    person = get(tenant_id, user_id)
    _keep_an_owner(tenant_id, user_id)
    email = person.user.email
    _sign_out(tenant_id, user_id)
    db.session.delete(person)
    audit.record(tenant_id, by, "user_removed", user_id, role=person.role)
    db.session.commit()
    return email


def _is_elsewhere(tenant_id: uuid.UUID, user_id: uuid.UUID) -> bool:
    elsewhere = (Membership.user_id == user_id) & (Membership.tenant_id != tenant_id)
    return bool(db.session.scalar(select(exists().where(elsewhere))))


def _begin_anew(tenant_id: uuid.UUID, user: User) -> None:
    """Who is in no tenant any more begins anew, because an earlier owner may hold a link or know the password."""
    if db.session.get(Membership, (tenant_id, user.id)) is not None:
        raise Invalid("email", N_("This person is here already."))
    if _is_elsewhere(tenant_id, user.id):
        raise Invalid("email", _ANOTHERS)
    user.password_hash = None
    db.session.execute(delete(SignInLink).where(SignInLink.user_id == user.id))


def _keep_an_owner(tenant_id: uuid.UUID, leaving: uuid.UUID) -> None:
    """Locks the owners, so that two who leave at once do not both find the other still there."""
    owners = db.session.scalars(
        select(Membership.user_id)
        .where(Membership.tenant_id == tenant_id, Membership.role == "owner")
        .order_by(Membership.user_id)
        .with_for_update()
    ).all()
    if leaving in owners and len(owners) == 1:
        raise Conflict(_LAST_OWNER)


def _sign_out(tenant_id: uuid.UUID, user_id: uuid.UUID) -> None:
    db.session.execute(
        delete(VisitorSession).where(VisitorSession.tenant_id == tenant_id, VisitorSession.user_id == user_id)
    )
    departures.tell(user_id)
