"""What there is to be allowed, and how far a right goes."""

from __future__ import annotations

from enum import StrEnum


class May(StrEnum):
    """What there is to be allowed; the words complete the sentence "may …"."""

    USE_KIOSK = "take a token at the touch screen"
    ISSUE = "issue a token"
    RUN_QUEUE = "run the queue as a program"
    READ_QUEUES = "read queues as a program"
    READ_PATIENTS = "read patients as a program"
    REGISTER_PATIENTS = "register patients as a program"
    READ_DOCUMENTS = "read documents as a program"
    ADD_DOCUMENTS = "hand in documents as a program"
    READ_EVENTS = "read the journal"
    READ_METRICS = "read the server's figures"
    KEEP_WEBHOOKS = "keep webhooks"
    SET_UP = "set the clinic up as a program"
    SEE_ROOM = "see a room's patients"
    OPEN_CONSOLE = "open a doctor's console"
    WORK_IN_ROOM = "act in a room"
    SEE_BOARD = "see a board"
    RUN_DESK = "run the desk"
    RESET_PINS = "give patients a new PIN"
    MERGE_PATIENTS = "make one of two records of a patient"
    DELETE_TOKENS = "delete tokens"
    PRINT_SLIPS = "print slips"
    FETCH_RELEASE = "fetch what the server runs"
    KEEP_ACCOUNT = "keep an account"
    RUN_CLINIC = "run the clinic"
    SEE_CLINIC = "see the clinic today"
    KEEP_PLACES = "keep departments and rooms"
    KEEP_ROSTER = "keep the duty roster and holidays"
    KEEP_PAPERS = "keep the words of papers and the medicines"
    KEEP_SCREENS = "keep displays and devices"
    SEE_FIGURES = "see the clinic's figures"
    READ_RECORD = "read a patient's records"
    WRITE_RECORDS = "write prescriptions and certificates"


class Reach(StrEnum):
    """How far a right goes: every object, or the actor's own only."""

    ANY = "any"
    OWN = "own"
