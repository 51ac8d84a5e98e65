"""loyalty: campaigns, lines of points requests, the ledger"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0004"
branch_labels = None
depends_on = None

# An entry is never changed and never goes: whoever is wrong books another one.
APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$
"""
LEDGER_IS = """
CREATE TRIGGER ledger_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    op.create_table(
        "campaigns",
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("audience", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("coupon_code", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("claim_deadline", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_campaigns_days")),
        sa.CheckConstraint("ends_on <= claim_deadline", name=op.f("ck_campaigns_claim_deadline")),
        sa.ForeignKeyConstraint(["country"], ["countries.code"], name=op.f("fk_campaigns_country")),
        sa.PrimaryKeyConstraint("country", "code", name=op.f("pk_campaigns")),
    )
    op.create_table(
        "campaign_products",
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("default_points", sa.Integer(), nullable=False),
        sa.Column("documents", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("information", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("default_points >= 0", name=op.f("ck_campaign_products_default_points")),
        sa.ForeignKeyConstraint(
            ["country", "campaign"],
            ["campaigns.country", "campaigns.code"],
            name=op.f("fk_campaign_products_country_campaign"),
        ),
        sa.ForeignKeyConstraint(
            ["country", "product"],
            ["products.country", "products.reference"],
            name=op.f("fk_campaign_products_country_product"),
        ),
        sa.PrimaryKeyConstraint("country", "campaign", "product", name=op.f("pk_campaign_products")),
    )
    op.create_table(
        "push_periods",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("multiplier", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_push_periods_days")),
        sa.CheckConstraint("multiplier >= 1", name=op.f("ck_push_periods_multiplier")),
        sa.ForeignKeyConstraint(
            ["country", "campaign", "product"],
            ["campaign_products.country", "campaign_products.campaign", "campaign_products.product"],
            name=op.f("fk_push_periods_country_campaign_product"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_periods")),
    )
    op.create_index("ix_push_periods_product", "push_periods", ["country", "campaign", "product", "first_day"])
    op.create_table(
        "request_lines",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("override", sa.Integer(), nullable=True),
        sa.Column("rate", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint("verdict IN ('accepted', 'denied')", name=op.f("ck_request_lines_verdict")),
        sa.CheckConstraint("override >= 0", name=op.f("ck_request_lines_override")),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name=op.f("fk_request_lines_request_id")),
        sa.PrimaryKeyConstraint("request_id", "n", name=op.f("pk_request_lines")),
    )
    op.create_index(op.f("ix_request_lines_product"), "request_lines", ["product"])
    op.create_table(
        "ledger",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["login"], ["accounts.login"], name=op.f("fk_ledger_login")),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name=op.f("fk_ledger_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
        sa.UniqueConstraint("request_id", "line", "cause", name=op.f("uq_ledger_request_id_line_cause")),
    )
    op.create_index("ix_ledger_login", "ledger", ["login", "id"])
    op.execute(APPEND_ONLY)
    op.execute(LEDGER_IS)
    op.add_column("requests", sa.Column("campaign", sa.Text(), nullable=True))
    op.add_column("requests", sa.Column("credited", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_index(
        "ix_requests_campaign",
        "requests",
        ["country", "campaign", sa.text("submitted_at DESC"), sa.text("id DESC")],
    )
    op.add_column("request_documents", sa.Column("line", sa.Integer(), nullable=True))
