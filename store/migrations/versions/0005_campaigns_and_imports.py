"""what campaigns ask for, push periods by their first day, imports of files"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None

LISTS = (
    ("campaigns", "documents"),
    ("campaigns", "information"),
    ("campaign_products", "required_documents"),
    ("campaign_products", "required_information"),
)


def upgrade() -> None:
    document = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())
    op.drop_column("campaign_products", "documents")
    op.drop_column("campaign_products", "information")
    for table, column in LISTS:
        op.add_column(table, sa.Column(column, document, server_default="[]", nullable=False))
        op.alter_column(table, column, server_default=None)
    # The audit log knows the version of every entry.
    for table in ("campaigns", "campaign_products", "push_periods"):
        op.drop_column(table, "version")
    op.drop_index("ix_push_periods_product", "push_periods")
    op.create_unique_constraint(
        op.f("uq_push_periods_country_campaign_product_first_day"),
        "push_periods",
        ["country", "campaign", "product", "first_day"],
    )
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("rows_total", sa.Integer(), nullable=True),
        sa.Column("rows_read", sa.Integer(), nullable=False),
        sa.Column("flaws", document, nullable=False),
        sa.Column("flaws_more", sa.Integer(), nullable=False),
        sa.Column("result", document, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'refused', 'failed')", name=op.f("ck_imports_state")
        ),
        sa.ForeignKeyConstraint(["country"], ["countries.code"], name=op.f("fk_imports_country")),
        sa.ForeignKeyConstraint(["login"], ["accounts.login"], name=op.f("fk_imports_login")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
        sa.UniqueConstraint("login", "idempotency_key", name=op.f("uq_imports_login_idempotency_key")),
    )
    op.create_index("ix_imports_country", "imports", ["country", "id"])
