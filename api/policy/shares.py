"""What a data-sharing contract allows (数据共享约定): the one place that says so, to HTTP and command line alike."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from api.policy.access import Access, Denied, Reader, access, concerns
from pipeline.records import DecisionProject, Role, Share, ShareForm, ShareLevel
from pipeline.records.share import LEVELS

NEEDS: Final[dict[ShareLevel, str]] = {
    "aggregates": "candidates.read", "risk_points": "risk_points.read", "evidence": "evidence.read",
}  # fmt: skip
"""What the grantee's role must be granted in some seat: a contract opens projects and stages, never more than that.

Who is shown confirmed risk points alone, as a commissioning unit is, gets no numbers of what nobody has confirmed.
"""


class ShareRefused(Denied):
    """E681–E687: the contract does not allow this; the message says which of its terms stands against it."""


def check_grant(share: Share, keys: dict[str, Role]) -> None:
    """Whether such a contract may be concluded; ``keys`` are the roles of the living API keys and accounts by name.

    Raises ShareRefused for a role that the table grants less (E686), that does not act for the purpose (E687), or that
    is not the one of the grantee's key or account (E684).
    """
    _role_suffices(access(), share, share.level)
    known = keys.get(share.grantee)
    if known is not None and known != share.grantee_role:
        raise ShareRefused(f"E684: {share.grantee} has the role {known}, not {share.grantee_role}")


def check_use(
    share: Share,
    reader: Reader,
    project: DecisionProject,
    *,
    purpose: str | None,
    form: ShareForm,
    level: ShareLevel,
    now: datetime,
    handed_over: bool = False,
) -> None:
    """Whether this may be given out under the contract now. Raises ShareRefused or Denied.

    ``handed_over``: somebody who may conclude such contracts takes the data for the grantee; it is
    then the grantee's role that counts, and a system that pulls by itself (form ``api``) is not served that way.
    """
    table = access()
    if share.revoked:
        raise ShareRefused(f"E681: the contract {share.id} was revoked")
    if not share.in_force(now):
        ends = f"from {share.valid_from:%Y-%m-%d %H:%M} until {share.valid_until:%Y-%m-%d %H:%M} UTC"
        raise ShareRefused(f"E682: the contract {share.id} is in force {ends}")
    if handed_over:
        if form == "api":
            raise ShareRefused(f"E683: what {share.grantee} pulls as a system, it pulls with its own key")
        if not table.allows(reader, "shares.grant", project):
            raise ShareRefused(f"E683: role {reader.role} may not hand over what is shared with {share.grantee}")
    else:
        if reader.who != share.grantee:
            raise ShareRefused(f"E683: the contract {share.id} is with another grantee")
        if reader.role != share.grantee_role:
            raise ShareRefused(f"E684: the contract {share.id} is with {share.grantee} as {share.grantee_role}")
        if not concerns(reader, project):
            raise Denied(f"E303: project {project.id} is not among those of {reader.who}")
    if form != share.form:
        raise ShareRefused(f"E685: the contract {share.id} is for the form {share.form}, not {form}")
    if LEVELS.index(level) > LEVELS.index(share.level):
        raise ShareRefused(f"E686: the contract {share.id} is for {share.level}, not {level}")
    if purpose != share.purpose:
        raise ShareRefused(f"E687: the contract {share.id} is for the purpose {share.purpose}; state it (P-09)")
    _role_suffices(table, share, level)


def candidates_too(share: Share) -> bool:
    """Whether the grantee may be given what people accepted and have not confirmed yet, as its role may see it."""
    return access().anywhere(Reader(share.grantee, share.grantee_role), "candidates.read")


def numbers_too(share: Share) -> bool:
    """Whether the grantee may be given how many texts there are, as its role may see it."""
    return _granted(access(), share, "aggregates")


def levels_of(share: Share) -> tuple[ShareLevel, ...]:
    """What may be taken under a contract: all of its level, or less, as far as its grantee's role is granted it."""
    table = access()
    return tuple(one for one in LEVELS[: LEVELS.index(share.level) + 1] if _granted(table, share, one))


def may_see(share: Share, reader: Reader, project: DecisionProject | None) -> bool:
    """Whether the reader may know of a contract: its grantee, and those who may read the project's contracts."""
    if reader.who == share.grantee and reader.role == share.grantee_role:
        return True
    return project is not None and access().allows(reader, "shares.read", project)


def _granted(table: Access, share: Share, level: ShareLevel) -> bool:
    return table.anywhere(Reader(share.grantee, share.grantee_role), NEEDS[level])


def _role_suffices(table: Access, share: Share, level: ShareLevel) -> None:
    role = share.grantee_role
    if not _granted(table, share, level):
        raise ShareRefused(f"E686: role {role} is granted {NEEDS[level]} in no seat (api/policy/access.yaml)")
    if role not in table.purposes[share.purpose]:
        raise ShareRefused(f"E687: role {role} does not act for {share.purpose} (api/policy/access.yaml)")
