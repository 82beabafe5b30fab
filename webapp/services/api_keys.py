"""Keys: what programs carry instead of a password. The key itself is shown once and never stored."""

import hmac
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Select, func, or_, select, update

from webapp.db import act_for, db
from webapp.domain import fields, scopes
from webapp.domain.errors import N_, Invalid, NotFound
from webapp.models.sessions import ApiKey
from webapp.models.tenants import Tenant
from webapp.services import audit, departures, tokens

BEGINNING: Final = "crier_"
# What a list shows of a key, so that its owner knows it again.
SHOWN: Final = len(BEGINNING) + 6
LONGEST_DAYS: Final = 3650
_LONGEST_TOKEN: Final = 200


@dataclass(frozen=True, slots=True)
class Holder:
    """Whoever carries a key that holds: for which tenant, and what it may do."""

    tenant_id: uuid.UUID
    key_id: uuid.UUID
    name: str
    scopes: frozenset[str]

    def may(self, scope: str) -> bool:
        return scope in self.scopes


def listed(tenant_id: uuid.UUID) -> list[ApiKey]:
    """The keys that were not revoked, the newest first; those that ran out among them."""
    query = select(ApiKey).where(ApiKey.tenant_id == tenant_id, ApiKey.deleted_at.is_(None))
    return list(db.session.scalars(query.order_by(ApiKey.id.desc())))


def get(tenant_id: uuid.UUID, key_id: uuid.UUID) -> ApiKey:
    """One of those that were not revoked. Raises NotFound."""
    return _there(db.session.scalar(_living(tenant_id, key_id)))


def create(
    tenant_id: uuid.UUID,
    *,
    name: str,
    scopes_asked: Iterable[str] = tuple(scopes.SCOPES),
    days: int | None = None,
    by: uuid.UUID | None = None,
) -> tuple[ApiKey, str]:
    """Make a key; returns it and what its holder carries, which nobody can show again.

    Args:
        days: for how long it holds; None: until it is revoked.
    """
    _living_tenant(tenant_id)
    act_for(tenant_id)
    token = BEGINNING + tokens.fresh()
    key = ApiKey(
        tenant_id=tenant_id,
        name=fields.line("name", name, 100),
        prefix=token[:SHOWN],
        key_hash=tokens.stored(token),
        scopes=scopes.chosen(scopes_asked),
        expires_at=_end(days),
    )
    db.session.add(key)
    db.session.flush()
    audit.record(tenant_id, by, "api_key_created", key.id, name=key.name, scopes=key.scopes)
    db.session.commit()
    return key, token


def revoke(tenant_id: uuid.UUID, key_id: uuid.UUID, *, by: uuid.UUID | None = None) -> ApiKey:
    """Take a key away for good: the next request that carries it is refused."""
    key = _there(db.session.scalar(_living(tenant_id, key_id).with_for_update()))
    key.deleted_at = func.now()
    audit.record(tenant_id, by, "api_key_revoked", key.id, name=key.name)
    departures.tell(key.id)
    db.session.commit()
    return key


def verify(token: str) -> Holder | None:
    """Who carries this key, if it holds; from here on the context acts for their tenant, by this key."""
    if not token.startswith(BEGINNING) or len(token) > _LONGEST_TOKEN:
        return None
    hashed = tokens.stored(token)
    key = db.session.scalar(select(ApiKey).join(Tenant, Tenant.id == ApiKey.tenant_id).where(
        ApiKey.key_hash == hashed, *_holds()))  # fmt: skip
    if key is None or not hmac.compare_digest(key.key_hash, hashed):
        return None
    holder = Holder(key.tenant_id, key.id, key.name, frozenset(key.scopes))
    _touch(key)
    act_for(holder.tenant_id)
    audit.name_key(holder.key_id)
    return holder


def stands(key_id: uuid.UUID) -> bool:
    """Whether a key still holds, for a socket that stays open. Gives the connection back."""
    return key_id in standing_of([key_id])


def standing_of(key_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these keys still hold. Gives the connection back."""
    query = select(ApiKey.id).join(Tenant, Tenant.id == ApiKey.tenant_id)
    found = set(db.session.scalars(query.where(ApiKey.id.in_(key_ids), *_holds())))
    db.session.commit()
    return found


def _living(tenant_id: uuid.UUID, key_id: uuid.UUID) -> Select[ApiKey]:
    return select(ApiKey).where(
        ApiKey.tenant_id == tenant_id, ApiKey.id == key_id, ApiKey.deleted_at.is_(None)
    )


def _there(key: ApiKey | None) -> ApiKey:
    if key is None:
        raise NotFound(N_("There is no such key."))
    return key


def _holds() -> tuple[ColumnElement[bool], ...]:
    return (
        ApiKey.deleted_at.is_(None),
        or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > func.now()),
        Tenant.deleted_at.is_(None),
    )


def _touch(key: ApiKey) -> None:
    """Note that the key is in use, at most once a minute; of several requests at once one does it and none waits."""
    if key.last_used_at is not None and datetime.now(UTC) - key.last_used_at < timedelta(minutes=1):
        return
    mine = select(ApiKey.id).where(
        ApiKey.id == key.id,
        or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < func.now() - timedelta(minutes=1)),
    )
    db.session.execute(
        update(ApiKey)
        .where(ApiKey.id.in_(mine.with_for_update(skip_locked=True)))
        .values(last_used_at=func.now(), updated_at=ApiKey.updated_at)
        .execution_options(synchronize_session=False)
    )
    db.session.commit()


def _end(days: int | None) -> datetime | None:
    if days is None:
        return None
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid("days", N_("Choose from 1 to %(most)d days."), most=LONGEST_DAYS)
    return datetime.now(UTC) + timedelta(days=days)


def _living_tenant(tenant_id: uuid.UUID) -> None:
    tenant = db.session.get(Tenant, tenant_id)
    if tenant is None or tenant.deleted_at is not None:
        raise NotFound(N_("There is no such tenant."))
