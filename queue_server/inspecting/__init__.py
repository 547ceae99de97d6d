"""Looking into files that came from outside, each in a process with limits, before anybody is served them."""

from queue_server.inspecting.inspector import Inspected, Inspector

__all__ = ["Inspected", "Inspector"]
