"""What a maker of pictures is to everything that does not train it: one line each, free of torch.

Its class, with idea, formula and knobs, stands in a file of its own in ssl_core/generate. A new maker is a line here.
"""

from __future__ import annotations

from typing import NamedTuple

from ssl_core.method_cards import AMBER, BLUE, BROWN


class MakerCard(NamedTuple):
    """One maker: its name on screen, its look in every chart, and the class in ssl_core/generate/<its key>.py."""

    title: str
    colour: str
    marker: str  # one of method_cards.MARKERS
    class_name: str
    fills: bool = False  # it can be asked for a class, so that its pictures can stand beside labelled ones

    def home(self, name: str) -> tuple[str, str]:
        """Module and class of the maker of that name."""
        return f"ssl_core.generate.{name}", self.class_name


MAKER_CARDS: dict[str, MakerCard] = {
    "vae": MakerCard("Variational autoencoder", BLUE, "star", "VAE", fills=True),
    "dcgan": MakerCard("Generative adversarial network", BROWN, "star", "DCGAN", fills=True),
    "style": MakerCard("Style transfer", AMBER, "star", "Style"),
}
