"""How many planted probes are found again, factor by factor, on the projects of ``examples/projects.jsonl``.

    python -m benchmarks.probes

Each of the shipped probes (invented texts, ``pipeline/certificates/probes.jsonl``) is planted about each project and
goes the whole way: intake, redaction, analysis, link, index. A probe is missed when it is not linked to the project,
or when it is and its factor is not said. No probe was used in training or changed after it was measured.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from index.query import All, Query, Term
from pipeline.certificates import Probe, plant, probes_of, shipped_probes
from pipeline.certificates.planting import of_factor
from pipeline.office import Office
from pipeline.records import DecisionProject
from pipeline.settings import Settings

PROJECTS = Path(__file__).parent.parent / "examples" / "projects.jsonl"


def main() -> None:
    """Prints one row a factor, then one a kind of source, then the total."""
    lines = PROJECTS.read_text("utf-8").splitlines()
    projects = [DecisionProject.model_validate(json.loads(line)) for line in lines if line.strip()]
    probes = shipped_probes()
    with TemporaryDirectory() as folder, Office(Settings(home=Path(folder))) as office:
        office.register(projects)
        linked = _planted(office, projects, probes, All())
        found = {}
        for code in dict.fromkeys(probe.factor for probe in probes):
            mine = of_factor(probes, code)
            found.update(_planted(office, projects, mine, Term("factors", (code,))))
    print("| probes | planted | not linked | factor not said | missed | 95 % interval |")
    print("| --- | --- | --- | --- | --- | --- |")
    for code in dict.fromkeys(probe.factor for probe in probes):
        _row(f"`{code}`", [key for key in found if key[1].factor == code], linked, found)
    for kind in dict.fromkeys(probe.source_kind for probe in probes):
        _row(kind, [key for key in found if key[1].source_kind == kind], linked, found)
    _row("all", list(found), linked, found)


def _planted(
    office: Office, projects: Sequence[DecisionProject], probes: Sequence[Probe], question: Query
) -> dict[tuple[str, Probe], bool]:
    return {
        (project.id, probe): found
        for project in projects
        for probe, found in zip(probes, plant(office, project, probes, question), strict=True)
    }


def _row(
    name: str, keys: Sequence[tuple[str, Probe]], linked: dict[tuple[str, Probe], bool],
    found: dict[tuple[str, Probe], bool],
) -> None:  # fmt: skip
    away = sum(not linked[key] for key in keys)
    missed = sum(not found[key] for key in keys)
    probes = probes_of(len(keys), missed)
    assert probes is not None
    share = f"{probes.low:.3f}–{probes.high:.3f}"
    print(f"| {name} | {len(keys)} | {away} | {missed - away} | {missed} ({missed / len(keys):.1%}) | {share} |")


if __name__ == "__main__":
    main()
