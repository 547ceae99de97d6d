"""The line to ABDM's gateway: its session, its keys, and what it is told. Nothing here knows of queues."""
