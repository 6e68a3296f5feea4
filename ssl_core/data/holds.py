"""What a data set holds, said the same way on every page: labels, pictures without one, validation, test."""

from __future__ import annotations

from ssl_core.data.card import Card


def holds(card: Card) -> str:
    """One sentence of counts; nothing is said of a part that is not there, but for the test."""
    one, many = ("picture", "pictures") if card.pictures else ("point", "points")
    if not card.classes:
        return f"{card.train:,} {many}, and nobody has said the class of any."
    parts = [f"{card.known:,} labelled {one if card.known == 1 else many} to learn from"]
    if card.unknown:
        parts.append(f"{card.unknown:,} whose class nobody knows")
    if card.validation:
        parts.append(f"{card.validation:,} {'brought' if card.held else 'set aside'} for validation")
    parts.append(f"{card.test:,} for the test" if card.test else "no test")
    return f"{', '.join(parts[:-1])} and {parts[-1]}." if len(parts) > 1 else f"{parts[0]}."
