"""Rules and panels ask what can be answered: labels that a figure has, sides that can be compared, a store counted once."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from api.metrics import everything
from pipeline.meters import METERS
from pipeline.store import Store

OPS = Path(__file__).parent.parent / "ops"
OF_THE_SCRAPE = {"job", "process"}
"""Labels that Prometheus adds (ops/prometheus/prometheus.yaml)."""
RULES = {
    rule["alert"]: rule["expr"]
    for group in yaml.safe_load((OPS / "prometheus" / "alerts.yaml").read_text("utf-8"))["groups"]
    for rule in group["rules"]
}
PANELS = {
    f"{panel['title']} {target['refId']}": target["expr"]
    for panel in json.loads((OPS / "grafana" / "minyi.json").read_text("utf-8"))["panels"]
    for target in panel["targets"]
}
EXPRESSIONS = RULES | PANELS
GROUPED = r"(?P<how>sum|max|min)(?: by \((?P<by>[\w, ]+)\) )?\("


@pytest.fixture(scope="module")
def of_the_store(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Figures of the store, the same whichever process is asked, with the names of their labels."""
    with Store.open(f"sqlite:///{tmp_path_factory.mktemp('figures') / 'a.sqlite3'}") as store:
        families = list(everything(store).collect())
    own = {family.name for family in METERS.collect()}
    return {
        family.name + ("_total" if family.type == "counter" else ""): set(getattr(family, "_labelnames", ()))
        for family in families
        if family.name not in own
    }


@pytest.fixture(scope="module")
def labels(of_the_store: dict[str, set[str]]) -> dict[str, set[str]]:
    """Every name of a sample with the names of its labels."""
    known = dict(of_the_store)
    for meter in METERS._collector_to_names:
        (family,) = meter.collect()
        said = set(meter._labelnames)  # type: ignore[attr-defined]
        if family.type == "counter":
            known[f"{family.name}_total"] = said
        else:
            known |= {f"{family.name}_count": said, f"{family.name}_sum": said, f"{family.name}_bucket": said | {"le"}}
    return known


def operands(expression: str) -> list[str]:
    """What operators outside all brackets stand between."""
    depth, parts = 0, [""]
    for piece in re.split(r"([()\[\]{}]| (?:==|!=|>=|<=|>|<|[*/+-]|or|and|unless) )", expression):
        if depth == 0 and piece.startswith(" ") and piece.endswith(" ") and len(piece) > 2:
            parts.append("\n" if piece == " or " else "")
            continue
        depth += (piece in "([{" and piece != "") - (piece in ")]}" and piece != "")
        parts[-1] += piece
    return parts


def series(operand: str, labels: dict[str, set[str]]) -> tuple[frozenset[str], frozenset[tuple[str, str]]]:
    """The labels by which the series of an operand differ, and those that its selector holds fast."""
    if found := re.match(GROUPED, operand):
        return frozenset(re.findall(r"\w+", found["by"] or "")), frozenset()
    [(name, selector)] = re.findall(r"(minyi_\w+)(?:\{([^}]*)\})?", operand)
    return frozenset(labels[name] | OF_THE_SCRAPE), frozenset(re.findall(r'(\w+)="([^"]*)"', selector))


@pytest.mark.parametrize("named", EXPRESSIONS)
def test_every_label_is_one_that_its_figure_has(named: str, labels: dict[str, set[str]]) -> None:
    """A selector with another would never find anything; a group by another would be one heap."""
    expression = EXPRESSIONS[named]
    for name, selector in re.findall(r"(minyi_\w+)\{([^}]*)\}", expression):
        assert {*re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selector)} <= labels[name] | OF_THE_SCRAPE
    for by, name in re.findall(r"by \(([\w, ]+)\) \([^{]*?(minyi_\w+)", expression):
        assert {*re.findall(r"\w+", by)} <= labels[name] | OF_THE_SCRAPE


@pytest.mark.parametrize("named", EXPRESSIONS)
def test_what_is_compared_differs_in_no_label(named: str, labels: dict[str, set[str]]) -> None:
    """Prometheus compares series whose labels are all equal: rejected with read would be compared with nothing."""
    clause: set[tuple[frozenset[str], frozenset[tuple[str, str]]]] = set()
    for operand in operands(EXPRESSIONS[named]):
        if operand.startswith("\n"):
            clause.clear()
        if "minyi_" in operand and "histogram_quantile" not in operand:
            clause.add(series(operand.strip(), labels))
        assert len(clause) <= 1, sorted(map(str, clause))


@pytest.mark.parametrize("named", EXPRESSIONS)
def test_figures_of_the_store_are_counted_once_however_many_processes_tell_them(
    named: str, of_the_store: dict[str, set[str]]
) -> None:
    for found in re.finditer(rf"(?:{GROUPED})?(?P<name>minyi_\w+)", EXPRESSIONS[named]):
        if found["name"] in of_the_store and found["how"]:
            assert found["how"] != "sum", "one for each process would be added up"
            if re.search(r"sum(?: by \([\w, ]+\) )?\($", EXPRESSIONS[named][: found.start()]):
                assert {*re.findall(r"\w+", found["by"] or "")} == of_the_store[found["name"]], "some would be left out"


@pytest.mark.parametrize(
    "expression, sides",
    [("sum(a) > 0.2 * sum(b) > 20", ["sum(a)", "0.2", "sum(b)", "20"]), ("a{x!=\"y\"} == 0", ['a{x!="y"}', "0"]),
     ("sum(rate(a[5m])) / sum(b) or max(c) > 1", ["sum(rate(a[5m]))", "sum(b)", "\nmax(c)", "1"])],
)  # fmt: skip
def test_sides_are_told_apart(expression: str, sides: list[str]) -> None:
    assert operands(expression) == sides
