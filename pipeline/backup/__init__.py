"""Backups (备份): a consistent copy of store, keys and settings, made while Minyi runs, verified, and restored whole.

The store is always copied into one SQLite file, whichever database it lies in, so that a backup of PostgreSQL needs no
client programs and can be restored into either. What must not outlive its time is not in it: keys of voice periods and
their tokens (P-04), sealed pointers (P-18), sessions and one-time links.
"""

from pipeline.backup.making import BackupRefused, Made, back_up
from pipeline.backup.manifest import BackupDamaged, Manifest, examine
from pipeline.backup.restoring import Restored, RestoreRefused, restore

__all__ = [
    "BackupDamaged",
    "BackupRefused",
    "Made",
    "Manifest",
    "RestoreRefused",
    "Restored",
    "back_up",
    "examine",
    "restore",
]
