"""REST v1 for other programs, and the line of the print agents."""

from queue_server.api import abdm, agent, gateways, v1
from queue_server.api.manual import manual
from queue_server.api.openapi import described

routes = [*described(v1.OPERATIONS), *manual(v1.OPERATIONS), *agent.routes, *gateways.routes, *abdm.routes]

__all__ = ["routes"]
