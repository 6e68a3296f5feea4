"""Knobs of the loop that every method shares, each said once: see ssl_core/knobs.py."""

from __future__ import annotations

from dataclasses import dataclass

from ssl_core.features.card import PRETRAINED
from ssl_core.fillings import PLAIN, Fillings
from ssl_core.knobs import knob
from ssl_core.train.precision import PRECISIONS
from ssl_core.zoo import Names

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
