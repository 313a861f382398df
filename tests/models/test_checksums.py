"""Artifacts are read only as they were trained."""

from __future__ import annotations

from pathlib import Path

import pytest

import models
import pipeline.link
from models.checksums import SUMS, ArtifactError, note, stated, verified

TRAINED = {".npz", ".gz", ".json", ".onnx"}


@pytest.fixture
def artifact(tmp_path: Path) -> Path:
    (tmp_path / "linker.json").write_text("{}", "utf-8")
    note(tmp_path, ["linker.json"])
    return tmp_path / "linker.json"


def test_an_artifact_comes_back_as_it_was_noted(artifact: Path):
    assert verified(artifact, "pipeline.link.training") == b"{}"


def test_noting_one_artifact_keeps_what_is_noted_of_others(artifact: Path):
    (artifact.parent / "bigrams.txt").write_text("1", "utf-8")
    note(artifact.parent, ["bigrams.txt"])
    assert set(stated(artifact.parent)) == {"bigrams.txt", "linker.json"}
    assert verified(artifact, "pipeline.link.training") == b"{}"


@pytest.mark.parametrize("name", ["linker.json", SUMS])
def test_an_altered_or_lost_artifact_is_refused_with_the_command_that_makes_it(artifact: Path, name: str):
    (artifact.parent / name).write_text("other", "utf-8")
    with pytest.raises(ArtifactError, match=r"E210: .*linker\.json does not match.*pipeline\.link\.training"):
        verified(artifact, "pipeline.link.training")
    artifact.unlink()
    with pytest.raises(ArtifactError, match=r"E210: .*linker\.json is missing.*pipeline\.link\.training"):
        verified(artifact, "pipeline.link.training")


@pytest.mark.parametrize(
    "folder", [Path(models.__path__[0]) / "artifacts", Path(models.__path__[0]) / "artifacts/linear",
               Path(pipeline.link.__path__[0])], ids=lambda folder: folder.name,
)  # fmt: skip
def test_every_artifact_that_ships_has_its_checksum(folder: Path):
    shipped = {path.name for path in folder.iterdir() if path.suffix in TRAINED}
    assert shipped and shipped == set(stated(folder))
    for name in shipped:
        verified(folder / name, "its trainer")
