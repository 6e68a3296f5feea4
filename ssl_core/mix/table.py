"""Every mixing method, declared once: where papers differ is which cell of the grid they stand in."""

from __future__ import annotations

from ssl_core.mix.method import Mixing

MIXES: dict[str, Mixing] = {
    "mixup": Mixing(
        "mixup",
        "Lay two pictures over each other like two slides, and their labels with the same weights.",
        "Zhang et al. 2017, arXiv:1710.09412.",
    ),
    "mixmatch": Mixing(
        "MixMatch's mixup",
        "mixup that never forgets whose row it is: the first picture always keeps at least half.",
        "Berthelot et al. 2019, arXiv:1905.02249, equation 9.",
        law="folded",
        alpha=0.75,
    ),
    "sample_pairing": Mixing(
        "SamplePairing",
        "The mean of two pictures, under the label of the first alone: the second is only a disturbance.",
        "Inoue 2018, arXiv:1801.02929.",
        share="first",
        law="half",
    ),
    "paired": Mixing(
        "Paired image mixup",
        "For picture-to-picture tasks: a noisy picture and its clean target are mixed with the same λ and partner.",
        "As image restoration networks are trained (Zamir et al. 2021, MPRNet); Beta(1.2, 1.2).",
        alpha=1.2,
    ),
    "cutmix": Mixing(
        "CutMix",
        "Cut a box out of the partner and paste it in the same place; the label is shared by area.",
        "Yun et al. 2019, arXiv:1905.04899.",
        mask="box",
    ),
    "cutout": Mixing(
        "Cutout with a label share",
        "Grey a box out. The label keeps only the share that is left to see; the rest is spread over all classes.",
        "After DeVries and Taylor 2017, arXiv:1708.04552, whose own rule leaves the label alone.",
        partner="itself",
        form="grey",
        mask="box",
    ),
    "resizemix": Mixing(
        "ResizeMix",
        "Shrink the whole partner and paste it: unlike CutMix, the box always shows what its label says.",
        "Qin et al. 2020, arXiv:2012.11101.",
        form="shrunk",
        mask="paste",
        law="scale",
    ),
    "fmix": Mixing(
        "FMix",
        "Cut along the coast of a random landscape instead of a box.",
        "Harris et al. 2020, arXiv:2002.12047.",
        mask="landscape",
    ),
    "saliencymix": Mixing(
        "SaliencyMix",
        "CutMix whose box sits where a network looks in the partner, so that it does not paste background.",
        "Uddin et al. 2020, arXiv:2006.01791; the map here is the network's own input gradient.",
        mask="salient_box",
    ),
    "augmix": Mixing(
        "AugMix",
        "The partner is the picture itself after three chains of augmentations, averaged; the label stays.",
        "Hendrycks et al. 2020, arXiv:1912.02781.",
        partner="itself",
        form="chains",
        share="first",
    ),
    "moex": Mixing(
        "Moment exchange",
        "Keep the shape of the first picture's features, take mean and spread from the partner's.",
        "Li et al. 2021, arXiv:2002.11102.",
        form="moments",
        mask="none",
        share="lam",
        law="mostly",
        space="features",
    ),
    "manifold": Mixing(
        "Manifold mixup",
        "mixup of what a hidden layer sees: in the network's own space the way between two classes is shorter.",
        "Verma et al. 2019, arXiv:1806.05236.",
        space="features",
        alpha=2.0,
    ),
    "remix": Mixing(
        "Remix",
        "mixup for unequal classes: the picture is mixed by λ, but a rare class gets the whole label.",
        "Chou et al. 2020, arXiv:2007.03943.",
        share="remix",
    ),
    "across_sets": Mixing(
        "Across data sets",
        "The partner comes from another data set; sizes and channels are made alike and the lists of classes joined.",
        "Cross-domain mixed-sample augmentation; any mask can be used with it.",
        partner="other_class",
    ),
}


def mixing(name: str) -> Mixing:
    """The method of that name; raises ValueError, one sentence, if there is none."""
    if name not in MIXES:
        raise ValueError(f"There is no mixing method {name!r}. Choose one of {', '.join(MIXES)}.")
    return MIXES[name]
