"""A line of the log takes codes, ids and numbers; a text is refused by type and at run time, and libraries are cut short."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from enum import Enum
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.logbook import Code, Event, Id, Lines, Route, log
from pipeline.redact import redact
from pipeline.tracing import Step, span, traced_by

SAID = "柳湾村的补偿标准比邻镇低一成"


def record(message: object, *arguments: object, name: str = "some.library", error: BaseException | None = None) -> str:
    """A line of a library as it is written, in both forms."""
    information = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord(name, logging.WARNING, "/x/library.py", 7, message, arguments, information)
    return Lines("text").format(made) + "\n" + Lines("json").format(made)


def written(caplog: pytest.LogCaptureFixture) -> str:
    return "\n".join(Lines(form).format(one) for one in caplog.records for form in ("text", "json"))


@pytest.mark.parametrize("text", [SAID, "a few words", redact(SAID).text, redact("about").text, b"bytes", ["E101"]])
def test_no_text_is_a_field_of_a_line(text: object):
    with pytest.raises(TypeError, match="E180"):
        log(Event.REFUSED, code=text)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [Code, Id, Route])
@pytest.mark.parametrize("text", [SAID, "two words", "13800138000", "", "a" * 200, "x\ny", "https://example.org/?q=1"])
def test_no_text_becomes_a_word_of_the_log(kind: type, text: str):
    with pytest.raises(ValueError, match="E180") as refused:
        kind(text)
    assert not text or text not in str(refused.value)


def test_a_redacted_text_becomes_none_either_whatever_it_looks_like():
    for kind in (Code, Id, Route):
        with pytest.raises(TypeError, match="E180"):
            kind(redact("E101").text)


@given(st.text(min_size=1, max_size=40))
def test_what_a_word_of_the_log_may_be_is_never_chinese_nor_a_run_of_digits(text: str):
    for kind in (Code, Id, Route):
        try:
            word = str(kind(text))
        except ValueError:
            continue
        assert word.isascii() and not re.fullmatch(r"\d{6,}", word)


def test_a_line_is_one_object_or_one_line(caplog: pytest.LogCaptureFixture):
    class Colour(Enum):
        BLUE = "blue"

    with caplog.at_level(logging.INFO):
        log(Event.REQUEST, method=Code("GET"), route=Route("/v1/projects/{project_id}"), status=200, ms=12.4)
        log(Event.REFUSED, logging.WARNING, code=Colour.BLUE)
    first, second = caplog.records
    told = json.loads(Lines("json").format(first))
    assert (told["event"], told["route"], told["status"]) == ("request", "/v1/projects/{project_id}", 200)
    assert Lines("text").format(first).endswith("INFO GET /v1/projects/{project_id} 200 12 ms")
    assert json.loads(Lines("json").format(second))["code"] == "blue"


def test_what_libraries_say_is_reduced_to_who_and_where():
    for line in (
        record(f"cannot parse {SAID}"), record("cannot parse %s", SAID), record({"text": SAID}), record(ValueError(SAID)),
        record("failed", error=ValueError(SAID)), record(SAID, name=SAID),
    ):  # fmt: skip
        assert SAID not in line and "cannot" not in line and "library.py:7" in line
    assert "ValueError" in record("failed", error=ValueError(SAID))
    assert "Address_already_in_use" in record(OSError(98, f"bind {SAID}"))


def test_every_event_is_documented():
    text = (Path(__file__).parents[2] / "docs" / "OBSERVABILITY.md").read_text("utf-8")
    assert [event.value[0] for event in Event if f"`{event.value[0]}`" not in text] == []


def test_only_the_log_itself_makes_lines():
    """A logger of one's own would take any string; so does print."""
    root = Path(__file__).parents[2]
    named = re.compile(
        r"(?m)^\s*(LOG|LOGGER|logger|log)\b.*=\s*logging\.getLogger|logging\.(debug|info|warning|error|exception)\("
    )
    files = [path for room in ("api", "pipeline", "models", "index") for path in (root / room).rglob("*.py")]
    own = [path.relative_to(root).as_posix() for path in files if named.search(path.read_text("utf-8"))]
    assert own == ["pipeline/notify/channel.py"] or own == ["pipeline/logbook.py", "pipeline/notify/channel.py"], own


@pytest.mark.slow
def test_the_type_checker_refuses_a_text(tmp_path: Path):
    wrong = tmp_path / "wrong.py"
    wrong.write_text(
        "from pipeline.logbook import Code, Event, log\nfrom pipeline.redacted import RedactedText\n\n"
        "def note(text: RedactedText, typed: str) -> None:\n"
        "    log(Event.REFUSED, code=text)\n    log(Event.REFUSED, code=typed)\n    log(Event.REFUSED, code=Code('E323'))\n",
        "utf-8",
    )
    root = Path(__file__).parents[2]
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--follow-imports=silent",
        "--cache-dir",
        str(tmp_path / "cache"),
        str(wrong),
    ]
    told = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False).stdout
    errors = re.findall(r"wrong\.py:(\d+): error", told)
    assert errors == ["5", "6"], told


def test_traces_are_off_until_wanted_and_keep_the_same_rule():
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    with span(Step.REQUEST, method=Code("GET")):
        pass
    kept = InMemorySpanExporter()
    with traced_by(SimpleSpanProcessor(kept)):
        with pytest.raises(ValueError), span(Step.INDEX, operation=Code("search")) as later:
            later["status"] = 500
            raise ValueError(SAID)
        with pytest.raises(TypeError, match="E180"), span(Step.INDEX, operation=SAID):  # type: ignore[arg-type]
            pass
    with span(Step.REQUEST, method=Code("GET")):
        pass
    [one] = kept.get_finished_spans()
    assert (one.name, dict(one.attributes or {})) == ("index", {"minyi.operation": "search", "minyi.status": 500})
    assert SAID not in one.to_json() and not one.events
