"""What a method is to everything that does not train it: one line each, free of torch. A new method is a line here.

Its class, with idea, formula and knobs, stands in a file of its own in ssl_core/methods; charts, short recipes and
estimates read this table.
"""

from __future__ import annotations

from typing import NamedTuple

# Okabe & Ito's colour-blind-safe set, a grey and a brown. Kindred methods share a colour, a marker tells them apart.
GREY, PINK, AMBER, GREEN = "#6b7280", "#cc79a7", "#e69f00", "#009e73"
SKY, RUST, BLUE, BROWN = "#56b4e9", "#d55e00", "#0072b2", "#8c564b"
MARKERS = (
    "circle", "square", "diamond", "cross", "x", "triangle-up", "triangle-down", "pentagon", "hexagon", "star",
)  # fmt: skip

# What a step does, told apart as far as a drawing of it differs.
FLOWS = {
    "supervised": "Labelled pictures only.",
    "made": "Make a picture from two of one class, and learn on all three.",
    "self_training": "Guess a picture's class, and learn the guess on the same picture.",
    "consistency": "Two answers to one picture, made to agree.",
    "interpolation": "The answer to a blend of two pictures, made the blend of the answers.",
    "mixmatch": "Guess from several views, sharpen, blend everything with everything, learn the blends.",
    "fixmatch": "Guess from a weak view, let confident guesses through a gate, learn them on a strong view.",
    "ensemble": "Ask several networks, let a confident mean answer through a gate, learn it in all of them.",
    "matching": "Unlabelled pictures take labels from similar labelled ones, once, before training.",
}


class MethodCard(NamedTuple):
    """One method: its name on screen, its look in every chart, its kin, its class, and what its step does."""

    title: str
    colour: str
    marker: str  # one of MARKERS; no two methods share colour and marker
    family: str  # of short recipes (ssl_core/train/recipes.py) and of step times
    class_name: str  # its file in ssl_core/methods has the method's name, or "file:Class" says which
    drawn_as: str = ""  # one of FLOWS; empty is the one named like the family

    @property
    def flow(self) -> str:
        """What a step of it does, a key of FLOWS."""
        return self.drawn_as or self.family

    def home(self, name: str) -> tuple[str, str]:
        """Module and class of the method of that name."""
        file, _, class_name = self.class_name.rpartition(":")
        return f"ssl_core.methods.{file or name}", class_name


CARDS: dict[str, MethodCard] = {
    "supervised": MethodCard("Supervised", GREY, "circle", "supervised", "Supervised"),
    "supervised_strong": MethodCard("Supervised, strong augmentation", PINK, "diamond", "supervised", "supervised:SupervisedStrong"),  # noqa: E501
    "supervised_mixup": MethodCard("Supervised with mixup", PINK, "square", "supervised", "supervised:SupervisedMixup"),
    "neural_augmentation": MethodCard("Neural augmentation", PINK, "star", "supervised", "NeuralAugmentation", "made"),
    "pseudo_label": MethodCard("Pseudo-Label", AMBER, "pentagon", "consistency", "PseudoLabel", "self_training"),
    "pi_model": MethodCard("Π-model", GREEN, "star", "consistency", "PiModel"),
    "temporal_ensembling": MethodCard("Temporal ensembling", GREEN, "cross", "consistency", "TemporalEnsembling"),
    "mean_teacher": MethodCard("Mean Teacher", GREEN, "hexagon", "consistency", "MeanTeacher"),
    "vat": MethodCard("VAT", AMBER, "x", "consistency", "VAT"),
    "ict": MethodCard("ICT", GREEN, "diamond", "consistency", "ICT", "interpolation"),
    "uda": MethodCard("UDA", SKY, "circle", "fixmatch", "UDA"),
    "mixmatch": MethodCard("MixMatch", RUST, "square", "mixmatch", "MixMatch"),
    "mixmatch_sgd": MethodCard("MixMatch, SGD recipe", RUST, "diamond", "mixmatch", "mixmatch:MixMatchSGD"),
    "remixmatch": MethodCard("ReMixMatch", RUST, "pentagon", "mixmatch", "ReMixMatch"),
    "fixmatch": MethodCard("FixMatch", BLUE, "triangle-up", "fixmatch", "FixMatch"),
    "fixmatch_cta": MethodCard("FixMatch, CTAugment", BLUE, "triangle-down", "fixmatch", "FixMatchCTA"),
    "flexmatch": MethodCard("FlexMatch", BLUE, "diamond", "fixmatch", "FlexMatch"),
    "freematch": MethodCard("FreeMatch", SKY, "star", "fixmatch", "FreeMatch"),
    "softmatch": MethodCard("SoftMatch", SKY, "hexagon", "fixmatch", "SoftMatch"),
    "adamatch": MethodCard("AdaMatch", BLUE, "hexagon", "fixmatch", "AdaMatch"),
    "ensemble_match": MethodCard("Ensemble match", RUST, "star", "fixmatch", "EnsembleMatch", "ensemble"),
    "co_match": MethodCard("Co-match", RUST, "triangle-up", "fixmatch", "ensemble_match:CoMatch", "ensemble"),
    "nearest_match": MethodCard("Nearest match", BROWN, "circle", "matching", "NearestMatch"),
    "cluster_match": MethodCard("Cluster match", BROWN, "square", "matching", "ClusterMatch"),
    "label_spreading": MethodCard("Label spreading", BROWN, "cross", "matching", "LabelSpreading"),
}  # fmt: skip


def like(method: str) -> tuple[str, ...]:
    """The method, then the others of its family: whose measured numbers may stand in where it has none yet."""
    family = CARDS[method].family
    return (method, *(name for name, card in CARDS.items() if card.family == family and name != method))
