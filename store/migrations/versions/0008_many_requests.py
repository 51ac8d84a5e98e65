"""indexes for what every page asks: the inbox, its counts, the newest of all countries, the journal by day, figures

Making them takes some two seconds for every 100,000 requests; writers wait meanwhile.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_requests_turn",
        "requests",
        ["country", "turn", sa.text("coalesce(due_at, '9999-01-01 00:00:00+00'::timestamptz)"), "id"],
        postgresql_where=sa.text("turn IS NOT NULL"),
    )
    op.create_index("ix_requests_newest", "requests", [sa.text("submitted_at DESC"), sa.text("id DESC")])
    op.create_index("ix_requests_login", "requests", ["login", sa.text("submitted_at DESC"), sa.text("id DESC")])
    op.create_index("ix_requests_counted", "requests", ["country", "kind", "state", "turn"])
    op.create_index("ix_requests_blocked", "requests", ["id"], postgresql_where=sa.text("card_blocked IS NOT NULL"))
    op.create_index("ix_intakes_unrecorded", "intakes", ["submitted_at"], postgresql_where=sa.text("outcome IS NULL"))
    op.create_index("ix_journal_at", "journal", ["at"])
    op.create_index("ix_decisions_outcome", "decisions", ["trigger", "outcome"])
    op.create_index("ix_cards_status", "cards", ["status"])
    op.create_index("ix_emails_status", "emails", ["status"])
    op.create_index(
        "ix_assignments_policy",
        "assignments",
        [sa.text("((snapshot ->> 'policy_number')::integer)"), sa.text("((snapshot ->> 'policy_version')::integer)")],
    )
