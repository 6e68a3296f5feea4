"""What people said of pictures: acts, and what follows from them. Free of torch.

An act is a line of the journal. It has "id", "when" (seconds), "who" and "how", and one of: "says", from pictures to
their class or null for none of these, and then maybe "order", the order that asked; "skip", pictures to come back
later; "undo", the id of an earlier act; "classes", the names that can be said from now on. A picture is the number of
its contents, up to sixteen hexadecimal digits.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

HOW = ("single", "bulk", "imported", "checked")
CHECKED = "checked"  # said by somebody who had a second look, and saw what was said before
PICTURE = re.compile(r"[0-9a-f]{1,16}")
Act = dict[str, Any]


class Word(NamedTuple):
    """What one person last said of one picture; `label` None is none of these."""

    who: str
    label: str | None
    when: float
    how: str
    order: str = ""


class Said(NamedTuple):
    """Everything that stands: words by picture and person, who skips what, the classes, and the number of acts."""

    words: Mapping[str, Mapping[str, Word]]
    skips: Mapping[str, set[str]]
    classes: tuple[str, ...]
    acts: int

    def settled(self, picture: str) -> Word | None:
        """The word of whoever looked at what people said and took one of it; None once somebody says another later."""
        words = sorted(self.words.get(picture, {}).values(), key=lambda word: word.when)
        last = next((place for place in reversed(range(len(words))) if words[place].how == CHECKED), None)
        if last is None or any(word.label != words[last].label for word in words[last + 1 :]):
            return None
        return words[last]

    def label(self, picture: str) -> str | None:
        """The class that was settled, else the one most people say; None where nobody does or as many say another."""
        if word := self.settled(picture):
            return word.label
        ranks = Counter(word.label for word in self.words.get(picture, {}).values()).most_common(2)
        return None if not ranks or (len(ranks) > 1 and ranks[0][1] == ranks[1][1]) else ranks[0][0]

    def labels(self) -> dict[str, str]:
        """The pictures that have a class, in the order in which they were first asked about."""
        return {picture: label for picture in self.words if (label := self.label(picture)) is not None}

    def drawn(self) -> set[str]:
        """Pictures that were asked about by a random draw, one by one: a fair sample, whatever else was labelled."""
        return {
            picture
            for picture, words in self.words.items()
            if any(word.order == "random" and word.how in ("single", CHECKED) for word in words.values())
        }

    def none_of_these(self) -> set[str]:
        """Pictures that show no class, as was settled, or as all say who said anything."""
        count: dict[str, Iterable[Word]] = {
            picture: [word] if (word := self.settled(picture)) else words.values()
            for picture, words in self.words.items()
        }
        return {picture for picture, words in count.items() if all(word.label is None for word in words)}

    def disputed(self) -> dict[str, dict[str, str | None]]:
        """Pictures of which people say different things, and that nobody settled, with what each says."""
        return {picture: words for picture, words in self.differing().items() if self.settled(picture) is None}

    def differing(self) -> dict[str, dict[str, str | None]]:
        """Pictures of which people say different things, settled or not, with what each says."""
        return {
            picture: {who: word.label for who, word in words.items()}
            for picture, words in self.words.items()
            if len({word.label for word in words.values()}) > 1
        }


def sound(act: Any) -> bool:
    """Whether a line of the journal is an act that can be understood."""
    if not isinstance(act, dict) or not all(isinstance(act.get(key), str) for key in ("id", "who", "how")):
        return False
    if not isinstance(act.get("when"), (int, float)) or isinstance(act.get("when"), bool):
        return False
    says, skip, classes = act.get("says", {}), act.get("skip", []), act.get("classes", [])
    return (
        isinstance(act.get("order", ""), str)
        and isinstance(says, dict)
        and all(PICTURE.fullmatch(p) and (label is None or isinstance(label, str)) for p, label in says.items())
        and isinstance(skip, list)
        and all(isinstance(p, str) and PICTURE.fullmatch(p) for p in skip)
        and isinstance(classes, list)
        and all(isinstance(name, str) for name in classes)
        and isinstance(act.get("undo", ""), str)
    )


def standing(acts: Iterable[Act]) -> list[Act]:
    """The acts that were not undone, in their order; an undo stands for itself and cannot be undone."""
    acts = [act for act in acts if sound(act)]
    undone = {act["undo"] for act in acts if "undo" in act}
    return [act for act in acts if act["id"] not in undone and "undo" not in act]


def said(acts: Iterable[Act]) -> Said:
    """What stands after these acts: of one person the last word counts, of several each."""
    acts = list(acts)
    words: dict[str, dict[str, Word]] = {}
    skips: dict[str, set[str]] = {}
    classes: tuple[str, ...] = ()
    for act in standing(acts):
        for picture, label in act.get("says", {}).items():
            words.setdefault(picture, {})[act["who"]] = Word(
                act["who"], label, act["when"], act["how"], act.get("order", "")
            )
            skips.get(picture, set()).discard(act["who"])
        for picture in act.get("skip", []):
            skips.setdefault(picture, set()).add(act["who"])
        classes = tuple(act["classes"]) if act.get("classes") else classes
    return Said(words, {picture: who for picture, who in skips.items() if who}, classes, len(acts))


def of_each(acts: Iterable[Act]) -> dict[str, dict[str, str | None]]:
    """What each person last said of each picture, by person, in the order in which they first spoke of them."""
    by_person: dict[str, dict[str, str | None]] = {}
    for act in standing(acts):
        by_person.setdefault(act["who"], {}).update(act.get("says", {}))
    return {who: words for who, words in by_person.items() if words}


def undoable(acts: Iterable[Act], who: str) -> Act | None:
    """The last act of a person that stands, None where there is none left."""
    return next((act for act in reversed(standing(acts)) if act["who"] == who), None)


def answered(acts: Iterable[Act], who: str) -> list[str]:
    """The pictures that one person was asked about one at a time, in the order of their last answers."""
    acts = [act for act in standing(acts) if act["who"] == who and act["how"] == "single"]
    pictures = [[*act.get("says", ()), *act.get("skip", ())] for act in acts]
    return list(dict.fromkeys(one[0] for one in reversed(pictures) if len(one) == 1))[::-1]
