"""The evidence bundle (证据包): a candidate with its passages as a signed archive, verified without this office."""

from pipeline.bundle.archive import NotCanonical, packed, unpacked
from pipeline.bundle.signed import CERTIFICATE, MANIFEST, Verified, signed_bundle, verify_bundle

__all__ = [
    "CERTIFICATE", "MANIFEST", "NotCanonical", "Verified", "packed", "signed_bundle", "unpacked", "verify_bundle",
]  # fmt: skip
