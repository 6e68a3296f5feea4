"""What is being trained: network, average, optimizer, the method's memory and the streams of pictures."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
import torch
from torch import Generator, Tensor

from ssl_core.augment.policy import Memory, Signals
from ssl_core.data import Dataset
from ssl_core.methods import Batch, Step, TrainingSet
from ssl_core.methods.contract import teacher_logits
from ssl_core.methods.losses import balance_of
from ssl_core.models.ask import probabilities
from ssl_core.train.average import Average, decay_after_step
from ssl_core.train.chance import Stream, generator_at
from ssl_core.train.checkpoint import checkpoint_of, go_on_from, stand_at
from ssl_core.train.config import Config
from ssl_core.train.device import pick_device
from ssl_core.train.evaluate import accuracy, measure, votes
from ssl_core.train.fitting import view_policies
from ssl_core.train.invented import drawn_by, labelled_set
from ssl_core.train.meter import Meter
from ssl_core.train.network import network_of
from ssl_core.train.optimizer import make_optimizer
from ssl_core.train.precision import answers_in_full, bits_of, measured_bits
from ssl_core.train.together import Together
from ssl_core.train.vectors import noise_views

JUDGES = 500  # validation pictures that are asked about while a policy learns, evenly spaced among all
DROPOUTS = 2**32  # between the seeds of two networks' dropout


class Trainee:
    """Everything a run carries from step to step; `state_dict` of it is the checkpoint.

    `watched` asks every step to hand back what it saw; that changes no number.
    """

    def __init__(self, config: Config, data: Dataset, *, watched: bool = False) -> None:
        self.config, self.watched, self.step, self.seconds = config, watched, 0, 0.0
        self.device = pick_device(config.training.device)
        torch.backends.cudnn.benchmark = self.device.type == "cuda"  # every step has the shapes of the first
        torch.set_num_threads(config.training.threads)
        card, method = data.card, config.knobs
        self.kept = hasattr(data, "views")  # drawn beforehand (ssl_core/features): then a batch is asked for by row

        drawn = drawn_by(config, data)
        pictures, names, labelled, shown = labelled_set(config, data, drawn.labelled)
        self.images, self.labels = pictures.to(self.device), names.to(self.device)
        self.test = (data.test_images.to(self.device), data.test_labels.to(self.device))
        self.validation = (self.images[drawn.validation], self.labels[drawn.validation])
        batch = config.training.batch
        self.labelled = Stream(shown, batch, config.seed)
        self.free = torch.from_numpy(drawn.unlabelled).to(self.device)
        places = np.arange(len(drawn.unlabelled))
        self.unlabelled = Stream(places, batch * method.ratio, config.seed + 1) if method.ratio else None
        self.policies = self._policies(data)
        asked = (method.labelled_view, *method.more_labelled, *method.unlabelled_views)
        learners = {name: self.policies[name] for name in asked if self.policies[name].learns}
        self.memory = {name: self.here(policy.start()) for name, policy in learners.items()}
        self.classes = len(card.classes)
        self.counts = torch.bincount(names[labelled], minlength=self.classes).to(self.device)
        self.balance = balance_of(self.counts, config.training.class_weights, config.training.logit_adjustment)
        self.meter = Meter(self.classes)

        with torch.random.fork_rng():
            torch.manual_seed(config.seed)  # the initial weights are the one thing drawn from the global generator
            self.model = network_of(config, data).to(self.device)
            width = self.model.head.in_features
            self.head = torch.nn.Linear(width, method.head).to(self.device) if method.head else None
            row = tuple(data.images.shape[1:])
            companion = method.companion(lambda: network_of(config, data), row)
        self.companion = None if companion is None else companion.to(self.device)
        beside = [network for network in (self.head, self.companion) if network is not None]
        self.learning = torch.nn.ModuleList([self.model, *beside])
        self.learning.to(memory_format=torch.channels_last)  # on a CPU, too, a step takes a quarter less time
        # The same weights, run as compiled code; checkpoints and the average keep the plain network's names.
        self.live = torch.compile(self.model) if config.training.compile else self.model
        self.average = self._average_of(self.model)
        self.companion_average = None if companion is None else self._average_of(self.companion)  # their average
        self.optimizer = make_optimizer(self.learning, config.training)
        self.dropouts = [m.dropout for m in (self.model, self.average.shadow, *self._beside()) if hasattr(m, "dropout")]
        self.warmup_steps = round(config.training.warmup * config.training.steps)
        known = torch.from_numpy(labelled).to(self.device)
        pictures = TrainingSet(self.classes, self.images, known, self.labels[known], self.free)
        self.state = {k: v.to(self.device) for k, v in method.start(pictures).items()}
        self.standard = data.standard.state_dict() if self.kept else {}
        self.bits = bits_of(config.training.precision, self.device, self.model)  # a number; None until it is settled

    def settle(self) -> None:
        """Decide on the numbers that this run trains in, unless it is decided; may take a second, changes no weight."""
        if self.bits is None:
            batch, _, _ = self.draw()
            self.bits = measured_bits(self.model, torch.cat([batch.x, *batch.u]))
        if self.bits == 16:
            for network in (self.model, self.average.shadow):
                answers_in_full(network.head)
            if self.head:
                answers_in_full(self.head)

    def learn_with(self, together: Together) -> None:
        """Settle, and from now on ask every network in shares, if there are others; all begin as the first one does."""
        self.settle()
        self.bits = together.agree(self.bits)
        both = (self.companion, self.companion_average.shadow) if self.companion_average else ()
        beside = [part for one in both for part in (one if isinstance(one, torch.nn.ModuleList) else [one])]
        networks = [self.model, self.average.shadow, *beside]
        for network in networks:
            together.begin_alike(network.state_dict().values())
            together.split(network)
        together.begin_alike(self.head.state_dict().values() if self.head else ())
        together.begin_alike(self.state.values())

    def _average_of(self, network: torch.nn.Module) -> Average:
        training = self.config.training
        return Average(network, training.ema, training.ema_buffers, training.ema_warmup)

    def _beside(self) -> list[torch.nn.Module]:
        """The companion, its average and what both consist of."""
        both = (self.companion, self.companion_average.shadow) if self.companion_average else ()
        return [part for network in both for part in network.modules()]

    def _policies(self, data: Dataset) -> dict[str, Any]:
        if self.kept:
            return data.policies(self.images)
        if not data.card.pictures:
            return noise_views(data.images)
        return view_policies(self.config)

    def draw(self) -> tuple[Batch, Tensor, Generator]:
        """The batch of this step, the hidden labels of its unlabelled part, and the generator for the rest."""
        generator = generator_at(self.config.seed, self.step)
        method = self.config.knobs
        for place, dropout in enumerate(self.dropouts):
            dropout.begin(generator.initial_seed() // 2 + place * DROPOUTS)
        rows = self._rows(self.labelled)
        x = self._labelled(rows, generator)
        more = tuple(self._view(self._pixels(rows), view, generator) for view in method.more_labelled)
        views: tuple[Tensor, ...] = ()
        index = hidden = torch.empty(0, dtype=torch.int64)
        if self.unlabelled:
            index = self._rows(self.unlabelled)
            pixels, hidden = self._pixels(self.free[index]), self.labels[self.free[index]]
            views = tuple(self._view(pixels, view, generator) for view in method.unlabelled_views)
        done, seen = self.step / self.config.training.steps, self.step * self.config.training.batch
        batch = Batch(
            x, self.labels[rows], views, index, self.classes, done, seen, self.counts,
            self.average.shadow, self.head, more, self.balance, self.watched, self.companion,
        )  # fmt: skip
        return batch, hidden, generator

    def _rows(self, stream: Stream) -> Tensor:
        return torch.from_numpy(stream.at(self.step)).to(self.device, non_blocking=True)

    def _pixels(self, rows: Tensor) -> Tensor:
        if self.kept:
            return rows
        chosen = self.images[rows]
        return chosen.float().div_(255) if chosen.dtype == torch.uint8 else chosen.float()  # vectors stay as they are

    def _view(self, pixels: Tensor, name: str, generator: Generator) -> Tensor:
        seen = self.policies[name](pixels, generator, self.memory.get(name))
        return seen.contiguous(memory_format=torch.channels_last) if seen.dim() == 4 else seen

    def _labelled(self, rows: Tensor, generator: Generator) -> Tensor:
        if self.config.training.labelled_as == "views":
            return self._view(self._pixels(rows), self.config.knobs.labelled_view, generator)
        return self.images[rows] if self.kept else self._pixels(rows)

    def here(self, memory: list[Memory]) -> list[Memory]:
        """A policy's memory on the device of this run."""
        return [{name: value.to(self.device) for name, value in part.items()} for part in memory]

    def as_they_are(self) -> tuple[Tensor, Tensor]:
        """The pictures of this step as nobody changed them, in 0..1: labelled [B, ...] and unlabelled [mu·B, ...]."""
        labelled = self._pixels(self._rows(self.labelled))
        free = self._pixels(self.free[self._rows(self.unlabelled)]) if self.unlabelled else labelled[:0]
        return labelled, free

    def learn(self, batch: Batch, generator: Generator, step: Step | None = None) -> None:
        """Let policies learn from the average network's answers to this step's labelled pictures, weakly augmented.

        And from what the `step` says of itself, where it is given.
        """
        if not self.memory:
            return
        signals = self._signals(step) if step else None
        for name, memory in self.memory.items():
            x = batch.x
            if (self.config.training.labelled_as, self.config.knobs.labelled_view) != ("views", "weak"):
                x = self._view(self._pixels(self._rows(self.labelled)), "weak", generator)
            self.memory[name] = self.policies[name].learn(memory, x, batch.y, self._answer, generator, signals)

    def _signals(self, step: Step) -> Signals:
        losses = {"loss": step.loss, **step.parts}
        done = self.step / self.config.training.steps
        return Signals(self.step, done, losses, step.stats.get("mask"), self._validation)

    def _validation(self) -> tuple[Tensor, Tensor]:
        """The average network's probabilities for validation pictures, and their labels."""
        rows, labels = (part[:: max(1, len(part) // JUDGES)] for part in self.validation)
        return (probabilities(self.average.shadow, rows) if len(rows) else rows), labels

    def _answer(self, x: Tensor) -> Tensor:
        return torch.softmax(teacher_logits(self.average.shadow, x), dim=1)

    def precision(self) -> contextlib.AbstractContextManager:
        """Where a step's products are made in bfloat16, if that was settled; else nothing."""
        if self.bits == 16:
            return torch.autocast(self.device.type, torch.bfloat16)
        return contextlib.nullcontext()

    def optimize(self, loss: Tensor, rate: float) -> None:
        """One step down, then the average takes the new weights in, then decoupled decay."""
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        self.average.update()
        if self.companion_average:
            self.companion_average.update()
        training = self.config.training
        if training.decay == "decoupled" and training.weight_decay:
            decay_after_step(self.learning, training.weight_decay * rate, training.decayed)

    def row(self) -> dict[str, Any]:
        """Where the run stands."""
        return {"step": self.step, "images": self.step * self.config.training.batch, "seconds": self.seconds}

    def measure(self) -> dict[str, Any]:
        """Accuracies of the averaged weights, and of the live ones on validation rows; None where there are none.

        Of the test also how many pictures it has, in all and of each class, and what share of each class is right.
        """
        test = measure(self.average.shadow, *self.test, self.classes)
        return {
            "test_accuracy": test.accuracy,
            "balanced_accuracy": test.balanced,
            "recall": [share if share is None else round(share, 6) for share in test.recall],
            "tested": len(self.test[1]),
            "tested_by_class": test.by_class,
            "validation_accuracy": accuracy(self.average.shadow, *self.validation),
            "validation_accuracy_live": accuracy(self.model, *self.validation),
        } | self._votes()

    def _votes(self) -> dict[str, Any]:
        """Of averaged weights, on validation rows, where a method asks several networks; else nothing."""
        beside = self.companion_average.shadow if self.companion_average else None
        voters = self.config.knobs.voters(self.average.shadow, beside)
        return votes(voters, *self.validation)._asdict() if len(voters) > 1 else {}

    def state_dict(self) -> dict[str, Any]:
        """The checkpoint: tensors and plain values only."""
        return checkpoint_of(self)

    def load_state_dict(self, saved: dict[str, Any]) -> None:
        """Go on from a checkpoint of the same configuration; raises ValueError, one sentence, for another's."""
        go_on_from(self, saved)

    def stand_at(self, saved: dict[str, Any]) -> None:
        """Stand where a checkpoint or a moment (ssl_core/train/moments.py) stands, to look at the next step.

        Raises ValueError, one sentence, for another configuration's.
        """
        stand_at(self, saved)
