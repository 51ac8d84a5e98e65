"""erasure of personal data: when, and after what time"""

import sqlalchemy as sa
from alembic import op

revision = "0007b"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("countries", sa.Column("personal_data_retention", sa.Interval(), nullable=True))
    op.add_column("documents", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("requests", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
