"""the audit log of the configuration"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0001"
branch_labels = None
depends_on = None

# Whoever has the database itself can still drop the trigger; no statement of the desk can get past it.
APPEND_ONLY = """
CREATE FUNCTION refuse_change_of_audit_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only';
END $$
"""
GUARD = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_audit_log()
"""


def upgrade() -> None:
    document = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", document, nullable=True),
        sa.Column("after", document, nullable=True),
        sa.ForeignKeyConstraint(["country"], ["countries.code"], name=op.f("fk_audit_log_country")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
        sa.UniqueConstraint(
            "country",
            "resource",
            "key",
            "version",
            name=op.f("uq_audit_log_country_resource_key_version"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_audit_log_country", "audit_log", ["country", "id"], unique=False)
    op.execute(APPEND_ONLY)
    op.execute(GUARD)
