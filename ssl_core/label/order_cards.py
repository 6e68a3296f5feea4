"""What an order of asking is to everything that does not ask: a card each, free of torch. A new order is a card here.

Its class stands in a file of its own in ssl_core/label/orders; charts, the page and the terminal read this table. What
was measured of an order is said by ssl_core/label/measured.py, never here.
"""

from __future__ import annotations

from typing import NamedTuple

from ssl_core.method_cards import AMBER, BLUE, GREEN, GREY, PINK, RUST


class OrderCard(NamedTuple):
    """One order: its name on screen, its look in charts, its idea, its source, when it fails, and its class.

    `heads`: how many networks' answers it asks for; with fewer it draws at random.
    """

    title: str
    colour: str
    marker: str
    idea: str
    paper: str
    fails: str
    class_name: str  # its file in ssl_core/label/orders has the order's name
    heads: int = 0


ORDER_CARDS: dict[str, OrderCard] = {
    "random": OrderCard(
        "Random draws", GREY, "circle",
        "Every picture is as likely as any other. It leads nobody, and what is measured on such labels is honest.",
        "The baseline of every paper here.",
        "Rare classes stay away for long, and near-copies of what is known are asked about again.",
        "Random",
    ),
    "typical": OrderCard(
        "Typical first", GREEN, "diamond",
        "Make as many groups of pictures as there will be labels, and in the largest group without one ask about the "
        "picture in the thick of it: from there a label spreads to many.",
        "TypiClust: Hacohen et al. 2022, arXiv:2202.02794, section 3.",
        "Rare classes that make no group of their own; many labels, where the edges between classes matter more; and "
        "supervised learning, which learns little from the middle of a group.",
        "Typical",
    ),
    "entropy": OrderCard(
        "Least sure, entropy", AMBER, "square",
        "Ask where the network's probabilities are spread over the classes most evenly.",
        "Shannon entropy; Settles 2009, section 3.1.",
        "With few labels: a network that knows little is unsure about what is odd, and learns oddities.",
        "Entropy", 1,
    ),
    "margin": OrderCard(
        "Least sure, margin", AMBER, "triangle-up",
        "Ask where the two most probable classes are closest together: a label settles which of the two it is.",
        "Scheffer et al. 2001; Settles 2009, section 3.1.",
        "With few labels, as entropy does, and where two classes cannot be told apart by anybody.",
        "Margin", 1,
    ),
    "disagreement": OrderCard(
        "Two methods disagree", RUST, "x",
        "Ask where a network that learned from labels alone and one that saw all pictures say the most different "
        "things: one of them is wrong.",
        "Query by committee: Seung et al. 1992; here the total variation between the two answers.",
        "Where both are wrong alike, and with few labels, where the weaker of the two disagrees nearly everywhere.",
        "Disagreement", 2,
    ),
    "unmet": OrderCard(
        "A class not met yet", BLUE, "star",
        "While a class has no label, ask about a picture that many resemble and that resembles nothing labelled. Once "
        "all are met, ask for the one that looks most like the class with the fewest labels.",
        "Farthest first: Sener and Savarese 2018, arXiv:1708.00489, weighted by density.",
        "Where classes have several looks each: another look of a known class is taken for a new one.",
        "Unmet", 1,
    ),
    "mixture": OrderCard(
        "Typical, then unsure", PINK, "cross",
        "Typical pictures at first, then more and more of those that the network is least sure of, and only these once "
        "there are ten labels a class.",
        "Hacohen et al. 2022, arXiv:2202.02794, section 2: the two swap places at some budget; the turn is ours.",
        "Where the turn comes too early or too late: nobody knows beforehand at which label count it should.",
        "Mixture", 1,
    ),
}  # fmt: skip
