"""Sessions: who is there. Signing in and out, the limits on tries, and what a signed-in browser may see."""

import hashlib
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import BigInteger, Label, Select, delete, func, literal_column, or_, select, update

from webapp.db import act_for, db
from webapp.domain.errors import N_, Invalid, NotAllowed, NotFound
from webapp.models.sessions import VisitorSession
from webapp.models.tenants import Tenant
from webapp.models.users import Membership, SignInLink, SignInTry, User
from webapp.services import accounts, audit, departures, passwords, tokens

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)

_HORIZON: Final[Label[int]] = literal_column(
    "pg_snapshot_xmin(pg_current_snapshot())::text::bigint", BigInteger
).label("horizon")

# Tries in five minutes: for one account, from one address, altogether.
TRIES_WINDOW = timedelta(minutes=5)
TRIES_ACCOUNT, TRIES_ADDRESS, TRIES_ALL = 10, 10, 1000


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person at work in one tenant. `horizon` is the database's of the moment at which their request began: what
    becomes visible later is found from there (services/feed)."""

    user: User
    tenant: Tenant
    role: str
    token_hash: str
    horizon: int = 0


def sign_in(email: str, password: str, address: str) -> str:
    """Check the password and open a session; returns the token that the browser carries.

    The same answer and the same time for an unknown address, a wrong password and a person who was removed.
    """
    email = accounts.folded(email)
    _count_try(email, address)
    user = db.session.scalar(select(User).where(User.email == email, User.deleted_at.is_(None)))
    if not passwords.matches(user.password_hash if user else None, password) or user is None:
        raise Invalid("", N_("This address and password do not go together."))
    if passwords.is_outdated(user.password_hash or ""):
        user.password_hash = passwords.rehashed(password)
    return _open(user)


def sign_in_by_link(token: str, password: str | None) -> str:
    """Use a one-time link up; returns the token that the browser carries. A new password ends other sessions."""
    user = accounts.use_link(token, password)
    if password:
        _end_sessions(user)
    return _open(user)


def tenants_of(user: User) -> list[Tenant]:
    """Where a person may work, the first one first."""
    return list(
        db.session.scalars(
            select(Tenant)
            .join(Membership, Membership.tenant_id == Tenant.id)
            .where(Membership.user_id == user.id, Tenant.deleted_at.is_(None))
            .order_by(Membership.created_at, Tenant.id)
        )
    )


def switch(signed_in: SignedIn, tenant_id: uuid.UUID) -> str:
    """Go to work in another of one's tenants; returns the token of the new session, the old one ends."""
    if tenant_id not in [tenant.id for tenant in tenants_of(signed_in.user)]:
        raise NotFound
    db.session.execute(delete(VisitorSession).where(VisitorSession.token_hash == signed_in.token_hash))
    return _open(signed_in.user, tenant_id)


def visitor(token: str) -> SignedIn | None:
    """Who carries this token, if the session still stands; from here on the context acts for their tenant."""
    query = _standing(tokens.stored(token)).add_columns(_HORIZON)
    row = db.session.execute(query).one_or_none()
    if row is None:
        return None
    user, tenant, role, session, horizon = row
    _touch(session.token_hash)
    act_for(tenant.id)
    return SignedIn(user, tenant, role, session.token_hash, horizon)


def stands(token_hash: str) -> bool:
    """Whether a session still stands, for a socket that stays open. To listen is not to be at work: the session
    grows no younger. Gives the connection back."""
    return token_hash in standing_of([token_hash])


def standing_of(token_hashes: Collection[str]) -> set[str]:
    """Which of these sessions still stand, like `stands`."""
    query = _standing(*token_hashes).with_only_columns(VisitorSession.token_hash)
    found = set(db.session.scalars(query))
    db.session.commit()
    return found


def sign_out(token: str) -> None:
    mine = VisitorSession.token_hash == tokens.stored(token)
    for user_id in db.session.scalars(delete(VisitorSession).where(mine).returning(VisitorSession.user_id)):
        departures.tell(user_id)
    db.session.commit()


def prove(signed_in: SignedIn, password: str, address: str) -> User:
    """Whether it is still the person who signed in; tries are counted with those of signing in."""
    user = signed_in.user
    _count_try(user.email, address)
    if not passwords.matches(user.password_hash, password):
        raise Invalid("present_password", N_("This is not your password."))
    return user


