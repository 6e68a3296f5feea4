"""A variant: one method with some of its knobs set otherwise, under a name of its own.

As text, in a terminal and in addresses, it is the method, then knobs, then perhaps a name:

    fixmatch threshold=0.8 soft=0.5 "name=soft, low gate"
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ssl_core.knobs import Knob, unknown
from ssl_core.method_cards import CARDS
from ssl_core.methods.ablation import Ablation
from ssl_core.train.config import all_knobs

LONGEST = 60  # characters of a name: it stands in legends
LONGEST_TEXT = 3000  # of a variant in an address, where a pipeline may be one of its knobs
MOST = 24  # variants of one experiment: no chart tells more lines apart


@dataclass(frozen=True)
class Variant:
    """A named setting of knobs of one method; what it does not name stays as the experiment has it."""

    method: str
    knobs: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""

    @property
    def title(self) -> str:
        """Its own name, or what differs."""
        return self.name or suggested(self.method, self.knobs)


def suggested(method: str, knobs: Mapping[str, Any]) -> str:
    """A name made of what differs: "τ = 0.8, soft = 0.5"."""
    table = all_knobs(method) if method in CARDS else {}
    parts = [f"{symbol(name, table.get(name))} = {_words(value)}" for name, value in knobs.items()]
    name = ", ".join(parts)
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def symbol(name: str, knob: Knob | None) -> str:
    """What a paper calls the knob, else its name."""
    return (knob.symbol if knob else "") or name.replace("_", " ")


def _words(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


def read_variant(words: Sequence[str]) -> Variant:
    """The variant that words describe; raises ValueError, one sentence, for what is none."""
    if not words or words[0] not in CARDS:
        first = words[0][:60] if words else ""
        raise ValueError(f"A variant begins with its method, one of {', '.join(CARDS)}, not {first!r}.")
    method, table, knobs, name = words[0], all_knobs(words[0]), {}, ""
    for word in words[1:]:
        key, equals, text = word.partition("=")
        key = key.strip().replace("-", "_")
        if not equals:
            raise ValueError(f"A variant's knob is name=value, not {word[:60]!r}.")
        if key == "name":
            name = checked_name(text)
        elif key not in table:
            raise unknown(key[:60], list(table), CARDS[method].title)
        else:
            knobs[key] = table[key].parse(key, text)
    if not knobs:
        raise ValueError(f"A variant of {CARDS[method].title} changes a knob: add one, as in {_example(table)}.")
    return Variant(method, knobs, name)


def _example(table: Mapping[str, Knob]) -> str:
    name, knob = next(iter(table.items()))
    return f"{name}={_words(knob.default)}"


def checked_name(text: str) -> str:
    """A name that fits a legend, or ValueError, one sentence."""
    name = text.strip()
    if not name or len(name) > LONGEST or not name.isprintable():
        raise ValueError(f"A variant's name has 1 to {LONGEST} characters in one line, not {text[:80]!r}.")
    return name


def read_text(text: str) -> Variant:
    """The same from one line, as an address holds it."""
    try:
        words = shlex.split(text[:LONGEST_TEXT])
    except ValueError:
        raise ValueError("A quotation mark of the variant is not closed.") from None
    return read_variant(words)


def to_text(variant: Variant) -> str:
    """The line that read_text reads back."""
    words = [variant.method, *(f"{name}={_exact(value)}" for name, value in variant.knobs.items())]
    return shlex.join([*words, f"name={variant.name}"] if variant.name else words)


def _exact(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def check_apart(variants: Iterable[Variant]) -> None:
    """Raises ValueError, one sentence, if there are too many, or two lines of a chart would have one name."""
    seen: set[tuple[str, str]] = set()
    for number, variant in enumerate(variants, 1):
        if number > MOST:
            raise ValueError(f"Choose at most {MOST} variants: no chart tells more lines apart.")
        title = checked_name(variant.title)
        if (variant.method, title) in seen:
            raise ValueError(f"Two variants are called {title!r}: give one of them another name.")
        seen.add((variant.method, title))


def of_ablation(ablation: Ablation) -> tuple[Variant, ...]:
    """Everything the method is taken apart into, less the method itself."""
    return tuple(Variant(ablation.of, row.knobs, row.name) for row in ablation.rows if row.knobs)
