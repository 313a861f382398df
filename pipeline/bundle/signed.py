"""What makes an archive believed: a manifest with the hash of every file, and the signature of the manifest.

Verifying needs the archive alone, and for trust the fingerprint of the signing key, which comes by another way.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import ValidationError

from pipeline.bundle.archive import NotCanonical, packed, unpacked
from pipeline.records import Certificate
from pipeline.signing import SigningKey, fingerprint, is_signed

BUNDLE: Final = "minyi.bundle/1"
CERTIFICATE: Final = "minyi.certificate/1"
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "signature"
PUBLIC: Final = "public_key"
LONGEST_QUOTE: Final = 82
"""Characters of a passage: 80 (P-07) and the two that say where it was cut."""


@dataclass(frozen=True)
class Verified:
    """What came out: the manifest and the signer where they could be read, and all that is wrong."""

    manifest: dict[str, Any]
    signer: str | None
    files: int
    problems: tuple[str, ...] = ()
    content: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return not self.problems


def signed_bundle(key: SigningKey, facts: Mapping[str, Any], files: Mapping[str, bytes], schema: str = BUNDLE) -> bytes:
    """The archive of the files with a signed manifest of ``facts``; the same arguments give the same bytes."""
    manifest = {
        **facts,
        "schema": schema,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
        "signer": fingerprint(key.public),
    }
    told = canonical(manifest)
    return packed({**files, MANIFEST: told, SIGNATURE: key.sign(told), PUBLIC: key.public})


def verify_bundle(content: bytes, signer: str | None = None) -> Verified:
    """Verifies an archive without any office. ``signer`` is the fingerprint that the signing key must have.

    Never raises for what is in the archive: everything that is wrong is named.
    """
    try:
        files = unpacked(content)
    except NotCanonical as error:
        return Verified({}, None, 0, (str(error),))
    missing = sorted({MANIFEST, SIGNATURE, PUBLIC} - set(files))
    if missing:
        return Verified({}, None, len(files), (f"E668: the archive lacks {', '.join(missing)}",))
    told, by = files[MANIFEST], fingerprint(files[PUBLIC])
    problems: list[str] = []
    if not is_signed(files[PUBLIC], files[SIGNATURE], told):
        problems.append("E668: the signature does not fit the manifest")
    if signer is not None and signer.lower() != by:
        problems.append(f"E669: signed by {by}, not by {signer.lower()}")
    try:
        manifest = json.loads(told)
        if not isinstance(manifest, dict) or canonical(manifest) != told:
            raise ValueError
    except (ValueError, RecursionError):
        return Verified({}, by, len(files), (*problems, "E668: the manifest cannot be read"))
    problems += _differences(manifest, files, by)
    agrees = AGREES.get(str(manifest.get("schema")))
    problems += agrees(files, manifest) if agrees else [f"E668: the manifest is of none of {', '.join(AGREES)}"]
    return Verified(manifest, by, len(files), tuple(problems), files)


def canonical(value: Any) -> bytes:
    """JSON with sorted keys and a line feed at its end: equal values give equal bytes."""
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def _differences(manifest: dict[str, Any], files: Mapping[str, bytes], by: str) -> Iterable[str]:
    """Files that are not what the manifest says."""
    if manifest.get("signer") != by:
        yield "E668: the manifest names another signer"
    hashes = manifest.get("files")
    said = dict(hashes) if isinstance(hashes, dict) else {}
    there = {
        name: hashlib.sha256(files[name]).hexdigest() for name in files if name not in (MANIFEST, SIGNATURE, PUBLIC)
    }
    for name in sorted({*said, *there}):
        if said.get(name) != there.get(name):
            yield f"E668: {name} is not the file that was signed"


def _dangling(files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> Iterable[str]:
    """Quotes of the candidate without a passage, and passages whose words are not those of their hash."""
    try:
        passages = json.loads(files["passages.json"])["rows"]
        card = json.loads(files["candidate.json"])
        known = {(p["document_id"], p["start"], p["end"]) for p in passages}
        for number, passage in enumerate(passages, 1):
            text = passage["text"]
            if hashlib.sha256(text.encode()).hexdigest() != passage["sha256"] or len(text) > LONGEST_QUOTE:
                yield f"E668: passage {number} does not have the words of its hash"
        for kind in ("quotes", "counter_quotes", "residue_quotes"):
            for quote in card[kind]:
                if (quote["document_id"], quote["start"], quote["end"]) not in known:
                    yield f"E668: a quote of the candidate ({kind}) has no passage"
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        yield "E668: candidate or passages cannot be read"


def _contradictions(files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> Iterable[str]:
    """A certificate that is none, such as one that was never searched for, or another one than the manifest names."""
    try:
        certificate = Certificate.model_validate_json(files["certificate.json"])
    except (KeyError, ValidationError, RecursionError):
        yield "E668: the certificate cannot be read"
        return
    if (certificate.id, certificate.project_id) != (manifest.get("certificate_id"), manifest.get("project_id")):
        yield "E668: the certificate is another one than the manifest names"


AGREES: Final[dict[str, Callable[[Mapping[str, bytes], Mapping[str, Any]], Iterable[str]]]] = {
    BUNDLE: _dangling, CERTIFICATE: _contradictions,
}  # fmt: skip
"""Schema of a manifest → what is wrong with what it holds."""
