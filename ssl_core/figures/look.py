"""Colours, names and numbers as they look in every chart."""

from __future__ import annotations

from typing import Any

# Okabe & Ito's colour-blind-safe set. A family of methods shares a colour, a marker tells its members apart; a method
# keeps both everywhere.
METHOD_LOOK: dict[str, tuple[str, str, str]] = {
    "supervised": ("Supervised", "#6b7280", "circle"),
    "supervised_strong": ("Supervised, strong", "#cc79a7", "diamond"),
    "supervised_mixup": ("Supervised, mixup", "#cc79a7", "square"),
    "pseudo_label": ("Pseudo-Label", "#e69f00", "pentagon"),
    "pi_model": ("Π-model", "#009e73", "star"),
    "temporal_ensembling": ("Temporal ensembling", "#009e73", "cross"),
    "mean_teacher": ("Mean Teacher", "#009e73", "hexagon"),
    "vat": ("VAT", "#e69f00", "x"),
    "ict": ("ICT", "#009e73", "diamond"),
    "uda": ("UDA", "#56b4e9", "circle"),
    "mixmatch": ("MixMatch", "#d55e00", "square"),
    "mixmatch_sgd": ("MixMatch, SGD", "#d55e00", "diamond"),
    "remixmatch": ("ReMixMatch", "#d55e00", "pentagon"),
    "fixmatch": ("FixMatch", "#0072b2", "triangle-up"),
    "fixmatch_cta": ("FixMatch, CTAugment", "#0072b2", "triangle-down"),
    "flexmatch": ("FlexMatch", "#0072b2", "diamond"),
    "freematch": ("FreeMatch", "#56b4e9", "star"),
    "softmatch": ("SoftMatch", "#56b4e9", "hexagon"),
    "nearest_match": ("Nearest match", "#8c564b", "circle"),
    "cluster_match": ("Cluster match", "#8c564b", "square"),
    "label_spreading": ("Label spreading", "#8c564b", "cross"),
}
SPARE = (("#009e73", "star"), ("#e69f00", "pentagon"), ("#56b4e9", "hexagon"), ("#8c564b", "cross"))

LAYOUT: dict[str, Any] = {
    "template": None,
    "margin": {"l": 56, "r": 16, "t": 12, "b": 48},
    "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": 12}},
    "hovermode": "closest",
    "paper_bgcolor": "rgba(0,0,0,0)",
    "plot_bgcolor": "rgba(0,0,0,0)",
}


def look(method: str) -> tuple[str, str, str]:
    """(name, colour, marker) of a method, also of one that has no entry yet."""
    if method in METHOD_LOOK:
        return METHOD_LOOK[method]
    colour, marker = SPARE[sum(map(ord, method)) % len(SPARE)]
    return method.replace("_", " ").capitalize(), colour, marker


def faded(colour: str, alpha: float) -> str:
    """The same colour, see-through."""
    return f"rgba({int(colour[1:3], 16)},{int(colour[3:5], 16)},{int(colour[5:7], 16)},{alpha})"


def percent(share: float | None) -> str:
    """0.9534 as 95.3 %."""
    return "–" if share is None else f"{100 * share:.1f} %"


def duration(seconds: float | None) -> str:
    """Seconds as a person says them: 8 s, 2 min 5 s, 1 h 10 min."""
    if seconds is None:
        return "–"
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
