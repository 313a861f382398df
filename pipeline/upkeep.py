"""What follows when texts went: copies are folded anew, index and vectors lose them, candidates are proposed anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.fold import refold_withdrawn
from pipeline.withdrawn import note_withdrawals
from pipeline.work import Done, Progress, encode, spread

if TYPE_CHECKING:
    from pipeline.office import Office


def follow(office: Office, progress: Progress) -> Done:
    """Takes what was withdrawn out of everything that was derived from it (P-12). Safe to repeat."""
    done = Done()
    note_withdrawals(office.store, office.settings.keys_folder)
    refold_withdrawn(office.store)
    spread(office, progress, done)
    encode(office, progress, done)
    office.store.scrub()
    return done
