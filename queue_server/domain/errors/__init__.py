"""Every error that the rules can raise.

    QueueError
    ├── NotFound              unknown_department · unknown_room · unknown_token · unknown_device · unknown_board
    │                         unknown_patient · unknown_program · unknown_webhook · unknown_staff · unknown_role
    │                         unknown_document · unknown_paper · unknown_papers · unknown_medicines · old_slip
    ├── BadInput              bad_input, with the field named
    │   ├── WeakPassword        weak_password, with the rule named
    │   ├── OtherDevice       other_device, with the device that was meant
    │   ├── WrongDigits       wrong_digits
    │   ├── WrongCode         wrong_code
    │   ├── BadFields         bad_input, with every field named
    │   └── FileRefused         file_refused, with the reason
    ├── TooLarge              too_large
    ├── NotAllowed            not_allowed
    │   ├── LoginRequired     login_required
    │   │   └── PatientLoginRequired   patient_login_required
    │   ├── Locked            locked
    │   ├── PasswordChangeRequired   password_change_required
    │   ├── CodeRequired      code_required
    │   ├── FactorRequired    factor_required
    │   ├── ProviderRefused   provider_refused
    │   ├── NoAccount         no_account
    │   └── ForeignOrigin     foreign_origin
    ├── Conflict
    │   ├── IllegalTransition   illegal_transition
    │   ├── NotHere             not_here
    │   ├── DepartmentClosed    department_closed
    │   │   ├── OutsideHours      outside_hours
    │   │   └── QuotaReached      quota_reached
    │   ├── PhoneTaken          phone_taken
    │   ├── WhichPatient        which_patient
    │   ├── ChangedMeanwhile    changed_meanwhile
    │   ├── IncompletePaper     incomplete_paper, with what is missing
    │   ├── TooManyDocuments    too_many_documents
    │   ├── LastAdministrator   last_administrator
    │   ├── StillInUse          still_in_use
    │   ├── NothingToUndo       nothing_to_undo
    │   ├── RoomTaken           room_taken
    │   └── KeyReused           idempotency_key_reused
    ├── Outdated              precondition_failed
    ├── MatchRequired         precondition_required
    ├── RateLimited           too_many_requests, with the seconds to wait
    │   └── TooManyTries        too_many_tries
    ├── Damaged               damaged: a document that does not open
    └── Unavailable           unavailable
        ├── KeyMissing          key_missing
        ├── ProviderAway        provider_away
        ├── StorageFull         storage_full
        ├── PaperFailed         paper_failed
        ├── WrongClock          wrong_clock
        ├── TooLate             too_late
        └── DatabaseFault       database_fault, with the seconds after which to try again
            ├── DatabaseBusy      database_busy
            ├── DatabaseFull      database_full
            ├── DatabaseReadOnly   database_read_only
            ├── DatabaseDamaged   database_damaged
            └── DatabaseAway      database_away

The `code` is stable: programs rely on it. HTTP statuses live in `queue_server/web/errors.py`.
"""

from queue_server.domain.errors.base import *  # noqa: F403  (every error of the tree)
from queue_server.domain.errors.conflicts import *  # noqa: F403
from queue_server.domain.errors.database import *  # noqa: F403
from queue_server.domain.errors.typed import *  # noqa: F403
