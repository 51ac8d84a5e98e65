"""page texts, names of line-ups, templates of documents"""

import sqlalchemy as sa
from alembic import op

revision = "0004b"
down_revision = "0007"
branch_labels = None
depends_on = None

TEXTS = (("line_ups", "name"), ("line_ups", "page_text"), ("countries", "page_text"))


def upgrade() -> None:
    for table, column in TEXTS:
        op.add_column(table, sa.Column(column, sa.Text(), nullable=False, server_default=""))
        op.alter_column(table, column, server_default=None)
    op.add_column("documentation", sa.Column("template_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_documentation_template_id"), "documentation", "documents", ["template_id"], ["id"])
