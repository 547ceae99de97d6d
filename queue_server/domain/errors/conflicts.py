"""Requests that are well-formed, and do not fit the present state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from queue_server.domain.errors.base import Conflict


class IllegalTransition(Conflict):
    code = "illegal_transition"

    def __init__(self, number: str, state: str, action: str) -> None:
        super().__init__(
            f"Token {number} is {state}; the action '{action}' is not possible.",
            number=number,
            state=str(state),
            action=str(action),
        )


class NotHere(Conflict):
    """The number was taken elsewhere, and its holder has not said to be in the clinic yet."""

    code = "not_here"

    def __init__(self, number: str) -> None:
        super().__init__(f"Token {number} is not here yet; it is called once it has arrived.", number=number)


class DepartmentClosed(Conflict):
    code = "department_closed"

    def __init__(self, department: str) -> None:
        super().__init__(f"Department {department} is closed; it issues no tokens now.", department=department)


class OutsideHours(DepartmentClosed):
    """The department opens at another time; `opens_at` in the details is `2026-11-23T03:30:00Z` or none."""

    code = "outside_hours"

    def __init__(self, department: str, opens_at: datetime | None) -> None:
        super().__init__(department)
        written = opens_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if opens_at else None
        self.details = {**self.details, "opens_at": written}


class QuotaReached(DepartmentClosed):
    """All of the day's numbers have been given out."""

    code = "quota_reached"

    def __init__(self, department: str, quota: int) -> None:
        super().__init__(department)
        self.message = f"Department {department} has given out all {quota} numbers of this day."
        self.details = {**self.details, "quota": quota}


class PhoneTaken(Conflict):
    """The phone number is registered with another PIN."""

    code = "phone_taken"

    def __init__(self) -> None:
        super().__init__("This phone number and PIN cannot be registered.")


class WhichPatient(Conflict):
    """Several patients share the phone number; `patients` in the details says which."""

    code = "which_patient"

    def __init__(self, patients: Sequence[Mapping[str, object]]) -> None:
        super().__init__("Several patients share this phone number; please say which.", patients=list(patients))
        self.patients = list(patients)


class ChangedMeanwhile(Conflict):
    """The screen that sent this showed an older state; nothing was changed."""

    code = "changed_meanwhile"


class IncompletePaper(Conflict):
    """The paper lacks what its reader would look for, and the doctor has not said that it be signed without."""

    code = "incomplete_paper"

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__(f"The paper lacks: {', '.join(missing)}.", missing=list(missing))


class TooManyDocuments(Conflict):
    code = "too_many_documents"

    def __init__(self, most: int) -> None:
        super().__init__(f"A token can have {most} files; this would be one more.", most=most)


class LastAdministrator(Conflict):
    """Nobody would be left who could run the clinic."""

    code = "last_administrator"

    def __init__(self) -> None:
        super().__init__("This is the last administrator; add another one first.")


class StillInUse(Conflict):
    """What is to be removed is still needed; `details["why"]` says for what."""

    code = "still_in_use"

    def __init__(self, what: str, why: str, **details: object) -> None:
        super().__init__(f"{what} cannot be removed: {why}.", why=why, **details)


class NothingToUndo(Conflict):
    code = "nothing_to_undo"

    def __init__(self, why: str) -> None:
        super().__init__(f"There is nothing to undo: {why}.", why=why)


class RoomTaken(Conflict):
    code = "room_taken"

    def __init__(self, room: str) -> None:
        super().__init__(f"Another doctor is on duty in room {room}.", room=room)


class KeyReused(Conflict):
    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was used before with a different request.")
