"""Message templates, campaigns and their recipients."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.walls import raise_wall

revision = "0003"
down_revision = "0002"


RECIPIENT_RANK = """
create function recipient_rank(status text) returns integer language sql immutable parallel safe
return case status when 'pending' then 0 when 'uncertain' then 2 when 'accepted' then 3 when 'sent' then 4
  when 'failed' then 5 when 'delivered' then 6 when 'read' then 7 end
"""

# Forward moves never get here (see the trigger's condition). Back to pending goes only what was not accepted, by a
# retry or a person; the side exits are taken from pending and never left.
REFUSE_RECIPIENT_MOVE = """
create function refuse_recipient_move() returns trigger language plpgsql as $$
begin
  if (old.status, new.status) in (('failed', 'pending'), ('uncertain', 'pending'), ('pending', 'skipped'),
                                  ('pending', 'cancelled')) then
    return new;
  end if;
  raise exception 'a recipient can not go from % to %', old.status, new.status using errcode = 'check_violation';
end $$
"""

REFUSE_CAMPAIGN_MOVE = """
create function refuse_campaign_move() returns trigger language plpgsql as $$
begin
  if (old.status, new.status) in (
    ('draft', 'scheduled'), ('draft', 'preparing'), ('draft', 'cancelled'),
    ('scheduled', 'draft'), ('scheduled', 'preparing'), ('scheduled', 'paused'), ('scheduled', 'cancelled'),
    ('preparing', 'running'), ('preparing', 'completed'), ('preparing', 'failed'), ('preparing', 'cancelled'),
    ('running', 'paused'), ('running', 'completed'), ('running', 'cancelled'),
    ('paused', 'running'), ('paused', 'preparing'), ('paused', 'completed'), ('paused', 'cancelled'),
    ('completed', 'running')) then
    return new;
  end if;
  raise exception 'a campaign can not go from % to %', old.status, new.status using errcode = 'check_violation';
