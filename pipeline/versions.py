"""What an analysis was made with: equal versions and equal text give an equal analysis."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final

from models.checksums import stated
from models.fingerprint import fingerprint
from models.taxonomy import taxonomy
from pipeline.records import DecisionProject, Versions
from pipeline.redact import redactor_version

LINKER: Final = Path(__file__).parent / "link"
"""Where the linker's trained files and their checksums lie."""


def current_versions(projects: Sequence[DecisionProject], threshold: float) -> Versions:
    """Versions of models, code lists, redactor, code and registry that are in force."""
    return Versions(
        model=fingerprint(),
        taxonomy=taxonomy().version,
        redactor=redactor_version(),
        code=version("minyi"),
        registry=f"{registry_version(projects)}@{threshold:g}",
    )


def registry_version(projects: Iterable[DecisionProject]) -> str:
    """Hash of what links texts: it changes with any word of a project, with a new project and with a new linker.

    Milestones link nothing: with one that is accepted no text is read anew.
    """
    lines = sorted(project.model_copy(update={"milestones": ()}).canonical_json() for project in projects)
    lines += [f"{digest} {name}" for name, digest in sorted(stated(LINKER).items())]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]
