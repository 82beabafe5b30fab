"""Connected numbers, contacts, opt-outs, groups."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.walls import grant, raise_wall

revision = "0002"
down_revision = "0001"


# The words a name is found by. Transition tables make one statement of a million rows one statement here too.
KEEP_WORDS = """
create function keep_contact_words() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    delete from contact_words w using old_rows o, new_rows n
     where n.tenant_id = o.tenant_id and n.id = o.id and n.name is distinct from o.name
       and w.tenant_id = o.tenant_id and w.contact_id = o.id;
    insert into contact_words (tenant_id, word, contact_id)
    select distinct n.tenant_id, word, n.id
      from new_rows n join old_rows o on o.tenant_id = n.tenant_id and o.id = n.id
           cross join regexp_split_to_table(lower(n.name), '[\\s.,;:()"/|_-]+') word
     where n.name is distinct from o.name and word <> '';
  else
    insert into contact_words (tenant_id, word, contact_id)
    select distinct n.tenant_id, word, n.id
      from new_rows n cross join regexp_split_to_table(lower(n.name), '[\\s.,;:()"/|_-]+') word
     where word <> '';
  end if;
  return null;
end $$
"""

# Members who live, counted once per statement: a page never counts a million rows.
KEEP_COUNTS = """
create function keep_group_counts() returns trigger language plpgsql as $$
begin
  if tg_table_name = 'contacts' then
    update groups g set contact_count = g.contact_count + d.change
      from (select m.tenant_id, m.group_id, sum(case when n.deleted_at is null then 1 else -1 end) as change
              from new_rows n join old_rows o on o.tenant_id = n.tenant_id and o.id = n.id
                   join group_contacts m on m.tenant_id = n.tenant_id and m.contact_id = n.id
             where (n.deleted_at is null) <> (o.deleted_at is null)
             group by m.tenant_id, m.group_id) d
     where g.tenant_id = d.tenant_id and g.id = d.group_id;
  else
    update groups g set contact_count = g.contact_count + d.change
      from (select m.tenant_id, m.group_id, (case tg_op when 'INSERT' then 1 else -1 end) * count(*) as change
              from changed_rows m
                   join contacts c on c.tenant_id = m.tenant_id and c.id = m.contact_id and c.deleted_at is null
             group by m.tenant_id, m.group_id) d
     where g.tenant_id = d.tenant_id and g.id = d.group_id;
  end if;
  return null;
