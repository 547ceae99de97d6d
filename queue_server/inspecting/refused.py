"""What a look into a file can end with, beside a clean one."""

from queue_server.domain.records.refused_files import Refusal


class Refused(Exception):
    """The file is not taken."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(str(reason))
        self.reason = reason
