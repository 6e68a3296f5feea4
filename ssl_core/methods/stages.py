"""The stages that steps are made of: one function for each flow of ssl_core/method_cards.py, from a method's knobs."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from ssl_core.methods.contract import Method
from ssl_core.mix.train import OFF


class Stage(NamedTuple):
    """One stage; `name` is unique in its flow and says what is to be drawn."""

    name: str
    title: str
    sentence: str
    lane: str  # "labelled", "unlabelled" or "both": whose pictures pass through it
    after: tuple[str, ...] = ()  # the stages it takes from; none for the first
    spans: tuple[tuple[int, int], ...] = ()  # where in the formula it stands, each piece with all its brackets
    hint: str = ""  # a few words for under its title


# Pieces of formulas. A bracket here has at most two more inside: H(y_b, p(x_b)).
_INSIDE = r"\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)"
LOSS = rf"H{_INSIDE}|H\\big\(.*?\\big\)|\\mathrm\{{KL\}}\\big\(.*?\\big\)|\\lVert.*?\\rVert\^2|(?<=\\lambda_f ).*"
GATE = r"\\mathbf 1\[.*?\](?=\\;)|\\mathbf 1\\big\[.*?\\big\]|\\exp\\Big\(.*?\\Big\)"
WEIGHT = r"\\lambda_\w(?:\(t\))?(?:\\,\\mu\(t\))?(?!\w)"
LABELLED = r"(?<![\w ])x_b\^w|(?<!tilde )x_b(?!\^|')|(?<!tilde )y_b"
GUESS = r"p(?:_\{\\bar\\theta\})?\(u_b(?:\^w|\^\{\(1\)\}|\^\{\(k\)\})?\)"
BLEND = r"\\tilde [xu]_b|\\lambda [ux]_b \+ \(1-\\lambda\) [ux]_\{b'\}"
MEAN = r"\\tfrac1K\\sum_k p\(u_b\^\{\(k\)\}\)"
RESULT = r"(?<=H\()q_b"

HINTS = {
    "weak": "hardly changed",
    "views": "each shifted anew",
    "guess": "what the network says",
    "mean": "of all views",
    "align": "rare classes raised",
    "sharpen": "made more certain",
    "gate": "sure enough?",
    "target": "what is to be learned",
    "nudge": "the worst small change",
    "partner": "drawn by lot",
    "blends": "picture and label",
    "losses": "answer against label",
}
# Two views, two jobs.
EASY, HARD = "easy: to guess from", "hard: to learn on"

# Sentences that more than one flow says.
SHIFTED = "Every unlabelled picture is shifted a little, so that its class stays easy to see."
GUESSED = "The network says how probable each class is for this picture."
PSEUDO = "Where the gate is open, the most probable class becomes the label, as if a person had said so."
BLENDED = (
    "Picture and partner are added in these shares, pixel by pixel, and so are their labels: with λ = 0.7, a 3 and "
)
BLENDED += "an 8 make a picture that is labelled 0.7 of a 3 and 0.3 of an 8."
TEACHER = "The teacher, an average of the network's own past weights,"
OUT = "below it, the picture teaches nothing in this step; it comes again in a later one."


class Making:
    """Stages of a method, added one after the other."""

    def __init__(self, method: Method) -> None:
        self.formula, self.stages = method.formula, []

    def add(
        self,
        name: str,
        title: str,
        sentence: str,
        after: str = "",
        *where: str,
        lane: str = "unlabelled",
        hint: str = "",
    ) -> None:
        """One more stage, after those named; `where` are patterns of the formula's pieces."""
        self._add(name, title, sentence, lane, after, self.formula, where, hint)

    def end(self, after: str, sentence: str, *, weighted: str = "", lane: str = "both") -> list[Stage]:
        """The losses and their sum; `sentence` says what answers are compared with. Returns all stages."""
        summed, alone = self.formula.partition(r",\quad")[0], lane == "labelled"  # after it stands where q comes from
        self._add("losses", "Losses", sentence, lane, after, summed, (LOSS,))
        total = weighted or (
            "The mean over the batch is the loss" if alone else "The means are added, the unlabelled one λᵤ times"
        )
        words = f"{total}; the slope of this one number says how every weight of the network has to move."
        self._add("total", "Loss", words, lane, "losses", summed, (r"\\frac1B\\sum_b" if alone else WEIGHT,))
        return self.stages

    def _add(
        self, name: str, title: str, words: str, lane: str, after: str, within: str, where: Any, hint: str = ""
    ) -> None:
        found = tuple(piece.span() for piece in re.finditer("|".join(where), within)) if where else ()
        self.stages.append(Stage(name, title, words, lane, tuple(after.split()), found, hint or HINTS.get(name, "")))