end $$
"""

TRIGGERS = (
    "create trigger recipient_moves before update on campaign_recipients for each row when "
    "(old.status <> new.status and not coalesce(recipient_rank(new.status) > recipient_rank(old.status), false)) "
    "execute function refuse_recipient_move()",
    "create trigger campaign_moves before update on campaigns for each row when (old.status <> new.status) "
    "execute function refuse_campaign_move()",
)


def upgrade() -> None:
    op.create_table(
        "message_templates",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default=sa.text("'text'"), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column(
            "variables",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("provider_name", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column(
            "components",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("provider_status", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind = 'text' or (provider_name is not null and language is not null)",
            name=op.f("message_templates_template_named"),
        ),
        sa.CheckConstraint("kind in ('text', 'template')", name=op.f("message_templates_kind_known")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="message_templates_tenant_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="message_templates_pkey"),
    )
    op.create_index(
        "message_templates_name_alive",
        "message_templates",
        ["tenant_id", sa.literal_column("lower(name)")],
        unique=True,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "campaigns",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("whatsapp_instance_id", sa.Uuid(), nullable=True),
        sa.Column("message_template_id", sa.Uuid(), nullable=True),
        sa.Column("message", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("message_kind", sa.Text(), server_default=sa.text("'text'"), nullable=False),
        sa.Column(
            "message_variables",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "message_template",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "audience",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("wizard_step", sa.Text(), server_default=sa.text("'number'"), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'draft'"), nullable=False),
        sa.Column("scheduled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_reason", sa.Text(), nullable=True),
        sa.Column(
            "excluded",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("total_recipients", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("first_number", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("delivered_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("read_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("failed_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("uncertain_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("skipped_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("cancelled_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("message_kind in ('text', 'template')", name=op.f("campaigns_message_kind_known")),
        sa.CheckConstraint(
            "status in ('draft', 'scheduled', 'preparing', 'running', 'paused', 'completed', 'failed', 'cancelled')",
            name=op.f("campaigns_status_known"),
        ),
        sa.CheckConstraint(
            "wizard_step in ('number', 'audience', 'message', 'schedule', 'review')",
            name=op.f("campaigns_wizard_step_known"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "message_template_id"],
            ["message_templates.tenant_id", "message_templates.id"],
            name="campaigns_tenant_id_message_template_id_fkey",
            ondelete="SET NULL (message_template_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "whatsapp_instance_id"],
            ["whatsapp_instances.tenant_id", "whatsapp_instances.id"],
            name="campaigns_tenant_id_whatsapp_instance_id_fkey",
            ondelete="SET NULL (whatsapp_instance_id)",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="campaigns_tenant_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="campaigns_pkey"),
    )
    op.create_index(
        "campaigns_unfinished_idx",
        "campaigns",
        ["tenant_id", "status"],
        unique=False,
        postgresql_where=sa.text("status in ('scheduled', 'preparing', 'running', 'paused')"),
    )
    op.create_table(
        "campaign_counts",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("stripe", sa.SmallInteger(), nullable=False),
        sa.Column("sent_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("delivered_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("read_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("failed_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("uncertain_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("skipped_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("cancelled_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "campaign_id"],
            ["campaigns.tenant_id", "campaigns.id"],
            name="campaign_counts_tenant_id_campaign_id_fkey",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="campaign_counts_tenant_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "campaign_id", "stripe", name="campaign_counts_pkey"),
        postgresql_with={"fillfactor": 50},
    )
    op.create_table(
        "campaign_failures",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("error_code", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "campaign_id"],
            ["campaigns.tenant_id", "campaigns.id"],
            name="campaign_failures_tenant_id_campaign_id_fkey",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="campaign_failures_tenant_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "campaign_id", "error_code", name="campaign_failures_pkey"),
    )
    op.create_table(
        "campaign_samples",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("sent_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("delivered_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("read_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "campaign_id"],
            ["campaigns.tenant_id", "campaigns.id"],
            name="campaign_samples_tenant_id_campaign_id_fkey",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="campaign_samples_tenant_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "campaign_id", "at", name="campaign_samples_pkey"),
    )
    op.create_table(
        "campaign_recipients",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("phone_number", sa.Text(), nullable=False),
        sa.Column("phone_key", sa.Text(), nullable=False),
        sa.Column(
            "message_data",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("status", sa.Text(), server_default=sa.text("'pending'"), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status in ('pending', 'uncertain', 'accepted', 'sent', 'failed', 'delivered', 'read', 'skipped', 'cancelled')",
            name=op.f("campaign_recipients_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "campaign_id"],
            ["campaigns.tenant_id", "campaigns.id"],
            name="campaign_recipients_tenant_id_campaign_id_fkey",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contact_id"],
            ["contacts.tenant_id", "contacts.id"],
            name="campaign_recipients_tenant_id_contact_id_fkey",
            ondelete="SET NULL (contact_id)",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "number", name="campaign_recipients_pkey"),
        postgresql_with={"fillfactor": 50},
    )
    op.create_index(
        "campaign_recipients_once",
        "campaign_recipients",
        ["tenant_id", "contact_id", "campaign_id"],
        unique=True,
    )
    raise_wall("message_templates")
    raise_wall("campaigns")
    raise_wall("campaign_counts")
    raise_wall("campaign_failures")
    raise_wall("campaign_samples")
    raise_wall("campaign_recipients")
    for statement in (RECIPIENT_RANK, REFUSE_RECIPIENT_MOVE, REFUSE_CAMPAIGN_MOVE, *TRIGGERS):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("campaign_recipients")
    op.drop_table("campaign_samples")
    op.drop_table("campaign_failures")
    op.drop_table("campaign_counts")
    op.drop_table("campaigns")
    op.drop_table("message_templates")
    op.execute("drop function refuse_recipient_move, refuse_campaign_move, recipient_rank")
