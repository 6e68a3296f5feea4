"""What the flow shows of a traced step, in words and numbers; kept, so that a walk through its stages costs nothing."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.inside.choice import Choice
from pages.parts.shared.data_cache import dataset, fingerprint, follows_data
from ssl_core.runs.store import identity

NAMES = {"labelled": "labelled loss", "unlabelled": "unlabelled loss", "fairness": "neglected classes",
         "entropy": "doubt", "anchor": "unblended view", "rotation": "telling the turn"}  # fmt: skip
WEIGHTS = {"unlabelled": "λᵤ", "entropy": "its weight", "fairness": "its weight", "anchor": "its weight",
           "rotation": "its weight"}  # fmt: skip


def scene_of(choice: Choice, values: dict[str, Any], stages: tuple[Any, ...], stage: str, row: str) -> dict[str, Any]:
    """What flow_view draws; raises ValueError, one sentence, where there is nothing to see."""
    run = choice.run
    files = tuple(identity(run.folder / f"{n}.pt") for n in ("twentieth", "quarter", "checkpoint")) if run else ()
    seen = _seen(choice.config, choice.method, run.name if run else "", choice.moment, tuple(values.items()),
                 choice.turn, files, fingerprint(choice.config.data), _run=run)  # fmt: skip
    card = choice.config.card
    ids = {r["id"] for r in seen["rows"]}
    return seen | {
        "columns": [_column(stages, place) for place in range(len(stages) - 1)],
        "ending": {"name": "total", "title": stages[-1].title, "sentence": stages[-1].sentence},
        "lanes": _lanes(seen),
        "classes": list(card.classes),
        "sharp": card.side < 128,
        "stage": stage,
        "row": row if row in ids else "",
        "threshold": _threshold(seen, values),
        "spread_words": _spread_words(seen, values),
        "total": _total(seen["total"]),
    }


@follows_data
@st.cache_data(max_entries=64, max_size="32MB", show_spinner="Taking one step")
def _seen(
    config: Any, method: str, run: str, moment: str, values: tuple, turn: int, files: tuple, data: str, _run: Any
) -> Any:
    from ssl_core.inside.moments import weights_of
    from ssl_core.inside.rows import view_of
    from ssl_core.inside.trace import as_method, trace, with_knobs
    from ssl_core.runs.made import made_for

    asked, data = with_knobs(as_method(config, method), dict(values)), dataset(config.data)
    if _run is not None and (made := made_for(_run, config, data)):  # beside its labelled pictures stood these
        data = made
    return view_of(trace(asked, data, weights_of(_run, moment), kept_by=config.method), turn)


def _column(stages: tuple[Any, ...], place: int) -> dict[str, str]:
    stage = stages[place]
    numbers = [[s.name for s in stages].index(name) + 1 for name in stage.after]
    skips = numbers and numbers[-1] != place  # what it takes from does not stand beside it
    notes = [stage.hint, f"made from column {' and '.join(map(str, numbers))}" if skips else ""]
    return {
        "name": stage.name,
        "title": stage.title,
        "sentence": stage.sentence,
        "note": "; ".join(filter(None, notes)),
    }


def _lanes(seen: dict[str, Any]) -> dict[str, str]:
    counts, shown = seen["counts"], [row["kind"] for row in seen["rows"]]
    return {
        kind: f"{shown.count(kind)} of this batch's {counts[kind]} {kind} pictures"
        for kind in ("labelled", "unlabelled")
    }


def _total(total: dict[str, Any]) -> dict[str, Any]:
    terms = []
    for term in total["terms"]:
        words = f"{NAMES.get(term['part'], term['part'])}"
        words += f", mean of {term['rows']}" if term["rows"] else ""
        weight = WEIGHTS.get(term["part"])
        words += f": {term['mean']:.3f}, times {weight} = {term['weight']:.3g} at this step" if weight else ""
        terms.append(term | {"words": words})
    return total | {"terms": terms}


def _gated(seen: dict[str, Any]) -> bool:
    return any("gate" in row["cells"] for row in seen["rows"])


def _threshold(seen: dict[str, Any], values: dict[str, Any]) -> float | None:
    """One line for all pictures, where there is one."""
    found = {item["threshold"] for row in seen["rows"] for group in row["cells"].get("gate", ()) for item in group}
    return found.pop() if len(found) == 1 else None


def _spread_words(seen: dict[str, Any], values: dict[str, Any]) -> str:
    counts = seen["counts"]
    if not counts["unlabelled"]:
        return ""
    if not _gated(seen):
        right = f", {counts['right']} of them right" if counts["known"] else ""
        return f"Confidence of all {counts['unlabelled']} guesses from 0 to 1, a tick each{right}."
    right = f"; {counts['right']} of these guesses are right" if counts["known"] else ""
    marked = "; the black mark is the gate: " if _threshold(seen, values) is not None else ": "
    passed = f"{marked}{counts['counted']} count{right}"
    return f"Confidence of all {counts['unlabelled']} guesses from 0 to 1, a tick each{passed}."
