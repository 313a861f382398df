"""The evidence bundle (证据包): a candidate with its passages as a signed archive, verified without this office."""

from pipeline.bundle.archive import NotCanonical, packed, unpacked
from pipeline.bundle.signed import MANIFEST, Verified, signed_bundle, verify_bundle

__all__ = ["MANIFEST", "NotCanonical", "Verified", "packed", "signed_bundle", "unpacked", "verify_bundle"]
