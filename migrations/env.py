"""Run by Alembic; the connection comes from `queue_server.storage.engine.migrating`."""

import itertools

from alembic import context
from sqlalchemy import Connection

from queue_server.progress import report
from queue_server.storage.tables import metadata


def migrate(connection: Connection) -> None:
    """Bring the schema to the asked revision in one transaction; each step is told to whoever watches."""
    steps = context.config.attributes.get("steps", 0)
    done = itertools.count(1)
    is_sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=is_sqlite,
        transactional_ddl=True,
        on_version_apply=lambda **_: report(next(done), max(steps, 1)),
    )
    with context.begin_transaction():
        context.run_migrations()


migrate(context.config.attributes["connection"])
