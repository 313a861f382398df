"""The redactor (脱敏): finds, settles and replaces until nothing is left to find."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Final

from models.checksums import ArtifactError
from models.transformer.errors import ModelError
from models.transformer.reader import Reader
from pipeline.redact.accounts import find_accounts, find_emails
from pipeline.redact.addresses import find_door_addresses
from pipeline.redact.cases import find_case_numbers
from pipeline.redact.disguised import find_disguised
from pipeline.redact.finding import Finding, settle
from pipeline.redact.handles import find_handles
from pipeline.redact.identity import find_identity_numbers
from pipeline.redact.learned import find_learned, reader
from pipeline.redact.minors import find_minors
from pipeline.redact.movement import find_movements
from pipeline.redact.people import find_names
from pipeline.redact.phones import find_phones
from pipeline.redact.plates import find_plates
from pipeline.redact.result import PLACEHOLDERS, CannotRedact, RedactedDocument, RedactedSpan, Redaction
from pipeline.redact.shadow import Shadow, cleaned, shadow_of
from pipeline.redacted import seal

RULES_VERSION: Final = "1.3"
"""Changes whenever the rules could redact the same text differently."""

_MAX_ROUNDS: Final = 12
_PLACED: Final = re.compile("|".join(map(re.escape, sorted({*PLACEHOLDERS.values(), "〈学生〉"}))))
"""Placeholders stand for what is gone already and are never looked into."""


def redactor_version() -> str:
    """Rules and model, as stored with every document: equal versions redact the same text alike.

    Raises ModelError (E212) and ArtifactError (E210) where the model is missing or damaged.
    """
    return f"{RULES_VERSION}+{reader().version}"[:64]


def redact(text: str, *, official: bool = False) -> Redaction:
    """The text without personal data, and the spans (code points of the input) that were taken out.

    ``official`` marks notices, official replies and news about official acts, in which officials who are named with
    their post stay as published. Outside the spans nothing changes, except that exotic line breaks become line feeds.
    Raises CannotRedact when the text cannot be redacted with certainty; the exception carries no content. Raises
    ModelError (E212) and ArtifactError (E210) where the model that ships is missing or damaged.
    """
    clean, model = cleaned(text), reader()
    spans = tuple(_spans(clean, model, official=official))
    return Redaction(seal(_replaced(clean, spans)), spans)


def redact_document(title: str, body: str, *, official: bool = False) -> RedactedDocument:
    """Title and body redacted together: a name found in one is taken out of the other. Raises what redact raises."""
    model = reader()
    title = cleaned(title).replace("\r", " ").replace("\n", " ")
    clean = f"{title}\n{cleaned(body)}"
    border = len(title)
    spans = [piece for span in _spans(clean, model, official=official) for piece in _split(span, border)]
    head = tuple(span for span in spans if span.end <= border)
    tail = tuple(span for span in spans if span.start > border)
    text = _replaced(clean, tail)
    return RedactedDocument(
        seal(_replaced(title, head)),
        seal(text[border + 1 :]),
        dict(Counter(span.cls for span in spans)),
    )


def _split(span: RedactedSpan, border: int) -> Iterator[RedactedSpan]:
    """A span that runs over the line feed between title and body, as one span on either side of it."""
    if span.start < border:
        yield RedactedSpan(span.start, min(span.end, border), span.cls, span.replacement)
    if span.end > border + 1:
        yield RedactedSpan(max(span.start, border + 1), span.end, span.cls, span.replacement)


def _findings(text: str, *, official: bool) -> list[Finding]:
    """One round: every class over the text as it stands, without overlaps; the exact classes come first."""
    shadow = shadow_of(text)
    found: list[Finding] = []
    plain = shadow.text
    for find in (
        find_emails,
        find_case_numbers,
        find_identity_numbers,
        find_accounts,
        partial(find_phones, official=official),
        find_disguised,
        find_plates,
        find_handles,
        find_door_addresses,
        find_minors,
    ):
        found += find(plain)
    found += find_names(plain, official=official)
    found = _absorbed(find_movements(plain), found)
    return _outside_placeholders(text, shadow, found)


def _learned(model: Reader, text: str, *, official: bool) -> list[Finding]:
    """What the model finds in a text from which the rules have taken what they find."""
    shadow = shadow_of(text)
    barriers = [match.span() for match in _PLACED.finditer(shadow.text)]
    return _outside_placeholders(text, shadow, find_learned(model, shadow.text, barriers, official=official))


def _outside_placeholders(text: str, shadow: Shadow, found: list[Finding]) -> list[Finding]:
    """Findings in the twin as findings in the text, without overlaps."""
    placed = [Finding(match.start(), match.end(), "name") for match in _PLACED.finditer(text)]
    settled = settle(
        [
            *placed,
            *(Finding(*shadow.origin(each.start, each.end), each.cls, each.replacement) for each in found),
        ]
    )
    barriers = frozenset(placed)
    return [finding for finding in settled if finding not in barriers]


def _absorbed(movements: Iterator[Finding], found: list[Finding]) -> list[Finding]:
    """A movement takes in the smaller findings inside it."""
    whole = list(movements)
    return whole + [one for one in found if not any(each.start <= one.start and one.end <= each.end for each in whole)]


def _spans(text: str, model: Reader, *, official: bool) -> list[RedactedSpan]:
    """Rounds until a round over the redacted text finds nothing: what is redacted once is redacted for good.

    The model looks at what the rules have left.
    """
    spans: list[RedactedSpan] = []
    for _ in range(_MAX_ROUNDS):
        current = _replaced(text, tuple(spans))
        try:
            fresh = _findings(current, official=official)
            if not fresh:
                fresh = _learned(model, current, official=official)
        except (ArtifactError, ModelError):
            raise  # without its model the redactor cannot work at all
        except Exception:  # a defect of ours must neither let a text through nor stop the texts after it
            raise CannotRedact("failed") from None
        if not fresh:
            return spans
        pieces = _pieces(text, spans)
        added = [span for finding in fresh for span in _in_input(finding, pieces)]
        if not added:
            return spans
        spans = sorted([*spans, *added], key=lambda span: span.start)
    raise CannotRedact("unstable")


def _pieces(text: str, spans: list[RedactedSpan]) -> list[tuple[int, int, int]]:
    """(start in the redacted text, start in the input, length) of every stretch that is still as it was."""
    pieces = []
    at = current = 0
    for span in spans:
        pieces.append((current, at, span.start - at))
        current += span.start - at + len(span.replacement)
        at = span.end
    pieces.append((current, at, len(text) - at))
    return pieces


def _in_input(finding: Finding, pieces: list[tuple[int, int, int]]) -> Iterator[RedactedSpan]:
    """The parts of a finding that lie outside earlier placeholders, as spans of the input."""
    index = max(0, bisect_right(pieces, (finding.start, len(pieces) + 1 << 40, 0)) - 1)
    while index < len(pieces) and pieces[index][0] < finding.end:
        current, origin, length = pieces[index]
        start, end = max(finding.start, current), min(finding.end, current + length)
        if start < end:
            yield RedactedSpan(origin + start - current, origin + end - current, finding.cls, finding.substitute)
        index += 1


def _replaced(text: str, spans: tuple[RedactedSpan, ...]) -> str:
    if not spans:
        return text
    parts = []
    at = 0
    for span in spans:
        parts += [text[at : span.start], span.replacement]
        at = span.end
    return "".join([*parts, text[at:]])
