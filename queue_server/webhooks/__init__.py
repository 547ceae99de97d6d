"""Telling other programs what happened: sends what `services.programs.webhook_deliveries` says is due."""

from queue_server.webhooks.sending import Sender
from queue_server.webhooks.worker import Worker

__all__ = ["Sender", "Worker"]
