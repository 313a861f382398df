"""The training run: mixed batches of all streams, a moving average of the weights, checkpoints to go on from.

Run: ``python -m models.training.transformer.loop --data FOLDER --trunk FOLDER --out FOLDER [--config FILE]``. A run
that was cut off goes on from its last checkpoint when the same command is given again.
"""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn
from tqdm import tqdm

from models.training.transformer import config
from models.training.transformer.figures import report
from models.training.transformer.heads import fields
from models.training.transformer.losses import loss
from models.training.transformer.network import Network, begin, matrices
from models.training.transformer.rows import Example
from models.training.transformer.schedule import Batch, schedule
from models.training.transformer.streams import Stream, counts
from models.training.transformer.streams import read as read_streams
from models.training.transformer.trained import load
from models.transformer.tokens import Tokens, encode, encode_pairs, load_tokenizer

CONFIG = Path(__file__).with_name("configs") / "default.toml"


def inputs_of(tokenizer: Any, examples: Sequence[Example], limit: int) -> list[Tokens]:
    """Examples as inputs; those with a target as pairs."""
    if examples and examples[0].target is not None:
        return encode_pairs(tokenizer, [str(e.target) for e in examples], [e.text for e in examples], limit)
    return encode(tokenizer, [e.text for e in examples], limit)


def optimizer_for(network: Network, settings: config.Settings) -> torch.optim.AdamW:
    """AdamW; the learning rate falls with every layer further from the heads."""
    layers = list(network.encoder.encoder.layer)
    inner = {id(p) for p in network.encoder.parameters()}
    groups: list[dict[str, Any]] = [
        {"params": [p for p in network.parameters() if id(p) not in inner], "lr": settings.head_lr}
    ]
    for depth, layer in enumerate(reversed(layers)):
        groups.append({"params": list(layer.parameters()), "lr": settings.lr * settings.decay**depth})
    below = [p for p in network.encoder.embeddings.parameters() if p.requires_grad]
    groups.append({"params": below, "lr": settings.lr * settings.decay ** len(layers)})
    return torch.optim.AdamW(groups, weight_decay=settings.weight_decay, fused=True)


def _untrained(streams: dict[str, Stream], trunk: Path, layers: int | None) -> Network:
    """A network whose biases suit the petitions, or what there is in their place."""
    letters = streams["letters"].train if "letters" in streams else [e for s in streams.values() for e in s.train]
    graded = [e.labels["factors"] for e in letters if "factors" in e.labels]
    codes = fields()[0].labels
    shares = torch.tensor([sum(code in found for found in graded) / max(1, len(graded)) for code in codes])
    return begin(trunk, [e.text for e in letters[:128]], shares, layers)


