"""The shape of answers about certificates: the certificate itself, and whether it would be issued today."""

from __future__ import annotations

from typing import Literal

from api.answers import Answer, Paged
from pipeline.records import Certificate


class CertificateShown(Answer):
    """A certificate with what changed since; ``stands`` is whether nothing did. It never becomes untrue, only old.

    ``texts``: others are about the project now; ``versions``: others would read them; ``found``: the search finds some.
    """

    certificate: Certificate
    stands: bool
    changed: list[Literal["texts", "versions", "found"]]


class CertificatesShown(Paged):
    """The certificates on a project, the newest first."""

    rows: list[CertificateShown]
