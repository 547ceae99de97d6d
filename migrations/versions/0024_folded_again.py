"""Names are found without their apostrophes and strokes, too."""

import sqlalchemy as sa
from alembic import op

from queue_server.domain.people.folding import folded

revision = "0024"
down_revision = "0017"
branch_labels = None
depends_on = None

patient = sa.table("patient", sa.column("id", sa.Integer), sa.column("name", sa.String), sa.column("folded_name"))


def upgrade() -> None:
    connection = op.get_bind()
    for row in connection.execute(sa.select(patient.c.id, patient.c.name, patient.c.folded_name)).all():
        if (name := folded(row.name)) != row.folded_name:
            connection.execute(sa.update(patient).where(patient.c.id == row.id).values(folded_name=name))


def downgrade() -> None:
    """An older program finds names with apostrophes again once they are saved."""
