"""Keys of programs have scopes; those that are there open everything, as they did."""

import sqlalchemy as sa
from alembic import op

from queue_server.storage.tables.columns import UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("api_key") as table:
        table.add_column(sa.Column("scopes", sa.JSON(), nullable=False, server_default='["*"]'))
        table.add_column(sa.Column("created_at", UTCDateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("seen_at", UTCDateTime(timezone=True), nullable=True))
    with op.batch_alter_table("api_key") as table:
        table.alter_column("scopes", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("api_key") as table:
        table.drop_column("seen_at")
        table.drop_column("created_at")
        table.drop_column("scopes")
