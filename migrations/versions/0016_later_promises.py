"""Waits that were told anew are judged too; tallies count them, and the alerts that came in time."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

COLUMNS = (
    *(("promise", name) for name in ("later", "later_inside")),
    *(("tally", name) for name in ("later", "later_inside", "alerted", "alerted_in_time")),
)


def upgrade() -> None:
    for table, name in COLUMNS:
        op.add_column(table, sa.Column(name, sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    for table, name in reversed(COLUMNS):
        op.drop_column(table, name)
