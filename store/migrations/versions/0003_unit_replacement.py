"""unit replacement"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


# Policies named their coverage reasons before there was a list of them.
NAMED_SO_FAR = """
INSERT INTO coverage_reasons (country, code, title)
SELECT DISTINCT country, reason ->> 'code', reason ->> 'code'
FROM policy_versions, jsonb_array_elements(definition -> 'coverage_reasons') AS reason
"""


def upgrade() -> None:
    op.create_table(
        "coverage_reasons",
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["country"], ["countries.code"], name=op.f("fk_coverage_reasons_country")),
        sa.PrimaryKeyConstraint("country", "code", name=op.f("pk_coverage_reasons")),
    )
    op.create_table(
        "inventory_definitions",
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("adding", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column(
            "adding_during_replacement", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("removing", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column(
            "removing_during_replacement", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False
        ),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["country"], ["countries.code"], name=op.f("fk_inventory_definitions_country")),
        sa.PrimaryKeyConstraint("country", "name", name=op.f("pk_inventory_definitions")),
    )
    op.create_index(
        "uq_inventory_definitions_active",
        "inventory_definitions",
        ["country"],
        unique=True,
        postgresql_where=sa.text("active AND deleted_at IS NULL"),
    )
    op.create_table(
        "charges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("charge", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("sales_method", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("old_serial", sa.Text(), nullable=False),
        sa.Column("new_serial", sa.Text(), nullable=False),
        sa.Column("charged_on", sa.Date(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reverses", sa.Integer(), nullable=True),
        sa.CheckConstraint("(cause = 'cancellation') = (reverses IS NOT NULL)", name=op.f("ck_charges_reversal")),
        sa.CheckConstraint("cause IN ('replacement', 'cancellation')", name=op.f("ck_charges_cause")),
        sa.CheckConstraint("charge IN ('free', 'charged', 'per_contract')", name=op.f("ck_charges_charge")),
        sa.ForeignKeyConstraint(["country"], ["countries.code"], name=op.f("fk_charges_country")),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name=op.f("fk_charges_request_id")),
        sa.ForeignKeyConstraint(["reverses"], ["charges.id"], name=op.f("fk_charges_reverses")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charges")),
        sa.UniqueConstraint("request_id", "cause", name=op.f("uq_charges_request_id_cause")),
        sa.UniqueConstraint("reverses", name=op.f("uq_charges_reverses")),
    )
    op.create_index("ix_charges_country", "charges", ["country", "id"], unique=False)
    op.create_table(
        "replacements",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("old_serial", sa.Text(), nullable=False),
        sa.Column("new_serial", sa.Text(), nullable=False),
        sa.Column("replaced_on", sa.Date(), nullable=False),
        sa.Column("outcome", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("old_serial <> new_serial", name=op.f("ck_replacements_two_units")),
        sa.ForeignKeyConstraint(["country"], ["countries.code"], name=op.f("fk_replacements_country")),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name=op.f("fk_replacements_request_id")),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_replacements")),
    )
    op.create_index(
        "uq_replacements_new",
        "replacements",
        ["country", "new_serial"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_index(
        "uq_replacements_old",
        "replacements",
        ["country", "old_serial"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_table(
        "stock_movements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("inventory", sa.Text(), nullable=False),
        sa.Column("moved_on", sa.Date(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cause IN ('replacement', 'cancellation')", name=op.f("ck_stock_movements_cause")),
        sa.ForeignKeyConstraint(["country"], ["countries.code"], name=op.f("fk_stock_movements_country")),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name=op.f("fk_stock_movements_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_movements")),
        sa.UniqueConstraint("request_id", "cause", "serial", name=op.f("uq_stock_movements_request_id_cause_serial")),
    )
    op.create_index("ix_stock_movements_country", "stock_movements", ["country", "id"], unique=False)
    op.create_index("ix_stock_movements_serial", "stock_movements", ["country", "serial"], unique=False)
    op.create_table(
        "unit_places",
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["country"], ["countries.code"], name=op.f("fk_unit_places_country")),
        sa.ForeignKeyConstraint(["request_id"], ["requests.id"], name=op.f("fk_unit_places_request_id")),
        sa.PrimaryKeyConstraint("country", "serial", name=op.f("pk_unit_places")),
    )
    op.add_column("cards", sa.Column("caused_by", sa.Text(), nullable=True))
    op.create_index(op.f("ix_cards_caused_by"), "cards", ["caused_by"], unique=False)
    op.create_foreign_key(op.f("fk_cards_caused_by"), "cards", "requests", ["caused_by"], ["id"])
    op.add_column(
        "countries",
        sa.Column("replacement_limit", sa.Interval(), server_default=sa.text("'30 days'::interval"), nullable=False),
    )
    op.add_column("emails", sa.Column("card_of", sa.Text(), nullable=True))
    op.create_foreign_key(op.f("fk_emails_card_of"), "emails", "requests", ["card_of"], ["id"])
    op.add_column("request_units", sa.Column("outgoing", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_index(
        "uq_serial_claims_replacement",
        "serial_claims",
        ["country", "serial"],
        unique=True,
        postgresql_where=sa.text("kind = 'unit-replacement'"),
    )
    op.execute(NAMED_SO_FAR)
