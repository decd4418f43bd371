"""Do away with what a killed process recorded or received and could not clear away itself."""

from __future__ import annotations

from tangthu.archive.actions.hold_suspect import purge_decided
from tangthu.archive.actions.open_batch import drop_leftovers
from tangthu.archive.actions.refuse_secret import finish_all_refusals
from tangthu.records.actions.take_back import finish_taking_back


def tidy_up() -> None:
    """Carry out what stands recorded; every worker does so at its start and from time to time.

    Refused rows and files, decided quarantine, folders of uploads that never became a batch or
    whose batch has ended, half-written files, copies that must not leave any more. Harmless while
    others work.
    """
    drop_leftovers()
    purge_decided()
    finish_all_refusals()
    finish_taking_back()
