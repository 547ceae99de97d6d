"""The branches of the tree, and what is not a conflict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from queue_server.domain.form_reading import Problem


class QueueError(Exception):
    """Something that the caller can understand and act on; never a fault of the program.

    `message` names the value and the rule; `details` holds plain JSON values for programs.
    """

    code: ClassVar[str] = "queue_error"

    def __init__(self, message: str, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class NotFound(QueueError):
    """The named thing does not exist, or the asker may not know that it does."""

    code = "not_found"


class UnknownDepartment(NotFound):
    code = "unknown_department"

    def __init__(self, department: str) -> None:
        super().__init__(f"There is no department {department!r}.", department=department)


class UnknownRoom(NotFound):
    code = "unknown_room"

    def __init__(self, room: str) -> None:
        super().__init__(f"There is no room {room!r}.", room=room)


class UnknownToken(NotFound):
    code = "unknown_token"

    def __init__(self) -> None:
        super().__init__("There is no such token, or its day is over.")


class OldSlip(NotFound):
    """The slip is of another service day; whoever holds it knows as much."""

    code = "old_slip"

    def __init__(self) -> None:
        super().__init__("This slip is not of today.")


class UnknownPaper(NotFound):
    code = "unknown_paper"

    def __init__(self) -> None:
        super().__init__("This clinic has signed no such paper.")


class NoPapers(NotFound):
    """The slip opens none: there are none, the visit is in an account, its day is over, or it is switched off."""

    code = "unknown_papers"

    def __init__(self) -> None:
        super().__init__("This slip opens no papers.")


class NoMedicines(NotFound):
    code = "unknown_medicines"

    def __init__(self) -> None:
        super().__init__("No medicines were prescribed with this number.")


class UnknownDocument(NotFound):
    code = "unknown_document"

    def __init__(self) -> None:
        super().__init__("There is no such document.")


class UnknownDevice(NotFound):
    code = "unknown_device"

    def __init__(self, device: str) -> None:
        super().__init__(f"There is no device {device!r}.", device=device)


class UnknownBoard(NotFound):
    code = "unknown_board"

    def __init__(self, board: str) -> None:
        super().__init__(f"There is no board {board!r}.", board=board)


class UnknownPatient(NotFound):
    code = "unknown_patient"

    def __init__(self) -> None:
        super().__init__("There is no such patient on this phone number.")


class UnknownProgram(NotFound):
    code = "unknown_program"

    def __init__(self, program: str) -> None:
        super().__init__(f"There is no program {program!r}.", program=program)


class UnknownWebhook(NotFound):
    code = "unknown_webhook"

    def __init__(self, webhook: str) -> None:
        super().__init__(f"There is no webhook {webhook!r}.", webhook=webhook)


class UnknownStaff(NotFound):
    code = "unknown_staff"

    def __init__(self) -> None:
        super().__init__("There is no such member of staff.")


class UnknownRole(NotFound):
    code = "unknown_role"

    def __init__(self) -> None:
        super().__init__("There is no such role.")


class BadInput(QueueError):
    """A value that came from outside breaks a rule; `details["field"]` names it."""

    code = "bad_input"

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message, field=field)


class FileRefused(BadInput):
    """A file is not taken; `reason` in the details is a `domain.records.refused_files.Refusal`."""

    code = "file_refused"

    def __init__(self, reason: str, message: str) -> None:
        super().__init__("file", message)
        self.details = {**self.details, "reason": reason}


class WeakPassword(BadInput):
    """A password that must not be chosen; `details["rule"]` is short, long, simple, common or own."""

    code = "weak_password"

    def __init__(self, rule: str, message: str) -> None:
        super().__init__("password", message)
        self.details = {**self.details, "rule": rule}


class OtherDevice(BadInput):
    """A code of one device is used on another; the details name the device for which it is. It stays valid."""

    code = "other_device"

    def __init__(self, kind: str, name: str, place: str) -> None:
        super().__init__("code", f"This is the code for the {kind} {name!r} ({place}); use it there.")
        self.details = {**self.details, "kind": kind, "name": name, "place": place}


class BadFields(BadInput):
    """Several values break rules; `problems` has all of them, and `details["fields"]` the English sentence of each."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0]
        super().__init__(first.field, first.sentence)
        self.problems = tuple(problems)
        self.details = {**self.details, "fields": {problem.field: problem.sentence for problem in problems}}


class TooLarge(QueueError):
    """More was sent than is ever needed."""

    code = "too_large"

    def __init__(self, largest: int) -> None:
        super().__init__(f"The request is too large; {largest} bytes are the most.", largest=largest)


