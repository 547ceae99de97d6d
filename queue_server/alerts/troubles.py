"""What is wrong, in words: for pages, scripts and messages to staff."""

from __future__ import annotations

from collections.abc import Mapping

from queue_server.domain.devices.troubles import TroubleKind, TroubleView
from queue_server.locale.waits import GetText, sentences


def _(sentence: str) -> str:
    """Marks a text for the catalogues; it is translated where it is said."""
    return sentence


_SENTENCES: Mapping[TroubleKind, str] = {
    TroubleKind.CLOCK: _("The server's clock is doubtful."),
    TroubleKind.DISK: _("The server's disk is nearly full."),
    TroubleKind.PAPER_OUT: _("%(name)s: out of paper."),
    TroubleKind.COVER_OPEN: _("%(name)s: the cover is open."),
    TroubleKind.PRINTER_OFFLINE: _("%(name)s: the printer does not answer."),
    TroubleKind.PRINTER_AWAY: _("%(name)s: nothing was heard of this printer for two minutes."),
    TroubleKind.DESK_TASKS: _("Numbers from kiosks to look at: %(name)s (Slips and printers)"),
    TroubleKind.KIOSK_AWAY: _("%(name)s: nothing was heard of this kiosk for two minutes."),
    TroubleKind.DISPLAY_AWAY: _("%(name)s: nothing was heard of this display for two minutes."),
    TroubleKind.NO_BACKUP: _("There is no backup."),
    TroubleKind.BACKUP_OLD: _("The newest backup is old."),
}


def trouble_words(gettext: GetText, trouble: TroubleView) -> str:
    """The trouble in a sentence: `Entrance printer: out of paper.`"""
    sentence = _SENTENCES[trouble["kind"]]
    return gettext(sentence, name=trouble["name"])


def trouble_sentences(gettext: GetText) -> dict[str, str]:
    """The sentences for scripts: `trouble_` and the kind."""
    return sentences(gettext, {f"trouble_{kind}": sentence for kind, sentence in _SENTENCES.items()})
