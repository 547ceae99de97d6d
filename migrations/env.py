"""Run by Alembic; the connection comes from `queue_server.storage.engine.migrating`."""

from alembic import context
from sqlalchemy import Connection

from queue_server.storage.tables import metadata


def migrate(connection: Connection) -> None:
    """Bring the schema to the asked revision in one transaction."""
    is_sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection, target_metadata=metadata, render_as_batch=is_sqlite, transactional_ddl=True
    )
    with context.begin_transaction():
        context.run_migrations()


migrate(context.config.attributes["connection"])
