"""Groups of contacts."""

import uuid

from sqlalchemy import ForeignKeyConstraint, Index, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Deletable, Kept, Model, Now, OfTenant, Yes, Zero


class Group(Kept, Deletable, Model):
    __tablename__ = "groups"
    __table_args__ = (
        Index(
            "groups_name_alive",
            "tenant_id",
            text("lower(name)"),
            unique=True,
            postgresql_where=text("deleted_at is null"),
        ),
    )

    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, server_default=text("''"))
    is_active: Mapped[Yes]
    # Living members; triggers on memberships and on contacts keep it (migration 0002).
    contact_count: Mapped[Zero]


class GroupContact(OfTenant, Model):
    """A contact's membership of a group; means nothing without either."""

    __tablename__ = "group_contacts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "group_id"], ["groups.tenant_id", "groups.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["tenant_id", "contact_id"], ["contacts.tenant_id", "contacts.id"], ondelete="CASCADE"
        ),
        Index("group_contacts_contact_idx", "tenant_id", "contact_id"),
    )

    group_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    contact_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    created_at: Mapped[Now]
