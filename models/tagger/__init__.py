"""The tagger for places, organisations and the facility: features, decoding, and the weights that ship."""

from models.tagger.chain import Tagged, Tagger, tagged, without_people
from models.tagger.features import codes_of

__all__ = ["Tagged", "Tagger", "codes_of", "tagged", "without_people"]
