"""Everything that decides a run, checked: data, method, label count, seed, the method's knobs, and these."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ssl_core.augment import Policy, policy_of, strong, weak
from ssl_core.augment.steps import without_normalise
from ssl_core.data.catalog import Card, card, find_card, needs
from ssl_core.features.card import PRETRAINED, frozen, lacks, whole
from ssl_core.features.card import find as find_features
from ssl_core.fillings import PLAIN, Fillings, made_by
from ssl_core.fillings import listed as listed_fillings
from ssl_core.knobs import Knob, build, knob, knobs_of, unknown
from ssl_core.methods import METHODS, Method
from ssl_core.mix.train import OFF, WITHOUT_PIXELS
from ssl_core.models import FOR_VECTORS, MODELS
from ssl_core.train.older import VERSION, todays
from ssl_core.train.precision import PRECISIONS
from ssl_core.train.recipes import features_recipe, recipe
from ssl_core.zoo import Names, listed

OPTIMIZER, AVERAGE, NETWORK = "Steps and optimizer", "Averaging of weights", "Network"
PICTURES, LABELS, MACHINE = "Views of pictures", "Labels and classes", "Machine and measuring"


@dataclass(frozen=True)
class Training:
    """Knobs of the loop that every method shares. Defaults are FixMatch's (its table 4)."""

    steps: int = knob(
        2**20, "Optimizer steps.", low=1, high=2**21, log=True, source="FixMatch, section 4.1", subject=OPTIMIZER
    )
    batch: int = knob(
        64, "B: labelled pictures a step.", low=2, high=1024, log=True, source="FixMatch, table 4", subject=OPTIMIZER
    )
    optimizer: str = knob(
        "sgd", "Nesterov SGD or Adam.", choices=("sgd", "adam"), source="FixMatch, section 2.4", subject=OPTIMIZER
    )
    lr: float = knob(
        0.03,
        "Learning rate at its highest.",
        low=1e-5,
        high=1.0,
        log=True,
        source="FixMatch, table 4",
        subject=OPTIMIZER,
    )
    momentum: float = knob(0.9, "Momentum of SGD.", low=0.0, high=0.999, source="FixMatch, table 4", subject=OPTIMIZER)
    weight_decay: float = knob(
        5e-4,
        "How strongly weights are pulled to zero.",
        low=0.0,
        high=1.0,
        source="FixMatch, table 4",
        subject=OPTIMIZER,
    )
    decay: str = knob(
        "l2",
        "Decay as part of the loss (l2) or after the step, times the learning rate (decoupled).",
        choices=("l2", "decoupled"),
        source="FixMatch; MixMatch's code is decoupled",
        subject=OPTIMIZER,
    )
    decayed: str = knob(
        "kernels",
        "What decays: convolution and dense weights (reference), or every number of the network (YU1ut port).",
        choices=("kernels", "all"),
        source="reference code",
        subject=OPTIMIZER,
    )
    schedule: str = knob(
        "cosine_7_16",
        "Learning rate over the run: cos(7πk/16K), a half cosine to zero, or constant.",
        choices=("cosine_7_16", "cosine", "constant"),
        source="FixMatch, section 2.4",
        subject=OPTIMIZER,
    )
    warmup: float = knob(
        0.0, "Share of the run in which the rate climbs from 0.", low=0.0, high=0.5, source="none", subject=OPTIMIZER
    )
    ema: float = knob(
        0.999,
        "Decay of the weights' moving average, the one evaluated.",
        low=0.0,
        high=0.9999,
        source="FixMatch",
        subject=AVERAGE,
    )
    ema_warmup: bool = knob(
        False,
        "Start with a faster average, decay min(d, (1+t)/(10+t)), for short runs.",
        source="TensorFlow's EMA",
        subject=AVERAGE,
    )
    ema_buffers: str = knob(
        "live",
        "Batch norm statistics at evaluation: the live ones (reference), copied each step, or averaged too.",
        choices=("live", "copy", "average"),
        source="reference code; ports copy or average",
        subject=AVERAGE,
    )
    model: str = knob(
        "wrn_28_2",
        "The network; also any classifier of torchvision.models whose weights are at hand, by its name (resnet18: a "
        "head on its features; resnet18_tuned: the whole of it).",
        choices=Names(
            ("small_convnet", "small_convnet_stride_2", "wrn_28_2", "wrn_28_8", "wrn_37_2", "mlp", *PRETRAINED)
        ),
        source="FixMatch, section 4.1",
        subject=NETWORK,
    )
    strong: str = knob(
        "",
        "The strong view as a pipeline or a preset of the Augmentations page, such as ctaugment; empty is FixMatch's.",
        free=True,
        source="FixMatch, section 2.3",
        subject=PICTURES,
    )
    imbalance: float = knob(
        1.0,
        "How many times the labels of the last class the first one gets; 1 gives every class the same.",
        low=1.0,
        high=100.0,
        log=True,
        source="class balanced, as in every paper here",
        subject=LABELS,
    )
    rebalance: str = knob(
        "none",
        "Fill small classes of the labelled set with copies, with SMOTE's pictures between two of the class, or with "
        "what a maker makes: made:vae learns from the run's labelled pictures first, made:vae+guesses from its guesses "
        "at the unlabelled ones, too, and made:RUN is a maker that was trained before.",
        choices=Fillings(PLAIN),
        source="Chawla et al. 2002 (SMOTE)",
        subject=LABELS,
    )
    fill_to: int = knob(
        0,
        "Labelled pictures that rebalance fills every class up to; 0 is as many as the largest class has.",
        low=0,
        high=10_000,
        source="ours: more than there are, to see whether invented pictures help",
        subject=LABELS,
    )
    real_share: float = knob(
        0.0,
        "The least share of real pictures among the labelled ones of a batch: they are shown again where invented ones "
        "outnumber them; 0 takes them as they come.",
        low=0.0,
        high=0.9,
        source="ours",
        subject=LABELS,
    )
    class_weights: str = knob(
        "none",
        "How much more a rarely labelled class counts in the labelled loss: 1/√ of its share, or 1/share.",
        choices=("none", "root", "balanced"),
        source="none in the papers; balanced as scikit-learn's class_weight",
        subject=LABELS,
    )
    logit_adjustment: float = knob(
        0.0,
        "τ: adds τ·log(share of the labels) to logits in the labelled loss, so that rare classes get a margin; 0 off.",
        low=0.0,
        high=3.0,
        source="Menon et al. 2021, section 5, where τ is 1",
        subject=LABELS,
    )
    dropout: float = knob(
        0.0,
        "Share of its features that a network which has seen other pictures does not show its head in a step.",
        low=0.0,
        high=0.9,
        source="Srivastava et al. 2014; off in the papers here",
        subject=NETWORK,
    )
    scale: str = knob(
        "dimension",
        "Features in units of each dimension's deviation, or every picture's features stretched to one length, as "
        "they are or less the mean of all.",
        choices=("dimension", "length", "centred"),
        source="ours: which is better depends on method and label count",
        subject=NETWORK,
    )
    labelled_as: str = knob(
        "views",
        "Show a labelled picture in the view that the method asks for, newly drawn every time, or always as it is.",
        choices=("views", "plain"),
        source="views in all papers here; as it is pays for a line on features of few pictures",
        subject=PICTURES,
    )
    precision: str = knob(
        "auto",
        "Numbers of the network's products: full (32 bits), bf16 (16 bits), or auto, whichever is faster here: a GPU "
        "takes bf16, a processor that can takes it for large networks if a second of measuring says so.",
        choices=PRECISIONS,
        source="ours: on a processor WRN-28-2 gains a factor of up to 1.8, small networks nothing",
        subject=MACHINE,
    )
    compile: bool = knob(
        False,
        "Compile the network first: takes a minute, pays on a GPU in long runs.",
        source="torch.compile; not part of any method",
        subject=MACHINE,
    )
    evaluations: int = knob(
        20, "How often accuracy is measured during a run.", low=1, high=200, source="ours", subject=MACHINE
    )
    device: str = knob(
        "auto",
        "Where to train; auto takes the fastest there is.",
        choices=("auto", "cpu", "cuda", "mps"),
        source="-",
        subject=MACHINE,
    )
    threads: int = knob(
        1, "Processor threads of one run.", low=1, high=64, source="measured: 1 is best beside others", subject=MACHINE
    )
    limit_minutes: float = knob(
        60.0, "A run longer than this stops itself.", low=0.1, high=100000.0, source="ours", subject=MACHINE
    )


