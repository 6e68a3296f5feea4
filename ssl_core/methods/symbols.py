"""Every symbol of a method's formula in words, and which knob it is, where it is one.

What is the same in all papers stands here; what a letter means in one method alone stands in its class (`symbols`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ssl_core.methods.contract import Method


class Symbol(NamedTuple):
    """A symbol as LaTeX, what it is, and the knob behind it: the method's own, or one of Training."""

    tex: str
    words: str
    knob: str = ""
    also: tuple[str, ...] = ()  # other spellings in formulas: the same with another index


GLOSSARY = (
    Symbol(r"\sum_b", "the sum over the pictures b of a batch; divided by their number it is the mean"),
    Symbol(r"\sum_i", "the sum over the labelled pictures i"),
    Symbol(r"\sum_k", "the sum over the K views"),
    Symbol(r"\sum_c", "the sum over the classes c"),
    Symbol("t", "how far training has come"),
    Symbol("B", "how many labelled pictures a step looks at", "batch"),
    Symbol("H", "cross-entropy, H(q, p): how badly the answer p fits the label q; 0 where it fits perfectly"),
    Symbol("x_b", "a labelled picture, as the network is shown it", also=("x_i",)),
    Symbol("y_b", "its label, which a person gave"),
    Symbol("p", "the network's answer: a probability for every class, together 1"),
    Symbol(r"p_\theta", "the answer of the network that is being trained"),
    Symbol(r"p_{\bar\theta}", "the answer of the teacher, the average of the network's own past weights"),
    Symbol(r"\lambda_u", "how much the unlabelled loss counts beside the labelled one", "weight"),
    Symbol(r"\lambda_u(t)", "how much the unlabelled loss counts; it climbs from 0 as training goes on", "weight"),
    Symbol(r"\mu", "how many unlabelled pictures there are in a step for each labelled one", "mu"),
    Symbol("L", "how many classes there are"),
    Symbol("K", "how many views of each unlabelled picture are made", "views"),
    Symbol("k", "one of the K views"),
    Symbol("u_b", "an unlabelled picture, as the network is shown it"),
    Symbol("u_b^w", "an unlabelled picture in its weak view: hardly changed", also=("u^w",)),
    Symbol("u_b^s", "the same picture in its strong view: badly distorted"),
    Symbol("u_b^{(1)}", "a weak view of an unlabelled picture"),
    Symbol("u_b^{(2)}", "another weak view of the same picture"),
    Symbol("u_b^{(k)}", "the k-th view of an unlabelled picture: the same picture, shifted anew"),
    Symbol("x_b^w", "a labelled picture in its weak view", also=("x_i^w", "x^w")),
    Symbol("x_b^s", "the same labelled picture in its strong view"),
    Symbol(r"\mathbf 1", "the gate, 1[...]: 1 where what stands in the brackets is true, and 0 where it is not"),
    Symbol(r"\tau", "the threshold: how confident a guess must be to count", "threshold"),
    Symbol(r"\arg\max", "the class that has the highest probability"),
    Symbol(r"\max", "the highest of these numbers; of an answer, its confidence", also=(r"\max_k",)),
    Symbol("T", "temperature: below 1 it makes a guess more certain", "temperature"),
    Symbol(r"\mathrm{sg}", "stop here: a target, which learning must not move"),
    Symbol(r"\lVert", "squared difference, ‖...‖²: of two answers, over all classes", also=(r"\rVert",)),
    Symbol(r"\mathrm{KL}", "divergence, KL(q ‖ p): how far the answer p is from q; 0 where both are equal"),
    Symbol("q_b", "the guess for an unlabelled picture, used as if it were its label"),
    Symbol(r"\tilde x_b", "a blend that is mostly a labelled picture"),
    Symbol(r"\tilde y_b", "its label, blended with the same shares: 0.7 of one class and 0.3 of another, say"),
    Symbol(r"\tilde u_b", "a blend that is mostly an unlabelled picture"),
    Symbol(r"\tilde q_b", "its label, blended with the same shares from guesses and labels"),
    Symbol(r"\lambda", "the share of the first picture in a blend, drawn anew for every blend; α shapes it", "alpha"),
    Symbol("b'", "the partner: the picture that b is blended with"),
    Symbol("x_{b'}", "its partner: another labelled picture"),
    Symbol("y_{b'}", "the partner's label"),
    Symbol("u_{b'}", "its partner: another unlabelled picture"),
    Symbol("c", "the class that is guessed"),
    Symbol(r"\exp", "the exponential function: exp(0) is 1, and far below 0 it is nearly 0"),
    Symbol(r"\log", "the natural logarithm"),
    Symbol("N", "makes numbers sum to 1"),
    Symbol(r"\leftarrow", "becomes, after every step"),
    Symbol(r"\propto", "in proportion to, made to sum to 1"),
)

# What only says how the symbols stand together: fractions, brackets, digits, comparisons, space.
LAYOUT = re.compile(
    r"\\(?:t?frac|[bB]ig|quad|ge|le|text\{[^}]*\}|[,;!|])(?![a-zA-Z])|\\[,;|]|[-\d\s{}()\[\]+=,^_|/<>.]"
)


def symbols_of(method: type[Method]) -> tuple[Symbol, ...]:
    """The symbols of a method's formula in the order they appear, each once; a knob not its own is one of Training."""
    return _each_once(symbol for symbol, _, _ in _read(method))


def symbols_in(method: type[Method], spans: Iterable[tuple[int, int]]) -> tuple[Symbol, ...]:
    """Those that stand in these pieces of the formula."""
    read = [*_read(method)]
    return _each_once(s for begin, end in spans for s, _, at in read if begin <= at < end)


def _each_once(symbols: Iterable[Symbol | None]) -> tuple[Symbol, ...]:
    return tuple({symbol.tex: symbol for symbol in symbols if symbol}.values())


def unexplained(method: type[Method]) -> list[str]:
    """What stands in a method's formula and is neither explained nor layout, piece by piece."""
    return [piece for symbol, piece, _ in _read(method) if symbol is None]


def _read(method: type[Method]) -> Iterator[tuple[Symbol | None, str, int]]:
    """Walk along the formula: the symbol at each place, longest spelling first, or None for what nobody explains."""
    table = {spelled: symbol for symbol in (*GLOSSARY, *method.symbols) for spelled in (symbol.tex, *symbol.also)}
    spellings = "|".join(_pattern(spelled) for spelled in sorted(table, key=len, reverse=True))
    known, at = re.compile(spellings), 0
    while at < len(method.formula):
        if found := known.match(method.formula, at):
            yield table[found[0]], found[0], at
        elif not (found := LAYOUT.match(method.formula, at)):
            found = re.compile(r"\\?[a-zA-Z]+|.").match(method.formula, at)
            yield None, found[0], at
        at = found.end()


def _pattern(spelled: str) -> str:
    """A spelling, but not the beginning of a longer command."""
    return re.escape(spelled) + (r"(?![a-zA-Z])" if spelled.startswith("\\") and spelled[-1].isalpha() else "")
