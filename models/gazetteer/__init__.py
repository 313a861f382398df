"""The gazetteer (地名表): provinces to townships with their codes, and what a name means where."""

from models.gazetteer.division import Division, Level
from models.gazetteer.load import AS_OF, Gazetteer, gazetteer

__all__ = ["AS_OF", "Division", "Gazetteer", "Level", "gazetteer"]