end $$
"""

TRIGGERS = (
    "create trigger contact_words_insert after insert on contacts referencing new table as new_rows "
    "for each statement execute function keep_contact_words()",
    "create trigger contact_words_update after update on contacts referencing old table as old_rows "
    "new table as new_rows for each statement execute function keep_contact_words()",
    "create trigger group_counts_contacts after update on contacts referencing old table as old_rows "
    "new table as new_rows for each statement execute function keep_group_counts()",
    "create trigger group_counts_insert after insert on group_contacts referencing new table as changed_rows "
    "for each statement execute function keep_group_counts()",
    "create trigger group_counts_delete after delete on group_contacts referencing old table as changed_rows "
    "for each statement execute function keep_group_counts()",
)


def upgrade() -> None:
    op.create_table(
        "whatsapp_instances",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone_number", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), server_default=sa.text("'cloud'"), nullable=False),
        sa.Column("base_url", sa.Text(), nullable=False),
        sa.Column("api_version", sa.Text(), nullable=False),
        sa.Column("phone_number_id", sa.Text(), nullable=False),
        sa.Column("business_account_id", sa.Text(), nullable=False),
        sa.Column(
            "credentials",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("messages_per_second", sa.Integer(), server_default=sa.text("80"), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'unchecked'"), nullable=False),
        sa.Column("quality", sa.Text(), server_default=sa.text("'UNKNOWN'"), nullable=False),
        sa.Column(
            "check_result",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("provider in ('cloud')", name=op.f("whatsapp_instances_provider_known")),
        sa.CheckConstraint(
            "quality in ('GREEN', 'YELLOW', 'RED', 'UNKNOWN')", name=op.f("whatsapp_instances_quality_known")
        ),
        sa.CheckConstraint(
            "status in ('unchecked', 'checking', 'connected', 'refused', 'paused')",
            name=op.f("whatsapp_instances_status_known"),
        ),
        sa.CheckConstraint(
            "messages_per_second between 1 and 1000",
            name=op.f("whatsapp_instances_messages_per_second_range"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="whatsapp_instances_tenant_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="whatsapp_instances_pkey"),
    )
    op.create_table(
        "callback_addresses",
        sa.Column("whatsapp_instance_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "whatsapp_instance_id"],
            ["whatsapp_instances.tenant_id", "whatsapp_instances.id"],
            name="callback_addresses_tenant_id_whatsapp_instance_id_fkey",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("whatsapp_instance_id", name="callback_addresses_pkey"),
    )
    op.create_table(
        "contacts",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("phone_number", sa.Text(), nullable=True),
        sa.Column("phone_key", sa.Text(), nullable=False),
        sa.Column(
            "phone_reversed", sa.Text(), sa.Computed("reverse(phone_number)", persisted=True), nullable=True
        ),
        sa.Column("is_doubtful", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("wa_id", sa.Text(), nullable=True),
        sa.Column("whatsapp_user_id", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "attributes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("last_inbound_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("phone_number ~ '^\\+[1-9][0-9]{6,14}$'", name=op.f("contacts_phone_number_e164")),
        sa.CheckConstraint(
            "phone_number is not null or whatsapp_user_id is not null", name=op.f("contacts_reachable")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="contacts_tenant_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="contacts_pkey"),
    )
    op.create_index(
        "contacts_phone_key_alive",
        "contacts",
        ["tenant_id", "phone_key"],
        unique=True,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_index("contacts_phone_number_idx", "contacts", ["tenant_id", "phone_number"], unique=False)
    op.create_index("contacts_phone_reversed_idx", "contacts", ["tenant_id", "phone_reversed"], unique=False)
    op.create_table(
        "contact_words",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contact_id"],
            ["contacts.tenant_id", "contacts.id"],
            name="contact_words_tenant_id_contact_id_fkey",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="contact_words_tenant_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "word", "contact_id", name="contact_words_pkey"),
    )
    op.create_index("contact_words_contact_idx", "contact_words", ["tenant_id", "contact_id"], unique=False)
    op.create_table(
        "opt_outs",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("phone_key", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "source in ('stop_word', 'native', 'page', 'provider_error')", name=op.f("opt_outs_source_known")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="opt_outs_tenant_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="opt_outs_pkey"),
    )
    op.create_index(
        "opt_outs_standing",
        "opt_outs",
        ["tenant_id", "phone_key", "source"],
        unique=True,
        postgresql_where=sa.text("lifted_at is null"),
    )
    op.create_table(
        "groups",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("contact_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="groups_tenant_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="groups_pkey"),
    )
    op.create_index(
        "groups_name_alive",
        "groups",
        ["tenant_id", sa.literal_column("lower(name)")],
        unique=True,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "group_contacts",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contact_id"],
            ["contacts.tenant_id", "contacts.id"],
            name="group_contacts_tenant_id_contact_id_fkey",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "group_id"],
            ["groups.tenant_id", "groups.id"],
            name="group_contacts_tenant_id_group_id_fkey",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="group_contacts_tenant_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "group_id", "contact_id", name="group_contacts_pkey"),
    )
    op.create_index("group_contacts_contact_idx", "group_contacts", ["tenant_id", "contact_id"], unique=False)
    raise_wall("whatsapp_instances")
    grant("callback_addresses")
    raise_wall("contacts")
    raise_wall("contact_words")
    raise_wall("opt_outs")
    raise_wall("groups")
    raise_wall("group_contacts")
    for statement in (KEEP_WORDS, KEEP_COUNTS, *TRIGGERS):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("group_contacts")
    op.drop_table("groups")
    op.drop_table("opt_outs")
    op.drop_table("contact_words")
    op.drop_table("contacts")
    op.drop_table("callback_addresses")
    op.drop_table("whatsapp_instances")
    op.execute("drop function keep_contact_words, keep_group_counts")