@dataclass(frozen=True)
class Config:
    """One run, complete; equal configs give equal runs on a CPU."""

    data: str
    method: str
    labels: int
    seed: int
    knobs: Method
    training: Training

    @property
    def card(self) -> Card:
        """The data set's card."""
        return card(self.data)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        own = {"version": VERSION, "data": self.data, "method": self.method, "labels": self.labels, "seed": self.seed}
        return own | {"knobs": dataclasses.asdict(self.knobs), "training": dataclasses.asdict(self.training)}

    @staticmethod
    def from_dict(values: Mapping[str, Any]) -> Config:
        """Read what to_dict wrote; raises ValueError, one sentence, for anything else."""
        if values.get("version") != VERSION:
            raise ValueError(f"This run was written by another version ({values.get('version')!r}, here {VERSION}).")
        method = _known(values.get("method"), METHODS, "method")
        made = Config(
            data=card(values.get("data")).name,
            method=method,
            labels=_count(values.get("labels"), "labels"),
            seed=_count(values.get("seed"), "seed"),
            knobs=build(METHODS[method], todays(method, _table(values, "knobs")), METHODS[method].title),
            training=build(Training, _table(values, "training"), "Training"),
        )
        check_rows(made)
        return made


def strong_policy(config: Config) -> Policy:
    """The policy of the strong view; raises ValueError, one sentence, for a pipeline that cannot be read."""
    if own := config.knobs.strong_stages:
        return Policy("strong", (*weak(config.card).stages, *own))
    text = config.training.strong
    return without_normalise(policy_of(text, config.card)) if text else strong(config.card)


