"""How high a kiosk's screen hangs, so that a wheelchair reaches all of its buttons."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("device", sa.Column("screen_from_mm", sa.Integer(), nullable=True))
    op.add_column("device", sa.Column("screen_high_mm", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("device", "screen_high_mm")
    op.drop_column("device", "screen_from_mm")
