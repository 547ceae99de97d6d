"""The database itself: connections, transactions, the journal, migrations and backups."""
