"""Tallies of years beside those of months: everything is counted once more."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM tallied")


def downgrade() -> None:
    op.execute("DELETE FROM tally WHERE grain = 'year'")