class Run:
    """A run with its state: network, average, optimiser, the step it is at.

    ``start``: an earlier run's network to go on from; without it the trunk is a beginning.
    """

    def __init__(
        self,
        settings: config.Settings,
        streams: dict[str, Stream],
        trunk: Path,
        out: Path,
        device: str = "cpu",
        start: Network | None = None,
    ) -> None:
        torch.manual_seed(settings.seed)
        self.settings, self.streams, self.out, self.device = settings, streams, out, device
        self.tokenizer = load_tokenizer(trunk)
        self.network = (start or _untrained(streams, trunk, settings.layers)).to(device)
        self.average = {name: value.detach().clone() for name, value in self.network.state_dict().items()}
        self.optimizer = optimizer_for(self.network, settings)
        self.inputs = {name: inputs_of(self.tokenizer, s.train, settings.tokens) for name, s in streams.items()}
        lengths = {name: [len(item) for item in items] for name, items in self.inputs.items()}
        self.batches = schedule(lengths, settings)
        self.step = 0
        out.mkdir(parents=True, exist_ok=True)

    def rate(self) -> float:
        """Share of the learning rate at this step: a linear rise, then a linear fall to nothing."""
        total = len(self.batches)
        rise = max(1, round(total * self.settings.warm_up))
        return min((self.step + 1) / rise, (total - self.step) / max(1, total - rise))

    def resume(self) -> None:
        """Goes on from the checkpoint in the run's folder, if there is one."""
        path = self.out / "checkpoint.pt"
        if path.is_file():
            state = torch.load(path, map_location=self.device, weights_only=True)
            if state["batches"] != len(self.batches):
                raise ValueError(f"E217: {path} belongs to another run: give another folder, or remove it")
            self.network.load_state_dict(state["network"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.average, self.step = state["average"], state["step"]
            torch.set_rng_state(state["random"].cpu())

    def save(self) -> None:
        """Writes a checkpoint, whole or not at all."""
        draft = self.out / "checkpoint.new"
        torch.save(
            {
                "network": self.network.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "average": self.average,
                "step": self.step,
                "random": torch.get_rng_state(),
                "batches": len(self.batches),
            },
            draft,
        )
        draft.replace(self.out / "checkpoint.pt")

    def train(self) -> None:
        """Runs all batches that are left; reports on the dev sets on the way and at the end."""
        every = max(1, len(self.batches) // self.settings.reports)
        logged = max(1, min(100, len(self.batches) // 20))
        saved = time.monotonic()
        losses: dict[str, list[float]] = {}
        with tqdm(total=len(self.batches), initial=self.step, unit="batch", mininterval=20) as bar:
            while self.step < len(self.batches):
                batch = self.batches[self.step]
                losses.setdefault(batch.stream, []).append(self._one(batch))
                self.step += 1
                bar.update()
                if self.step % logged == 0 or self.step == len(self.batches):
                    self.log({"step": self.step, "loss": {k: sum(v) / len(v) for k, v in sorted(losses.items())}})
                    losses = {}
                if time.monotonic() - saved > 60 * self.settings.checkpoint_minutes:
                    self.save()
                    saved = time.monotonic()
                if self.step % every == 0 and self.step + every // 2 < len(self.batches):
                    self.report()
        self.save()
        self.report()
        torch.save(self.average, self.out / "model.pt")

    def _one(self, batch: Batch) -> float:
        self.network.train()
        examples = [self.streams[batch.stream].train[i] for i in batch.numbers]
        inputs = [self.inputs[batch.stream][i] for i in batch.numbers]
        ids, mask, types = (part.to(self.device) for part in matrices(inputs))
        with torch.autocast(self.device, torch.bfloat16):
            outputs = self.network(ids, mask, types)
        cost = loss(type(outputs)(*(part.float().cpu() for part in outputs)), examples, inputs)
        cost.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_([p for p in self.network.parameters() if p.requires_grad], 1.0)
        share = self.rate()
        for group in self.optimizer.param_groups:
            group["lr"] = group.setdefault("first_lr", group["lr"]) * share
        self.optimizer.step()
        self.optimizer.zero_grad()
        decay = min(self.settings.average, (self.step + 1) / (self.step + 10))
        with torch.no_grad():
            for name, value in self.network.named_parameters():
                if value.requires_grad:
                    self.average[name].lerp_(value, 1 - decay)
        return float(cost.detach())

    def averaged(self) -> Network:
        """The network with the averaged weights, in a copy."""
        import copy

        network = copy.deepcopy(self.network)
        network.load_state_dict(self.average)
        return network.eval()

    def report(self) -> None:
        """Figures of the averaged network on the dev sets."""
        self.log(
            {"step": self.step, "dev": report(self.averaged(), self.tokenizer, self.streams, self.settings.tokens)}
        )

    def log(self, line: dict[str, Any]) -> None:
        """Adds a line to ``log.jsonl``: losses by stream, figures by set."""
        with (self.out / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def start(
    settings: config.Settings,
    data: Path | None,
    trunk: Path,
    out: Path,
    device: str = "cpu",
    labelled: Sequence[Example] = (),
    earlier: Path | None = None,
) -> Run:
    """A run that is ready to train, at its last checkpoint where it has one. ``labelled``: the user's own rows;
    ``earlier``: the folder of a run whose network it goes on from. Raises ValueError (E214, E217)."""
    run = Run(
        settings, read_streams(data, settings, labelled), trunk, out, device, load(trunk, earlier) if earlier else None
    )
    run.resume()
    run.log({"sizes": json.loads(counts(run.streams)), "batches": len(run.batches), "from": run.step})
    return run


def main() -> None:
    """The command line of this module."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--trunk", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--config", type=Path, default=CONFIG)
    parser.add_argument("--weak", type=Path, help="file of weak labels, in place of the configuration's")
    parser.add_argument("--from", dest="earlier", type=Path, help="folder of a run to go on from")
    parser.add_argument("--device", default="cpu")
    given = parser.parse_args()
    settings = config.read(given.config)
    if given.weak:
        settings = settings.model_copy(update={"weak": given.weak})
    start(settings, given.data, given.trunk, given.out, given.device, earlier=given.earlier).train()


if __name__ == "__main__":
    main()
