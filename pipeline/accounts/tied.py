"""The tie between an account and a name at the sign-on service: only a keyed digest of that name is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pipeline.office import Office

CLAIMS: Final = ("sub", "email", "preferred_username")
"""What an account can be tied by. ``preferred_username`` holds only where people cannot rename themselves."""


def tied(office: Office, stated: str) -> str:
    """The digest of ``CLAIM=VALUE``. Raises ValueError (E908) for another claim, or without a provider."""
    claim, _, value = stated.partition("=")
    if claim not in CLAIMS or not value.strip():
        raise ValueError(
            f"E908: tie an account by CLAIM=VALUE with one of {', '.join(CLAIMS)}, such as email=li@example.org"
        )
    if not office.settings.oidc_issuer:
        raise ValueError("E908: there is no sign-on service; set oidc_issuer first (docs/CONSOLE.md)")
    return sign_on_digest(office, claim, value)


def sign_on_digest(office: Office, claim: str, value: str) -> str:
    """The digest of a claim of the deployment's provider, keyed with the deployment's key."""
    plain = value.strip().casefold() if claim == "email" else value.strip()
    return office.keys.stamp("sign-on", office.settings.oidc_issuer.rstrip("/"), claim, plain)
