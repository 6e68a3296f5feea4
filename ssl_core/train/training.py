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
NETWORKS = {  # as people read their names; what is not here is read as it is
    "small_convnet": "Small convolutional network", "small_convnet_stride_2": "The same, half as fine",
    "wrn_28_2": "WRN-28-2", "wrn_28_8": "WRN-28-8", "wrn_37_2": "WRN-37-2", "mlp": "Fully connected network",
    "efficientnet_lite0": "EfficientNet-Lite0, a layer on it",
    "efficientnet_lite0_mlp": "EfficientNet-Lite0, two layers on it",
    "efficientnet_lite0_tuned": "EfficientNet-Lite0, all of it",
}  # fmt: skip


@dataclass(frozen=True)
class Training:
    """Knobs of the loop that every method shares. Defaults are FixMatch's (its table 4)."""

    steps: int = knob(
        2**20, "Optimizer steps.", title="Steps", low=1, high=2**21, log=True, source="FixMatch, section 4.1",
        subject=OPTIMIZER,
    )  # fmt: skip
    batch: int = knob(
        64, "B: labelled pictures a step.", title="Batch", low=2, high=1024, log=True, source="FixMatch, table 4",
        subject=OPTIMIZER,
    )  # fmt: skip
    optimizer: str = knob(
        "sgd", "Nesterov SGD or Adam.", title="Optimizer", choices=("sgd", "adam"),
        words={"sgd": "SGD", "adam": "Adam"}, source="FixMatch, section 2.4",
        subject=OPTIMIZER,
    )  # fmt: skip
    lr: float = knob(
        0.03, "Learning rate at its highest.", title="Learning rate", low=1e-5, high=1.0, log=True,
        source="FixMatch, table 4", subject=OPTIMIZER,
    )  # fmt: skip
    momentum: float = knob(
        0.9, "Momentum of SGD.", title="Momentum", low=0.0, high=0.999, source="FixMatch, table 4", subject=OPTIMIZER
    )
    weight_decay: float = knob(
        5e-4, "How strongly weights are pulled to zero.", title="Weight decay", low=0.0, high=1.0,
        source="FixMatch, table 4", subject=OPTIMIZER,
    )  # fmt: skip
    decay: str = knob(
        "l2", "Decay as part of the loss (l2) or after the step, times the learning rate (decoupled).",
        title="How weights decay", choices=("l2", "decoupled"),
        words={"l2": "in the loss", "decoupled": "after the step"}, source="FixMatch; MixMatch's code is decoupled",
        subject=OPTIMIZER,
    )  # fmt: skip
    decayed: str = knob(
        "kernels",
        "What decays: convolution and dense weights (reference), or every number of the network (YU1ut port).",
        title="What decays", choices=("kernels", "all"), source="reference code", subject=OPTIMIZER,
    )  # fmt: skip
    schedule: str = knob(
        "cosine_7_16", "Learning rate over the run: cos(7πk/16K), a half cosine to zero, or constant.",
        title="Learning rate over the run", choices=("cosine_7_16", "cosine", "constant"),
        words={"cosine_7_16": "7/16 of a cosine", "cosine": "half a cosine"},
        source="FixMatch, section 2.4", subject=OPTIMIZER,
    )  # fmt: skip
    warmup: float = knob(
        0.0, "Share of the run in which the rate climbs from 0.", title="Warm-up", low=0.0, high=0.5, source="none",
        subject=OPTIMIZER,
    )  # fmt: skip
    ema: float = knob(
        0.999, "Decay of the weights' moving average, the one evaluated.", title="Average of weights", low=0.0,
        high=0.9999, source="FixMatch", subject=AVERAGE,
    )  # fmt: skip
    ema_warmup: bool = knob(
        False, "Start with a faster average, decay min(d, (1+t)/(10+t)), for short runs.",
        title="Faster average at first", source="TensorFlow's EMA", subject=AVERAGE,
    )  # fmt: skip
    ema_buffers: str = knob(
        "live", "Batch norm statistics at evaluation: the live ones (reference), copied each step, or averaged too.",
        title="Batch norm at evaluation", choices=("live", "copy", "average"),
        source="reference code; ports copy or average", subject=AVERAGE,
    )  # fmt: skip
    model: str = knob(
        "wrn_28_2",
        "The network; also any classifier of torchvision.models whose weights are at hand, by its name (`resnet18`: a "
        "head on its features; `resnet18_tuned`: the whole of it).",
        title="Network",
        choices=Names(
            ("small_convnet", "small_convnet_stride_2", "wrn_28_2", "wrn_28_8", "wrn_37_2", "mlp", *PRETRAINED)
        ),
        words=NETWORKS,
        source="FixMatch, section 4.1",
        subject=NETWORK,
    )
    strong: str = knob(
        "",
        "The strong view as a pipeline or a preset of the Augmentations page, such as ctaugment; empty is FixMatch's.",
        title="Strong view", free=True, source="FixMatch, section 2.3", subject=PICTURES,
    )  # fmt: skip
    imbalance: float = knob(
        1.0, "How many times the labels of the last class the first one gets; 1 gives every class the same.",
        title="Imbalance of labels", low=1.0, high=100.0, log=True, source="class balanced, as in every paper here",
        subject=LABELS,
    )  # fmt: skip
    rebalance: str = knob(
        "none",
        "Fill small classes of the labelled set with copies, with SMOTE's pictures between two of the class, or with "
        "what a maker makes: made:vae learns from the run's labelled pictures first, made:vae+guesses from its guesses "
        "at the unlabelled ones, too, and made:RUN is a maker that was trained before.",
        title="Fill small classes",
        choices=Fillings(PLAIN),
        source="Chawla et al. 2002 (SMOTE)",
        subject=LABELS,
    )
    fill_to: int = knob(
        0, "Labelled pictures that rebalance fills every class up to; 0 is as many as the largest class has.",
        title="Fill up to", low=0, high=10_000,
        source="ours: more than there are, to see whether invented pictures help", subject=LABELS,
    )  # fmt: skip
    real_share: float = knob(
        0.0,
        "The least share of real pictures among the labelled ones of a batch: they are shown again where invented ones "
        "outnumber them; 0 takes them as they come.",
        title="Least share of real pictures",
        low=0.0,
        high=0.9,
        source="ours",
        subject=LABELS,
    )
    class_weights: str = knob(
        "none", "How much more a rarely labelled class counts in the labelled loss: 1/√ of its share, or 1/share.",
        title="Weights of rare classes", choices=("none", "root", "balanced"),
        source="none in the papers; balanced as scikit-learn weighs classes", subject=LABELS,
    )  # fmt: skip
    logit_adjustment: float = knob(
        0.0,
        "τ: adds τ·log(share of the labels) to logits in the labelled loss, so that rare classes get a margin; 0 off.",
        title="Margin for rare classes", low=0.0, high=3.0, source="Menon et al. 2021, section 5, where τ is 1",
        subject=LABELS,
    )  # fmt: skip
    dropout: float = knob(
        0.0, "Share of its features that a network which has seen other pictures does not show its head in a step.",
        title="Dropout", low=0.0, high=0.9, source="Srivastava et al. 2014; off in the papers here", subject=NETWORK,
    )  # fmt: skip
    scale: str = knob(
        "dimension",
        "Features in units of each dimension's deviation, or every picture's features stretched to one length, as "
        "they are or less the mean of all.",
        title="Scale of features",
        choices=("dimension", "length", "centred"),
        source="ours: which is better depends on method and label count",
        subject=NETWORK,
    )
    labelled_as: str = knob(
        "views",
        "Show a labelled picture in the view that the method asks for, newly drawn every time, or always as it is.",
        title="Labelled pictures are shown", choices=("views", "plain"),
        source="views in all papers here; as it is pays for a line on features of few pictures", subject=PICTURES,
    )  # fmt: skip
    precision: str = knob(
        "auto",
        "Numbers of the network's products: full (32 bits), bf16 (16 bits), or auto, whichever is faster here: a GPU "
        "takes bf16, a processor that can takes it for large networks if a second of measuring says so.",
        title="Precision",
        choices=PRECISIONS,
        source="ours: on a processor WRN-28-2 gains a factor of up to 1.8, small networks nothing",
        subject=MACHINE,
    )
    compile: bool = knob(
        False, "Compile the network first: takes a minute, pays on a GPU in long runs.", title="Compile first",
        source="torch.compile; not part of any method", subject=MACHINE,
    )  # fmt: skip
    evaluations: int = knob(
        20, "How often accuracy is measured during a run.", title="Evaluations", low=1, high=200, source="ours",
        subject=MACHINE,
    )  # fmt: skip
    device: str = knob(
        "auto", "Where to train; auto takes the fastest there is.", title="Device",
        choices=("auto", "cpu", "cuda", "mps"), source="-", subject=MACHINE,
    )  # fmt: skip
    threads: int = knob(
        1, "Processor threads of one run.", title="Threads", low=1, high=64,
        source="measured: 1 is best beside others", subject=MACHINE,
    )  # fmt: skip
    limit_minutes: float = knob(
        60.0, "A run longer than this stops itself.", title="Longest run, minutes", low=0.1, high=100000.0,
        source="ours", subject=MACHINE,
    )  # fmt: skip
