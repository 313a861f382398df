"""Whether place and time of a text fit a project: soft evidence, never a filter."""

from __future__ import annotations

from pipeline.link.names import divisions
from pipeline.link.prepared import Prepared
from pipeline.link.profile import Profile


def region(written: str, profile: Profile) -> float:
    """1 where the text's own region lies in the project's or around it, −1 where it is another, 0 unknown."""
    mine, theirs = divisions(written), profile.divisions
    if not mine or not theirs:
        return 0.0
    finest = max(mine, key=written.find)
    if finest in profile.project.region or finest in theirs:
        return 1.0
    return 0.5 if max(theirs, key=lambda name: (profile.project.region.find(name), name)) in written else -1.0


def finest_region(text: Prepared, profile: Profile) -> float:
    """1 where the text's own region names a county of the project, −1 where it is another, 0 where it is coarser."""
    if any(name in text.region for name in profile.finest):
        return 1.0
    mine = divisions(text.region)
    if not mine or not profile.finest:
        return 0.0
    return 0.0 if max(mine, key=text.region.find) in profile.project.region else -1.0


def finest_text(text: Prepared, profile: Profile) -> float:
    """1 where the text names a county of the project, with or without its last character."""
    return float(any(name in text.text or (len(name) > 2 and name[:-1] in text.text) for name in profile.finest))


def division(text: Prepared, profile: Profile) -> float:
    """1 where the opening names a division of the project, −1 where it names others alone, 0 where it names none."""
    if not text.divisions or not profile.divisions:
        return 0.0
    return 1.0 if any(name in profile.project.region or name in profile.divisions for name in text.divisions) else -1.0


def other_division(text: Prepared, profile: Profile) -> float:
    """1 where the opening names a division that is not the project's, less where it names the project's as well."""
    others = (n for n in text.divisions if n not in profile.project.region and n not in profile.divisions)
    if next(others, None) is None:
        return 0.0
    opening = text.text[: max(120, text.text.find("\n"))]
    return 0.3 if any(name in opening for name in profile.finest) else 1.0


def dates(text: Prepared, profile: Profile) -> tuple[float, float]:
    """Years that the text is older than the project's start, and younger than its end."""
    if text.published_at is None:
        return 0.0, 0.0
    at = text.published_at.year + (text.published_at.month - 0.5) / 12
    start, end = _year(profile.project.start), _year(profile.project.end)
    return max(0.0, start - at) if start else 0.0, max(0.0, at - end) if end else 0.0


def _year(date: str | None) -> float | None:
    """A date in years, to the month; the middle of a year whose month is not known."""
    if date is None:
        return None
    month = int(date[5:7]) if len(date) > 4 else 6
    return int(date[:4]) + (month - 0.5) / 12
