"""Codes and digits that somebody has typed, and that are not right."""

from __future__ import annotations

from queue_server.domain.errors.base import BadInput


class WrongDigits(BadInput):
    """The digits do not belong to this slip."""

    code = "wrong_digits"

    def __init__(self) -> None:
        super().__init__("digits", "These are not the digits of this slip.")


class WrongCode(BadInput):
    """The code is not the one that the displays show."""

    code = "wrong_code"

    def __init__(self) -> None:
        super().__init__("code", "This is not the code that the displays in the waiting room show now.")
