"""Importing files that people send: they wait in memory, are tried, and are taken in beside the pages, with progress.

Nothing of a file that was sent touches the disk before the intake has redacted it (P-02).
"""

from api.imports.job import ImportJob
from api.imports.taking import TakingIn
from api.imports.upload import Checked, Upload, UploadGone, Uploads, UploadsFull

__all__ = ["Checked", "ImportJob", "TakingIn", "Upload", "UploadGone", "Uploads", "UploadsFull"]
