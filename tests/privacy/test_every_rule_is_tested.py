"""Each of the thirty rules has its tests, and the page that lists them lists what there is."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.privacy import table

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`((?:tests/[\w/]+/)?test_[\w*]+\.py|tests/[\w/]+/)`")


@pytest.mark.parametrize("rule", table.RULES)
def test_a_rule_has_a_module_a_statement_and_a_place(rule: str) -> None:
    assert table.modules()[rule], f"{rule}: there is no tests/privacy/test_p{rule[2:]}_*.py"
    rows = [line for line in table.PAGE.read_text("utf-8").splitlines() if line.startswith(f"| {rule} |")]
    written, generated = rows
    assert len(written.split(" | ")) == 4 and "`" in written.split(" | ")[2], f"{rule}: say where it is enforced"
    listed = re.findall(r"`(\w+\.py)`", generated)
    assert listed == [f"{name}.py" for name in table.modules()[rule]], "run `make privacy`"


def test_every_test_that_the_page_names_exists() -> None:
    text = table.PAGE.read_text("utf-8")
    names = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    for named in NAMED.findall(text):
        if named.startswith("tests/") and "*" not in named:
            assert (ROOT / named).exists(), named
        elif "*" in named:
            assert list((ROOT / "tests/privacy").glob(named.rpartition("/")[2])), named
        else:
            assert named in names, named


def test_every_place_that_the_page_names_exists() -> None:
    for named in set(re.findall(r"`((?:api|pipeline|crawlers|index|models)/[\w/.]+)`", table.PAGE.read_text("utf-8"))):
        assert (ROOT / named).exists(), named


def test_the_section_depends_on_results_alone(tmp_path: Path) -> None:
    file = tmp_path / "junit.xml"
    file.write_text(
        '<testsuites><testsuite><testcase classname="tests.privacy.test_p01_crawled" name="a"/>'
        '<testcase classname="tests.privacy.test_p01_crawled" name="b"><failure/></testcase>'
        '<testcase classname="tests.privacy.test_p02_redaction_before_any_write" name="c"><skipped/></testcase>'
        "</testsuite></testsuites>"
    )
    told = table.results(file)
    assert told["test_p01_crawled"] == Counter(passed=1, failed=1)
    lines = table.section(told, "commit abc, 2026-01-01").splitlines()
    assert len(lines) == 4 + 30 and lines == table.section(told, "commit abc, 2026-01-01").splitlines()
    assert lines[4].endswith("| 2 | 1 passed, 1 failed |") and lines[5].endswith("| 1 | 1 skipped |")
