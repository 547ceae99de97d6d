"""Words that the clinic has recorded; and whether a display can be heard."""

import sqlalchemy as sa
from alembic import op

from queue_server.storage.tables.columns import UTCDateTime

revision = "0028"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "voice_clip",
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("word", sa.String(200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("recorded_at", UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("language", "word", name="pk_voice_clip"),
    )
    op.add_column("device", sa.Column("sound", sa.String(16), nullable=False, server_default=""))
    op.add_column("device", sa.Column("sound_at", UTCDateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("device", "sound_at")
    op.drop_column("device", "sound")
    op.drop_table("voice_clip")