class NotAllowed(QueueError):
    """The asker is known, and may not do this."""

    code = "not_allowed"


class LoginRequired(NotAllowed):
    """The asker is not known: a login, a device key or an API key is missing, wrong or revoked."""

    code = "login_required"


class PatientLoginRequired(LoginRequired):
    """A patient's own pages are asked for without a patient's login."""

    code = "patient_login_required"


class Locked(NotAllowed):
    """The asker's screen is locked, by hand or because nobody touched it; a PIN or the password opens it again."""

    code = "locked"

    def __init__(self) -> None:
        super().__init__("This screen is locked; unlock it first.")


class PasswordChangeRequired(NotAllowed):
    """Somebody else knows the asker's password, who must choose another before anything else."""

    code = "password_change_required"

    def __init__(self) -> None:
        super().__init__("Please choose a password of your own first.")


class CodeRequired(NotAllowed):
    """The asker's password was right; the code of the second factor is still asked for."""

    code = "code_required"

    def __init__(self) -> None:
        super().__init__("Please give the code of your second factor first.")


class FactorRequired(NotAllowed):
    """The asker needs a second factor here, and has not set one up."""

    code = "factor_required"

    def __init__(self) -> None:
        super().__init__("Please set up a second factor first.")


class ProviderRefused(NotAllowed):
    """What came from the login provider is not in order, so that nobody is let in."""

    code = "provider_refused"


class NoAccount(NotAllowed):
    """The login provider knows who it is, and nothing here is that person's."""

    code = "no_account"

    def __init__(self) -> None:
        super().__init__("There is no account here for this login.")


class ForeignOrigin(NotAllowed):
    """A page of another site tried to act with this browser's login."""

    code = "foreign_origin"

    def __init__(self) -> None:
        super().__init__("This request comes from a page of another site and was refused.")


class Conflict(QueueError):
    """The request is well-formed, and does not fit the present state."""

    code = "conflict"


class Outdated(QueueError):
    """The request names a version (If-Match) that is no longer the present one; nothing was changed."""

    code = "precondition_failed"

    def __init__(self) -> None:
        super().__init__("This was changed meanwhile: read it again, and send its present ETag as If-Match.")


class MatchRequired(QueueError):
    """A change that must name the version which it was made from."""

    code = "precondition_required"

    def __init__(self) -> None:
        super().__init__("This change needs the header If-Match with the ETag of what was read.")


class RateLimited(QueueError):
    """Too many requests in a short time; `details["retry_after_s"]` says how many seconds to wait."""

    code = "too_many_requests"

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"Too many requests; wait {retry_after_s} seconds.", retry_after_s=retry_after_s)


class TooManyTries(RateLimited):
    """Too many wrong PINs; the next may be tried in `retry_after_s` seconds."""

    code = "too_many_tries"

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(retry_after_s)
        self.message = f"Too many wrong PINs; try again in {retry_after_s} seconds."


class Unavailable(QueueError):
    """The service cannot answer now; the same request may be sent again."""

    code = "unavailable"


class KeyMissing(Unavailable):
    """A document needs a master key that is not here."""

    code = "key_missing"

    def __init__(self, key_id: str) -> None:
        super().__init__(f"The master key {key_id} of the documents is not here.", key_id=key_id)


class ProviderAway(Unavailable):
    """The login provider cannot be asked; local accounts log in all the same."""

    code = "provider_away"

    def __init__(self) -> None:
        super().__init__("The login provider does not answer.")


class StorageFull(Unavailable):
    """There is no room left for a document; nothing of it was kept."""

    code = "storage_full"

    def __init__(self) -> None:
        super().__init__("There is no room left for this document. Nothing of it was kept.")


class PaperFailed(Unavailable):
    """A paper could not be drawn, or not within its time; nothing is lost, and other papers are made."""

    code = "paper_failed"

    def __init__(self) -> None:
        super().__init__("This paper could not be drawn. Please try again.")


class WrongClock(Unavailable):
    """The clinic's clock is wrong, so nobody knows on which day a number would be."""

    code = "wrong_clock"

    def __init__(self) -> None:
        super().__init__("The clinic's clock is wrong.")


class TooLate(Unavailable):
    """Whoever asked has stopped waiting for the answer; nothing was done."""

    code = "too_late"

    def __init__(self) -> None:
        super().__init__("Nobody waits for this answer any more; nothing was done.")


class Damaged(QueueError):
    """A stored document does not open: its bytes or its key were changed. It is reported and not served."""

    code = "damaged"

    def __init__(self, document_id: int) -> None:
        super().__init__("This document is damaged and cannot be shown. The clinic knows of it.", document=document_id)
