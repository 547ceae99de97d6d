"""Numbers taken outside the clinic may have to say that they are here before they are called."""

import sqlalchemy as sa
from alembic import op

from queue_server.storage.tables.columns import UTCDateTime

revision = "0033"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("department", sa.Column("must_arrive", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("department", sa.Column("place_kept_min", sa.Integer(), nullable=False, server_default="15"))
    op.add_column("queue_entry", sa.Column("is_here", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("queue_entry", sa.Column("arrived_at", UTCDateTime(), nullable=True))
    op.add_column("queue_entry", sa.Column("passed_at", UTCDateTime(), nullable=True))


def downgrade() -> None:
    for name in ("passed_at", "arrived_at", "is_here"):
        op.drop_column("queue_entry", name)
    for name in ("place_kept_min", "must_arrive"):
        op.drop_column("department", name)
