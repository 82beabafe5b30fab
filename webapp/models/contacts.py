"""Contacts: the people a tenant may write to, and the words their names are found by."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, Computed, DateTime, ForeignKeyConstraint, Index, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Deletable, Json, Kept, Model, No, OfTenant, Yes


def _some(name: str, column: str, condition: str) -> Index:
    return Index(name, "tenant_id", column, postgresql_where=text(condition))


class Contact(Kept, Deletable, Model):
    __tablename__ = "contacts"
    __table_args__ = (
        # One person, one living contact, however the number is spelt.
        Index(
            "contacts_phone_key_alive",
            "tenant_id",
            "phone_key",
            unique=True,
            postgresql_where=text("deleted_at is null"),
        ),
        Index("contacts_phone_number_idx", "tenant_id", "phone_number"),
        Index("contacts_phone_reversed_idx", "tenant_id", "phone_reversed"),
        # Few among many: without these a list of them would read everybody.
        _some("contacts_trash_idx", "id", "deleted_at is not null"),
        _some("contacts_inactive_idx", "id", "not is_active and deleted_at is null"),
        _some("contacts_doubtful_idx", "id", "is_doubtful and deleted_at is null"),
        _some(
            "contacts_whatsapp_user_idx",
            "whatsapp_user_id",
            "whatsapp_user_id is not null and deleted_at is null",
        ),
        CheckConstraint("phone_number ~ '^\\+[1-9][0-9]{6,14}$'", name="phone_number_e164"),
        CheckConstraint("phone_number is not null or whatsapp_user_id is not null", name="reachable"),
    )

    # Null for people who hide it: they are known by whatsapp_user_id alone.
    phone_number: Mapped[str | None] = mapped_column(Text)
    phone_key: Mapped[str] = mapped_column(Text)
    # Reversed, so that its last digits are a range in an index (LIKE would lose it behind row-level security).
    phone_reversed: Mapped[str | None] = mapped_column(
        Text, Computed("reverse(phone_number)", persisted=True)
    )
    is_doubtful: Mapped[No]
    wa_id: Mapped[str | None] = mapped_column(Text)
    whatsapp_user_id: Mapped[str | None] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text, server_default=text("''"))
    attributes: Mapped[Json]
    is_active: Mapped[Yes]
    # Opens the 24 hours in which free text reaches this person.
    last_inbound_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class ContactWord(OfTenant, Model):
    """Each lower-case word of a contact's name; triggers keep it (migration 0002). Goes with its contact."""

    __tablename__ = "contact_words"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "contact_id"], ["contacts.tenant_id", "contacts.id"], ondelete="CASCADE"
        ),
        Index("contact_words_contact_idx", "tenant_id", "contact_id"),
    )

    word: Mapped[str] = mapped_column(Text, primary_key=True)
    contact_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
