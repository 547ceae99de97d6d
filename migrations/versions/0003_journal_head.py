"""The end of the journal's chain is noted, so that a missing last line is missed."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    last = sa.text("SELECT number, hash FROM event WHERE number IS NOT NULL ORDER BY number DESC LIMIT 1")
    if (row := connection.execute(last).first()) is not None:
        setting = sa.table("setting", sa.column("name", sa.String), sa.column("value", sa.JSON))
        connection.execute(setting.insert().values(name="journal_head", value=[row.number, row.hash]))


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM setting WHERE name = 'journal_head'"))