def view_policies(config: Config) -> dict[str, Policy]:
    """The weak and the strong view of pictures."""
    return {"weak": weak(config.card), "strong": strong_policy(config)}


def check_rows(config: Config) -> None:
    """Raises ValueError, one sentence, where network, views or method do not take the rows this data set has."""
    card, model, pipeline = config.card, config.training.model, config.training.strong
    check_filling(config)
    if card.pictures:
        if model in FOR_VECTORS:
            networks = ", ".join(name for name in MODELS if name not in FOR_VECTORS)
            raise ValueError(f"{model} is for vectors and {card.title} has pictures: choose one of {networks}.")
        strong = strong_policy(config)
        if missing := lacks(model):
            raise ValueError(missing)
        if frozen(model):
            check_features(config, strong)
        return
    if model not in FOR_VECTORS:
        raise ValueError(f"{model} is for pictures and {card.title} has vectors: choose {' or '.join(FOR_VECTORS)}.")
    if pipeline:
        raise ValueError(f"A pipeline changes pictures and {card.title} has vectors: leave strong empty.")
    if config.knobs.needs_pixels:
        raise ValueError(f"{config.knobs.title} needs pictures and {card.title} has vectors: choose another method.")
    check_mix(config, f"{card.title} has vectors")


def check_filling(config: Config) -> None:
    """Raises ValueError, one sentence, where the run asks for pictures of a maker and has no use for them."""
    if not made_by(config.training.rebalance):
        return
    card, model = config.card, config.training.model
    if not card.pictures:
        raise ValueError(f"A maker makes pictures and {card.title} has vectors: set rebalance to copies or smote.")
    if frozen(model):
        raise ValueError(
            f"A maker makes pictures and {model} trains on features that were kept: set rebalance to smote, or choose "
            f"the network {whole(model)}, which is slower without a GPU."
        )
    most = -(-config.labels // len(card.classes))  # labels a class, where they are equal
    if config.training.imbalance == 1 and config.training.fill_to <= most:
        raise ValueError(
            f"Every class has about as many of the {config.labels} labels, so there is nothing to fill: set fill_to to "
            f"more than {most}."
        )


def check_mix(config: Config, why: str) -> None:
    """Raises ValueError, one sentence, where the run blends parts of pictures and its rows have none."""
    mix = knobs_of(type(config.knobs)).get("mix")
    if mix and (chosen := config.knobs.mix) not in (OFF, *WITHOUT_PIXELS):
        others = " or ".join(name for name in mix.choices if name in (OFF, *WITHOUT_PIXELS))
        raise ValueError(f"{chosen} blends parts of pictures and {why}: choose {others}.")


def check_features(config: Config, strong: Policy) -> None:
    """Raises ValueError, one sentence, where a run cannot do with views that were kept before it began."""
    model, title = config.training.model, config.knobs.title
    other = f"choose another, or the network {whole(model)}, which is slower without a GPU"
    if config.knobs.needs_pixels:
        raise ValueError(f"{title} needs pixels and {model} trains on features that were kept: {other}.")
    if strong.learns:
        raise ValueError(f"This strong view learns while a network trains and {model} trains on kept views: {other}.")
    check_mix(config, f"{model} trains on features")


def _known(name: Any, known: Mapping[str, Any], what: str) -> str:
    if not isinstance(name, str) or name not in known:
        raise ValueError(f"There is no {what} {name!r}. Choose one of {', '.join(known)}.")
    return name


def _table(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = values.get(name) or {}
    if not isinstance(table, Mapping):
        raise ValueError(f"{name} must be names with values, not {table!r}.")
    return table


def _count(value: Any, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        raise ValueError(f"{what} must be a whole number, 0 or more, not {value!r}.")
    return value


def all_knobs(method: str, data: str = "") -> dict[str, Knob]:
    """The method's knobs, then the training knobs, by name; the default is the paper's.

    The networks to choose from are those that take the rows of the data set: without one, pictures.
    """
    training = {
        name: dataclasses.replace(k, default=METHODS[method].training.get(name, k.default))
        for name, k in knobs_of(Training).items()
    }
    about = find_card(data)  # None, too, for a set that is gone, whose runs can still be read
    vectors = about is not None and not about.pictures
    networks = FOR_VECTORS if vectors else listed(name for name in MODELS if name not in FOR_VECTORS)
    usual = networks[0] if vectors else training["model"].default
    training["rebalance"] = dataclasses.replace(training["rebalance"], choices=listed_fillings(not vectors))
    training["model"] = dataclasses.replace(training["model"], choices=networks, default=usual)
    return knobs_of(METHODS[method]) | training


def defaults(data: str, method: str, model: str = "") -> dict[str, Any]:
    """The value every knob has unless somebody changes it: the paper's, then the short recipe's.

    A recipe is for a data set; with a `model` that has seen other pictures it is for that network instead.
    """
    paper = {name: k.default for name, k in all_knobs(method, data).items()}
    short = features_recipe(model, method) if find_features(model) else recipe(data, method)
    for name in short:
        if name not in paper:
            raise unknown(name, list(paper), f"The recipe of {method} on {data}")
    return paper | short


def configure(data: str, method: str, labels: int, seed: int, values: Mapping[str, Any] | None = None) -> Config:
    """A checked Config from defaults and changes; raises ValueError, one sentence, when something is wrong."""
    chosen = card(data)
    _known(method, METHODS, "method")
    if missing := needs(data):
        raise ValueError(missing)
    if not len(chosen.classes) <= _count(labels, "labels") <= chosen.known:
        few = f"{len(chosen.classes)} (one a class)"
        raise ValueError(f"labels must lie between {few} and {chosen.known}, not {labels}.")
    changes = todays(method, values or {})
    resolved = defaults(data, method, changes.get("model", ""))
    for name in changes:
        if name not in resolved:
            raise unknown(name, list(resolved), METHODS[method].title)
    resolved |= changes
    own = knobs_of(METHODS[method])
    made = Config(
        data=chosen.name,  # a folder has one name, however it was spelled
        method=method,
        labels=labels,
        seed=_count(seed, "seed"),
        knobs=build(METHODS[method], {n: v for n, v in resolved.items() if n in own}, METHODS[method].title),
        training=build(Training, {n: v for n, v in resolved.items() if n not in own}, "Training"),
    )
    check_rows(made)
    return made
