"""A room may have a name in each language; the one that it had is its English name, which stands in for the others."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_ROOM = sa.table("room", sa.column("id", sa.Integer), sa.column("name", sa.String), sa.column("names", sa.JSON))


def upgrade() -> None:
    op.add_column("room", sa.Column("names", sa.JSON(), nullable=False, server_default="{}"))
    connection = op.get_bind()
    for room in connection.execute(sa.select(_ROOM.c.id, _ROOM.c.name).where(_ROOM.c.name != "")).all():
        connection.execute(_ROOM.update().where(_ROOM.c.id == room.id).values(names={"en": room.name}))
    op.drop_column("room", "name")


def downgrade() -> None:
    op.add_column("room", sa.Column("name", sa.String(40), nullable=False, server_default=""))
    connection = op.get_bind()
    for room in connection.execute(sa.select(_ROOM.c.id, _ROOM.c.names)).all():
        name = room.names.get("en") or next(iter(room.names.values()), "")
        connection.execute(_ROOM.update().where(_ROOM.c.id == room.id).values(name=name))
    op.drop_column("room", "names")