def _begun(m: Method) -> Making:
    """Every flow begins with pictures."""
    making, lane = Making(m), "both" if m.unlabelled_views else "labelled"
    words = "A few pictures whose class a person has named, and others that nobody has looked at."
    if lane == "labelled":
        shown = "strongly distorted" if m.labelled_view == "strong" else "shifted a little"
        words = f"A few pictures whose class a person has named, each {shown}; the others are not used at all."
    making.add("pictures", "Pictures", words, "", LABELLED, lane=lane)
    return making


def _supervised(m: Any) -> list[Stage]:
    making, last = _begun(m), "pictures"
    if m.mix != OFF:
        words = "Pairs of them are laid over each other, and their labels are shared in the same proportion."
        making.add("blends", "Blends", words, "pictures", BLEND, r"\\lambda y_b.*?y_\{b'\}", lane="labelled")
        last = "blends"
    words = "The network answers with a probability for every class; the less it gives to the label, the more it loses."
    return making.end(last, words, lane="labelled")


def _made(m: Any) -> list[Stage]:
    making = _begun(m)
    words = "Each gets a second picture of its own class, drawn by lot among the labelled ones."
    if m.pairs == "self":
        words = "Each is paired with itself: this is the control, without a second picture."
    making.add("pair", "Pair", words, "pictures", r"x_\{b'\}", lane="labelled", hint="two of one class")
    words = "A small network makes a third picture of the two, and it gets their label."
    if m.likeness != "none":
        words += f" It is held to be like another real one of the class: by its {m.likeness}."
    making.add(
        "made", "Made picture", words, "pair", r"g\(x_b,\\,x_\{b'\}\)", lane="labelled", hint="by a second network"
    )
    words = "The network answers to real and made pictures; the less it gives to the label, the more it loses."
    weighted = "Both losses are added, each times its weight, and both networks learn from the sum"
    return making.end("pictures made", words, weighted=weighted, lane="labelled")


def _self_training(m: Any) -> list[Stage]:
    making = _begun(m)
    making.add("weak", "Weak view", SHIFTED, "pictures", "u_b")
    making.add("guess", "Guess", GUESSED, "weak", GUESS)
    making.add("gate", "Gate", _gate(m), "guess", GATE)
    making.add("target", "Pseudo-label", PSEUDO, "gate", r"\\arg\\max p\(u_b\)")
    words = "The very same view is learned with the guess as its label, so what the network believes is hardened."
    return making.end("pictures weak target", words)


def _consistency(m: Any) -> list[Stage]:
    making, teacher = _begun(m), "theta" in m.formula
    if hasattr(m, "epsilon"):
        return _nudged(making)
    if len(m.unlabelled_views) == 1:
        return _remembered(making)
    words = "Every unlabelled picture is shifted twice, each time anew."
    making.add("views", "Two views", words, "pictures", r"u_b\^\{\(\d\)\}")
    words = f"{TEACHER if teacher else 'The network'} answers for the first view: that is the target, and it stays put."
    title = "Teacher's answer" if teacher else "First answer"
    making.add("guess", title, words, "views", rf"\\mathrm\{{sg\}}\\,{GUESS}", hint="for the first view")
    words = "The network answers for the second view, and every difference from the target is squared."
    return making.end("pictures views guess", words)


def _remembered(making: Making) -> list[Stage]:
    making.add("weak", "Weak view", SHIFTED, "pictures", "u_b")
    making.add("guess", "Answer", "The network answers for it, and the answer is remembered.", "weak", GUESS)
    words = "The average of its earlier answers is the target; a picture seen for the first time has none and counts 0."
    making.add("target", "Memory", words, "pictures", r"\\tfrac\{Z_b\}\{1-a\^\{n_b\}\}")
    words = "Every difference between the answer and what is remembered is squared."
    return making.end("pictures guess target", words)


def _nudged(making: Making) -> list[Stage]:
    making.add("weak", "Weak view", SHIFTED, "pictures", r"(?<=sg\}\\,p\()u_b")
    making.add("guess", "Answer", GUESSED, "weak", r"\\mathrm\{sg\}\\,p\(u_b\)")
    words = "The tiny change of pixels that would change this answer most is looked for, and added to the picture."
    making.add("nudge", "Nudge", words, "weak guess", r"u_b \+ r_b")
    words = "The answer to the nudged picture must be the answer to the picture as it was."
    weighted = "The labelled loss, the change under the nudge and the doubt are added, each times its weight"
    return making.end("pictures guess nudge", words, weighted=weighted)


