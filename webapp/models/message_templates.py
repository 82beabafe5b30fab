"""Message templates: text with placeholders, free or standing for one approved at the provider."""

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Deletable, Json, JsonList, Kept, Model, Yes, one_of

KINDS = ("text", "template")


class MessageTemplate(Kept, Deletable, Model):
    __tablename__ = "message_templates"
    __table_args__ = (
        one_of("kind", KINDS),
        CheckConstraint(
            "kind = 'text' or (provider_name is not null and language is not null)", name="template_named"
        ),
        Index(
            "message_templates_name_alive",
            "tenant_id",
            text("lower(name)"),
            unique=True,
            postgresql_where=text("deleted_at is null"),
        ),
    )

    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text, server_default=text("'text'"))
    content: Mapped[str] = mapped_column(Text)
    # By name: the default when a contact has no such value.
    variables: Mapped[Json]
    is_active: Mapped[Yes]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    # What follows is set for kind `template`: its identity at the provider is (account, name, language).
    provider_name: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(Text)
    category: Mapped[str | None] = mapped_column(Text)
    components: Mapped[JsonList]
    provider_status: Mapped[str | None] = mapped_column(Text)