def change_password(signed_in: SignedIn, old: str, new: str, address: str = "") -> User:
    """Set another password; every other browser of this person is signed out. Tries count as those of signing in."""
    user = signed_in.user
    if user.password_hash:
        _count_try(user.email, address)
        if not passwords.matches(user.password_hash, old):
            raise Invalid("old_password", N_("This is not your password."))
    user.password_hash = passwords.hashed(new, about=(user.email, signed_in.tenant.name))
    _end_sessions(user, but=signed_in.token_hash)
    audit.record(signed_in.tenant.id, user.id, "password_changed", user.id)
    db.session.commit()
    return user


def forget_old() -> None:
    """Drop what has run out: sessions, one-time links, and tries older than the limits look back."""
    db.session.execute(
        delete(VisitorSession).where(
            or_(VisitorSession.expires_at < func.now(), VisitorSession.seen_at < func.now() - IDLE)
        )
    )
    db.session.execute(delete(SignInLink).where(SignInLink.expires_at < func.now()))
    db.session.execute(delete(SignInTry).where(SignInTry.tried_at < func.now() - TRIES_WINDOW))
    db.session.commit()


def _standing(*token_hashes: str) -> Select[User, Tenant, str, VisitorSession]:
    return (
        select(User, Tenant, Membership.role, VisitorSession)
        .join(VisitorSession, VisitorSession.user_id == User.id)
        .join(Tenant, Tenant.id == VisitorSession.tenant_id)
        .join(Membership, (Membership.user_id == User.id) & (Membership.tenant_id == Tenant.id))
        .where(
            VisitorSession.token_hash.in_(token_hashes),
            VisitorSession.expires_at > func.now(),
            VisitorSession.seen_at > func.now() - IDLE,
            User.deleted_at.is_(None),
            Tenant.deleted_at.is_(None),
        )
    )


def _end_sessions(user: User, *, but: str = "") -> None:
    """Sign a person out everywhere but in one browser; links that were not opened yet end too."""
    mine = VisitorSession.user_id == user.id
    db.session.execute(delete(VisitorSession).where(mine, VisitorSession.token_hash != but))
    db.session.execute(delete(SignInLink).where(SignInLink.user_id == user.id, SignInLink.used_at.is_(None)))
    departures.tell(user.id)


def _open(user: User, tenant_id: uuid.UUID | None = None) -> str:
    if tenant_id is None:
        tenants = tenants_of(user)
        if not tenants:
            raise NotAllowed(N_("You do not belong to any tenant any more."))
        tenant_id = tenants[0].id
    token = tokens.fresh()
    act_for(tenant_id)
    db.session.add(
        VisitorSession(
            token_hash=tokens.stored(token),
            tenant_id=tenant_id,
            user_id=user.id,
            expires_at=func.now() + LONGEST,
        )
    )
    audit.record(tenant_id, user.id, "signed_in", user.id)
    db.session.commit()
    return token


def _touch(token_hash: str) -> None:
    """Note that the session is in use, at most once a minute; a busy page must not write at each request.
    Of several requests that come at once one does it and none waits."""
    mine = select(VisitorSession.token_hash).where(
        VisitorSession.token_hash == token_hash,
        VisitorSession.seen_at < func.now() - timedelta(minutes=1),
    )
    touched = db.session.execute(
        update(VisitorSession)
        .where(VisitorSession.token_hash.in_(mine.with_for_update(skip_locked=True)))
        .values(seen_at=func.now())
        .returning(VisitorSession.token_hash)
        .execution_options(synchronize_session=False)
    )
    if touched.first() is not None:
        db.session.commit()


def _count_try(email: str, address: str) -> None:
    """Refuse beyond the limits. Kept in PostgreSQL, so that it holds without Redis; each try commits by itself."""
    account = hashlib.sha256(email.encode()).hexdigest()
    counts = db.session.execute(
        select(
            func.count().filter(SignInTry.account_hash == account),
            func.count().filter(SignInTry.address == address),
            func.count(),
        ).where(SignInTry.tried_at > func.now() - TRIES_WINDOW)
    ).one()
    if counts[0] >= TRIES_ACCOUNT or counts[1] >= TRIES_ADDRESS or counts[2] >= TRIES_ALL:
        raise NotAllowed(N_("Too many tries. Wait five minutes and try again."))
    db.session.add(SignInTry(account_hash=account, address=address, tried_at=func.clock_timestamp()))
    db.session.commit()
