"""What the detector costs, and whether ten years of it survive being killed.

python -m benchmarks.alerts.cost --projects 100000
python -m benchmarks.alerts.cost --replay --years 10 --kills 50 --seed 7
"""

from __future__ import annotations

import argparse
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.alerts.generator import START_TICK, rhythm
from pipeline.alerts import Detector, Observations, State, States

HOURS_A_YEAR = 8766


def cost(projects: int, ticks: int) -> None:
    """CPU of one hourly tick over all projects, after a warm-up, and bytes of a state."""
    rng = np.random.default_rng(1)
    rate = np.exp(rng.uniform(np.log(0.03), np.log(5), projects))
    detector, states = Detector(), States.new(projects)
    week = rhythm()
    spent = []
    for t in range(ticks):
        counts = rng.poisson(rate * week[t % 168]).astype(float)
        begin = time.process_time()
        detector.step_many(states, Observations.at(START_TICK + t, counts))
        spent.append(time.process_time() - begin)
    begin = time.process_time()
    packed = states.pack()
    writing = time.process_time() - begin
    begin = time.process_time()
    States.unpack(packed)
    reading = time.process_time() - begin
    settled = np.array(spent[ticks // 2 :])
    print(
        f"{projects} projects: {np.median(settled) * 1000:.0f} ms CPU a tick (median), {settled.max() * 1000:.0f} most"
    )
    print(f"{np.median(settled) / projects * 1e6:.2f} µs a project; {len(packed[0].to_bytes())} bytes a state")
    print(f"packing all {writing * 1000:.0f} ms, unpacking {reading * 1000:.0f} ms CPU")


def counts_of(seed: int, projects: int, tick: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Counts, gaps and caps of one hour; a pure function of seed and hour, so that a restart sees the same."""
    rng = np.random.default_rng((seed, tick))
    rate = np.exp(np.linspace(np.log(0.05), np.log(20), projects))
    crisis = np.where(rng.random(projects) < 0.001, 20.0, 1.0)
    counts = rng.poisson(rate * rhythm()[tick % 168] * crisis).astype(float)
    return counts, rng.random(projects) < 0.01, rng.random(projects) < 0.01


def worker(folder: Path, seed: int, projects: int, ticks: int, every: int) -> None:
    """Goes on from the last saved states to the end; saves every so many ticks, atomically."""
    saved = folder / "states"
    states, done = States.new(projects), 0
    if saved.exists():
        data = saved.read_bytes()
        done, size = int.from_bytes(data[:8], "little"), (len(data) - 8) // projects
        states = States.unpack([State.from_bytes(data[8 + i * size :][:size]) for i in range(projects)])
    detector = Detector()
    for t in range(done, ticks):
        counts, missing, capped = counts_of(seed, projects, t)
        detector.step_many(
            states, Observations.at(START_TICK - 52 * 168 * 10 + t, counts, missing=missing, capped=capped)
        )
        if (t + 1) % every == 0 or t + 1 == ticks:
            data = (t + 1).to_bytes(8, "little") + b"".join(state.to_bytes() for state in states.pack())
            (folder / "new").write_bytes(data)
            (folder / "new").replace(saved)


def replay(years: int, kills: int, seed: int, projects: int) -> None:
    """Runs the years once without and once with random kill −9, and compares the bytes."""
    ticks = years * HOURS_A_YEAR
    digests, killed = [], 0
    rng = np.random.default_rng(seed)
    for wanted in (0, kills):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            points = sorted(rng.integers(1, ticks, wanted).tolist())
            while True:
                arguments = (f"--worker={name}", f"--seed={seed}", f"--projects={projects}", f"--ticks={ticks}")
                process = subprocess.Popen([sys.executable, "-m", "benchmarks.alerts.cost", *arguments])
                while process.poll() is None and points:
                    saved = folder / "states"
                    done = int.from_bytes(saved.read_bytes()[:8], "little") if saved.exists() else 0
                    if done >= points[0]:
                        os.kill(process.pid, signal.SIGKILL)
                        points.pop(0)
                        killed += 1
                        break
                    time.sleep(float(rng.uniform(0.01, 0.05)))
                if process.wait() == 0:
                    break
            digests.append(hashlib.sha256((folder / "states").read_bytes()).hexdigest())
    verdict = "equal" if len(set(digests)) == 1 else "DIFFERENT"
    print(f"{years} years, {ticks} ticks, {projects} projects, {killed} kills: {verdict}")
    print(digests[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--projects", type=int, default=100_000)
    parser.add_argument("--ticks", type=int, default=40)
    parser.add_argument("--replay", action="store_true")
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--worker", type=Path, help="used by --replay")
    args = parser.parse_args()
    if args.worker:
        worker(args.worker, args.seed, args.projects, args.ticks, every=167)
    elif args.replay:
        replay(args.years, args.kills, args.seed, min(args.projects, 8))
    else:
        cost(args.projects, args.ticks)


if __name__ == "__main__":
    main()