def _interpolation(m: Any) -> list[Stage]:
    making = _begun(m)
    making.add("weak", "Weak view", SHIFTED, "pictures", r"u_b(?=\))")
    making.add("guess", "Teacher's answer", f"{TEACHER} says how probable each class is.", "weak", GUESS)
    making.add("partner", "Partner and λ", _drawn(m), "weak guess", r"\\lambda(?=\\,p)|\(1-\\lambda\)(?=\\,p)")
    making.add("blends", "Blend", BLENDED, "partner", BLEND)
    return making.end("pictures blends", "The answer to the blend must be the blend of the teacher's two answers.")


def _fixmatch(m: Any) -> list[Stage]:
    making, guess, weighs = _begun(m), "guess", hasattr(m, "n_sigma")
    making.add("weak", "Weak view", SHIFTED, "pictures", r"u_b\^w", hint=EASY)
    making.add("guess", "Guess", GUESSED, "weak", r"p\(u_b\^w\)")
    if getattr(m, "align", False):
        guess, words = "align", "Guesses are corrected so that, over time, every class comes up as often as it should."
        making.add("align", "Aligned", words, "guess", r"N\\Big\(.*\\Big\)|a_b")
    making.add("gate", "Weight" if weighs else "Gate", _gate(m), guess, GATE)
    if hasattr(m, "annealing"):
        words = f"The guess is sharpened with T = {m.temperature:g}, and all of it is the target, not its winner alone."
        making.add("target", "Sharpened", words, "gate", r"\\mathrm\{softmax\}\(f\(u_b\^w\)/T\)")
    elif getattr(m, "soft", 0):
        words = f"Where the gate is open, the whole guess, sharpened with T = {m.soft:g}, becomes the label."
        making.add("target", "Soft label", words, "gate", r"\\arg\\max p\(u_b\^w\)(?=,)")
    else:
        words = "The most probable class becomes the label, as if a person had said so." if weighs else PSEUDO
        making.add("target", "Pseudo-label", words, "gate", r"\\arg\\max (?:p\(u_b\^w\)|\\tilde q_b)(?=,)|\bc(?=,\\,p)")
    words = (
        "The same picture, badly distorted: the label was guessed from the easy view and is learned on this hard one, "
        "since the easy one holds nothing new."
    )
    making.add("strong", "Strong view", words, "pictures", r"u_b\^s", hint=HARD)
    words = "The network answers for the strong view; the less it gives to the label, the more it loses."
    return making.end("pictures target strong", words if weighs else f"{words[:-1]}, and what did not pass counts 0.")


def _ensemble(m: Any) -> list[Stage]:
    making, guess, k, others = _begun(m), "mean", m.views, m.teachers == "others"
    words = f"Every unlabelled picture is shifted K = {k} times, each time anew." if k > 1 else SHIFTED
    making.add("weak", "Weak views" if k > 1 else "Weak view", words, "pictures", r"u_b\^\{\(k\)\}", hint=EASY)
    words = f"Each of the M = {m.networks} networks says how probable each class is."
    making.add("guess", "Guesses", words, "weak", r"p_(?:m|\{m'\})\(u_b\^\{\(k\)\}\)", hint="what each network says")
    words = "Their answers are averaged: where networks or views disagree, the mean is less certain."
    if others:
        words = "A network is taught by the others alone: by the mean of their answers, never by its own."
    hint = "what the others say" if others else "of all networks"
    making.add("mean", "Mean", words, "guess", r"\\tfrac1.*?p_(?:m|\{m'\})\(u_b\^\{\(k\)\}\)", hint=hint)
    if m.align:
        guess, words = "align", "Guesses are corrected so that, over time, every class comes up as often as it should."
        making.add("align", "Aligned", words, "mean")
    making.add("gate", "Gate", _gate(m), guess, GATE)
    words = (
        f"The mean is sharpened with T = {m.temperature:g}: what is probable becomes more so."
        if m.temperature
        else PSEUDO
    )
    label = r"\\mathrm\{sharpen\}\\Big\(.*?\\Big\)", r"\\arg\\max \\bar q_\{b,m\}(?=,)"
    making.add("target", "Sharpened" if m.temperature else "Pseudo-label", words, "gate", *label)
    words = "The same picture, badly distorted, in another way for every network: they are to stay different."
    making.add("strong", "Strong views", words, "pictures", r"u_b\^s", hint=HARD)
    words = "Every network answers for its strong view, and the losses of all networks are added."
    return making.end("pictures target strong", words)


