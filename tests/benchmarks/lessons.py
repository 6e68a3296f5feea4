"""The numbers in the answers of the lessons, measured: writes assets/lessons/answers/measured.json.

    python -m tests.benchmarks.lessons [--only worth gate sharpening mixing strong playground drawing snow]

Every number is the mean over its values, with the lowest and the highest; shares are in per cent. What is trained is
what the lesson's page trains, with seeds 0 to 2 where it trains with one.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from statistics import mean
from typing import Any, NamedTuple

import torch

from ssl_core.augment import from_text
from ssl_core.data import load
from ssl_core.mix.law import draws
from ssl_core.mix.table import MIXES
from ssl_core.predict.classifier import Classifier, calibrated
from ssl_core.runs.files import write_json
from ssl_core.train.config import configure
from ssl_core.train.loop import train
from ssl_core.train.trainee import Trainee
from tests.benchmarks.lessons_inside import gate, sharpening
from tests.benchmarks.lessons_plane import playground
from tests.benchmarks.letters import letters
from tests.benchmarks.snow import learnt

MEASURED = Path(__file__).resolve().parents[2] / "assets" / "lessons" / "answers" / "measured.json"
SEEDS = range(3)
Number = tuple[str, str, list[float]]  # its name, what it is in words, and its values


class Trained(NamedTuple):
    """A network and the record of its training."""

    classifier: Classifier
    rows: list[dict[str, Any]]

    @property
    def test(self) -> float:
        """Test accuracy in per cent."""
        return 100 * next(row["test_accuracy"] for row in reversed(self.rows) if "test_accuracy" in row)


@cache
def trained(method: str, labels: int, seed: int, **knobs: Any) -> Trained:
    """A run on the digits, as the Training page makes it."""
    config, data = configure("digits", method, labels, seed, knobs), load("digits")
    rows: list[dict[str, Any]] = []
    saved: list[dict[str, Any]] = []
    train(config, data, rows.append, save=saved.append)
    trainee = Trainee(config, data)
    trainee.load_state_dict(saved[-1])
    return Trained(calibrated(config, trainee.average.shadow, data, {}), rows)


def tests(method: str, labels: int, **knobs: Any) -> list[float]:
    """Test accuracies in per cent, one a seed."""
    return [trained(method, labels, seed, **knobs).test for seed in SEEDS]


def worth() -> Iterator[Number]:
    """What unlabelled pictures are worth."""
    names = {"supervised": "the supervised baseline", "fixmatch": "FixMatch", "supervised_strong": "strong views"}
    for method, words in names.items():
        for labels in (10, 20) if method != "supervised_strong" else (20,):
            values = tests(method, labels)
            yield f"{method}_{labels}", f"test accuracy in %, {words}, {labels} labels", values
            if labels == 10:
                yield f"{method}_10_spread", "best less worst draw of those, in points", [max(values) - min(values)]
    yield "supervised_100", "test accuracy in %, the supervised baseline, 100 labels", tests("supervised", 100)
    yield "all_labels", "test accuracy in %, the supervised baseline, all labels", [every().test]
    means = [mean(tests(method, 20)) for method in ("supervised", "supervised_strong", "fixmatch")]
    yield "gain_distortion", "points from the baseline to strong views, 20 labels", [means[1] - means[0]]
    yield "gain_unlabelled", "points from strong views to FixMatch, 20 labels", [means[2] - means[1]]
    records = [trained("fixmatch", 20, seed).rows for seed in SEEDS]
    early = [next(row for row in rows if row["step"] >= 30 and "mask_rate" in row) for rows in records]
    late = [rows[-1] for rows in records]
    for when, some, after in (("early", early, " after 30 of 1,000 steps"), ("late", late, " at the end")):
        yield f"gate_{when}_share", f"% of unlabelled pictures past τ{after}", [100 * row["mask_rate"] for row in some]
        yield (
            f"gate_{when}_right",
            f"% of those guesses that are right{after}",
            [100 * row["pseudo_accuracy"] for row in some],
        )


def every() -> Trained:
    """The network that learnt from every label."""
    return trained("supervised", 1100, 0)


def mixing() -> Iterator[Number]:
    """What mixup does to a label."""
    for words, alpha in (("02", 0.2), ("8", 8.0)):
        lam = draws(MIXES["mixup"].lam, alpha, 1)
        yield (
            f"pure_{words}",
            f"% of λ beyond 0.1 and 0.9, α = {alpha:g}",
            [100 * float(((lam < 0.1) | (lam > 0.9)).mean())],
        )
    plain, mixed = tests("supervised", 20), tests("supervised", 20, mix="mixup")
    yield "mixup_20", "test accuracy in %, the supervised baseline on blends, 20 labels", mixed
    yield (
        "mixup_gain",
        "points that mixup adds on the same 20 pictures",
        [b - a for a, b in zip(plain, mixed, strict=True)],
    )


def strong() -> Iterator[Number]:
    """How strong is too strong."""
    data, network = load("digits"), every().classifier

    def read(pipeline: str) -> torch.Tensor:
        """What the network names each test picture behind a pipeline."""
        policy, generator = from_text(pipeline), torch.Generator().manual_seed(0)
        views = policy(data.test_images.float() / 255, generator)
        return network.logits((views * 255).round().to(torch.uint8)).argmax(dim=1)

    labels = data.test_labels
    for name, pipeline in (
        ("turned_15", "rotate(0..15)"),
        ("turned_180", "rotate(0..180)"),
        ("mirrored", "hflip"),
        *((f"covered_{10 * size}", f"cutout(0.{size})") for size in (3, 6, 9)),
    ):
        right = read(pipeline) == labels
        yield name, f"% of test digits read right behind {pipeline}", [100 * right.double().mean().item()]
    upside = network.logits(data.test_images.flip(-1, -2)).argmax(dim=1)
    yield (
        "six_as_nine",
        "% of sixes read as a nine when turned by half",
        [100 * (upside[labels == 6] == 9).double().mean().item()],
    )
    mirrored = network.logits(data.test_images.flip(-1)).argmax(dim=1)
    for digit in range(10):
        share = (mirrored[labels == digit] == digit).double().mean().item()
        yield f"mirror_{digit}", f"% of mirrored {digit}s still read as {digit}", [100 * share]
    yield (
        "fixmatch_turned",
        "test accuracy in %, FixMatch behind rotate(0..180), 20 labels",
        tests("fixmatch", 20, strong="rotate(0..180)"),
    )
    yield (
        "fixmatch_gentle",
        "test accuracy in %, FixMatch behind a gentle view, 20 labels",
        tests("fixmatch", 20, strong="rotate(0..20) > translate_x(0..0.15)"),
    )


def drawing() -> Iterator[Number]:
    """What a network says to drawings: the short run of the Predict page."""
    data, run = load("digits"), trained("fixmatch", 40, 0, steps=400)
    yield "short_40", "test accuracy in % of the short run of the Predict page", [run.test]
    told = run.classifier.probabilities(data.test_images)
    sure, right = told.amax(dim=1), told.argmax(dim=1) == data.test_labels
    yield (
        "sure_share",
        "% of test digits of which it is at least 95 % sure",
        [100 * (sure >= 0.95).double().mean().item()],
    )
    yield "sure_wrong", "% of those that are wrong", [100 * (~right[sure >= 0.95]).double().mean().item()]
    yield (
        "unsure_wrong",
        "% wrong of those of which it is less sure",
        [100 * (~right[sure < 0.95]).double().mean().item()],
    )
    answers = run.classifier.probabilities(letters(run.classifier.card)).amax(dim=1)
    yield "letters_sure", "of 26 capital letters: how many it is more than 80 % sure of", [float((answers > 0.8).sum())]
    yield (
        "letters_unsure",
        "of 26 capital letters: how many it is less than half sure of",
        [float((answers < 0.5).sum())],
    )


def snow() -> Iterator[Number]:
    """The husky and the snow."""
    for data, rho in (("shapes_snow", "95"), ("shapes_snow_50", "50")):
        for method, name in (("supervised", "plain"), ("supervised_strong", "repainted")):
            if (rho, name) == ("50", "repainted"):
                continue
            found = [learnt(data, method, 100, seed, 500) for seed in SEEDS]
            for field in ("usual", "flipped", "ground_decides", "figure_alone", "on_ground", "ground_area"):
                values = [100 * getattr(one, field) for one in found]
                yield f"snow_{rho}_{name}_{field}", f"{field} in %, {name} network, ρ = 0.{rho}", values


GROUPS: dict[str, Callable[[], Iterator[Number]]] = {
    group.__name__: group for group in (worth, gate, sharpening, mixing, strong, playground, drawing, snow)
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=GROUPS, default=list(GROUPS))
    groups = parser.parse_args().only
    torch.set_num_threads(1)
    for group in groups:
        kept = json.loads(MEASURED.read_text())["numbers"] if MEASURED.exists() else {}
        kept = {name: number for name, number in kept.items() if number["group"] != group}
        for name, what, values in GROUPS[group]():
            middle = mean(values)
            facts = {"value": round(middle, 1), "low": round(min(values), 1), "high": round(max(values), 1)}
            digits = int(middle < 5 and any(value % 1 for value in values))  # what is counted is whole
            kept[name] = {
                "group": group,
                "what": what,
                **facts,
                "digits": digits,
                "values": [round(value, 1) for value in values],
            }
            print(f"{name:<32} {middle:6.1f}  {facts['low']:.1f} to {facts['high']:.1f}  {what}", flush=True)
        order = list(GROUPS)  # whatever was measured last, so that a second look differs only in numbers
        kept = dict(sorted(kept.items(), key=lambda item: order.index(item[1]["group"])))
        write_json(MEASURED, {"command": "python -m tests.benchmarks.lessons", "machine": machine(), "numbers": kept})


def machine() -> str:
    """Where this was measured."""
    return f"one core of {os.cpu_count()}, {platform.machine()}, no GPU"


if __name__ == "__main__":
    main()
