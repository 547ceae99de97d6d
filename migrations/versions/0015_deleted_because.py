"""Why a token was deleted stands in its row, where it can be erased, and no longer in the journal."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("token", sa.Column("deleted_because", sa.String(length=200), nullable=True))


def downgrade() -> None:
    op.drop_column("token", "deleted_because")