def _gate(m: Any) -> str:
    """What lets a guess count."""
    if hasattr(m, "n_sigma"):
        return "Every guess counts, but the further its confidence lies below the usual one, the less."
    if hasattr(m, "mapping"):
        moves = "of its class, which is lower for classes that are learned less well so far"
    elif hasattr(m, "fairness_weight"):
        moves = "of its class, which follows the usual confidence and is lower for classes that are guessed less"
    elif hasattr(m, "interpolate"):
        moves = f"τ = {m.threshold:g} times the mean confidence on labelled pictures"
    else:
        moves = f"τ = {m.threshold:g}"
    return f"A guess counts only if its highest bar reaches the threshold {moves}; {OUT}"


def _drawn(m: Any) -> str:
    shares = f"drawn from Beta({m.alpha:g}, {m.alpha:g}), and the larger part goes to the picture itself"
    return f"Every picture gets a partner by lot, and a share λ, {shares if m.alpha else 'which is 1, as α is 0'}."


def _mixmatch(m: Any) -> list[Stage]:
    if m.head:
        return _remixmatch(m)
    making, k = _begun(m), m.views
    words = f"shifted K = {k} times, each time anew" if k > 1 else "shifted once, as K is 1"
    making.add("views", "Views", f"Every unlabelled picture is {words}.", "pictures", r"u_b\^\{\(k\)\}")
    who = TEACHER if m.guesser == "average" else "The network"
    words = f"{who} says for every view how probable each class is."
    making.add("guess", "Guesses", words, "views", r"p\(u_b\^\{\(k\)\}\)")
    words = "The guesses for one picture are averaged: where its views disagree, the mean is less certain."
    making.add("mean", "Mean", words, "guess", MEAN)
    words = "The answer to every blend is compared with its label: by cross-entropy where a labelled picture has the "
    words += "larger share, by squared difference where an unlabelled one has."
    return _mixed(making, m, "mean", "aligned and " if m.align else "", words)


def _remixmatch(m: Any) -> list[Stage]:
    making, k = _begun(m), m.views
    words = f"Every unlabelled picture is shifted a little once, and badly distorted K = {k} time{'s' * (k > 1)}."
    making.add("views", "Views", words, "pictures", r"u_b\^\{s,1\}")
    words = "The network looks at the weak view, the easy one, and says how probable each class is."
    making.add("guess", "Guess", words, "views")
    words = "Every blend's answer is compared with its label; so are one strong view that is not blended, and the same "
    words += "view turned by quarters, where the question is how far."
    return _mixed(making, m, "guess", "corrected so that classes come up as often as they should, and ", words)


def _mixed(making: Making, m: Any, last: str, aligned: str, learned: str) -> list[Stage]:
    words = f"The guess is {aligned}sharpened with T = {m.temperature:g}: what is probable becomes more so."
    making.add("sharpen", "Sharpened", words, last, rf"\\mathrm\{{sharpen\}}\\Big\(.*?\\Big\)|{RESULT}")
    among = getattr(m, "mixed", "together")
    only = {"apart": " Labelled pictures are blended with labelled ones, the others with each other."}
    only |= {kind: f" Only {kind} pictures are blended: for the others λ is 1." for kind in ("labelled", "unlabelled")}
    words = "Here nothing is blended: λ is 1 for every picture." if among == "none" else _drawn(m) + only.get(among, "")
    making.add("partner", "Partner and λ", words, "pictures sharpen", lane="both")
    making.add("blends", "Blend", BLENDED, "partner", r"\\tilde \w_b", lane="both")
    weighted = "All means are added, each times its weight" if m.head else ""
    return making.end("blends", learned, weighted=weighted)


def _matching(m: Any) -> list[Stage]:
    making = _begun(m)
    words = "Before training began, every unlabelled picture took its label from labelled ones that look alike."
    making.add("target", "Matched label", words, "pictures", RESULT)
    making.add("weak", "Weak view", SHIFTED, "pictures", r"u_b(?=\)\))")
    words = "The network answers; the less it gives to the label, the more it loses."
    return making.end("pictures target weak", words)


STAGES: dict[str, Callable[[Any], list[Stage]]] = {
    "supervised": _supervised,
    "made": _made,
    "self_training": _self_training,
    "consistency": _consistency,
    "interpolation": _interpolation,
    "mixmatch": _mixmatch,
    "fixmatch": _fixmatch,
    "ensemble": _ensemble,
    "matching": _matching,
}
