"""The line to ABDM's gateway: its session, its keys, and what it is told. Nothing here knows of queues."""

from queue_server.abdm.gateway import Gateway
from queue_server.abdm.settings import AbdmSettings

__all__ = ["AbdmSettings", "Gateway"]
