"""The kill switch of a source (P-19): in the store for all machines, in its file for this one, and audited."""

from __future__ import annotations

from contextlib import suppress

from crawlers.registry.files import SourceRefused, deploy, path_of
from pipeline.office import Office
from pipeline.records import Purpose, Role
from pipeline.redacted import RedactedText


def switch(
    office: Office,
    name: str,
    *,
    enabled: bool,
    by: str,
    role: Role,
    reason: RedactedText,
    purpose: Purpose | None = None,
) -> None:
    """Switches a source on, which lifts a block, or off, which stops a crawl that runs within seconds.

    Raises SourceRefused: E702 when there is none, E701 when it may not be switched on without legal basis, permission
    and contact. Off is off also where its file is bad: nothing reads such a file.
    """
    home = office.settings.home
    path_of(home, name)
    if enabled:
        deploy(home, name, enabled=True)
    with office.store.transaction():
        office.store.switch_source(name, enabled=enabled, by=by, reason=reason)
        office.audit.append(by, role, "source.enable" if enabled else "source.disable", purpose=purpose, subject=name)
    if not enabled:
        with suppress(SourceRefused):
            deploy(home, name, enabled=False)
