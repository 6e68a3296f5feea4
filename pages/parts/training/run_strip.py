"""Every run of an experiment as a small button: how far it is, how good it is, how long it will take."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import streamlit as st

from pages.parts.shared.code import kept
from pages.parts.shared.once import once
from ssl_core.figures.look import duration, looks
from ssl_core.intervals import with_interval
from ssl_core.lines import Line, line_of
from ssl_core.tasks import task_of

_JS = """
export default function ({ data: bytes, parentElement, setStateValue }) {
  const strip = parentElement.querySelector(".strip");
  if (!strip || !bytes) return;
  const data = JSON.parse(new TextDecoder().decode(bytes));
  const wanted = new Set(data.runs.map((run) => run.name));
  for (const old of [...strip.children]) if (!wanted.has(old.dataset.run)) old.remove();
  data.runs.forEach((run, place) => {
    let card = [...strip.children].find((child) => child.dataset.run === run.name);
    if (!card) {
      card = document.createElement("button");
      card.type = "button";
      card.dataset.run = run.name;
      for (const part of ["title", "note", "bar"]) {
        const span = document.createElement("span");
        span.className = part;
        if (part === "bar") span.appendChild(document.createElement("i"));
        card.appendChild(span);
      }
      card.onclick = () => setStateValue("run", run.name);
    }
    if (strip.children[place] !== card) strip.insertBefore(card, strip.children[place] || null);
    card.style.setProperty("--mine", run.colour);
    card.dataset.state = run.state;
    card.setAttribute("aria-pressed", String(run.name === data.chosen));
    card.setAttribute("aria-label", run.words);
    card.title = run.words;
    card.querySelector(".title").textContent = run.title;
    card.querySelector(".note").textContent = run.note;
    card.querySelector("i").style.width = run.percent + "%";
  });
}
"""
_CSS = """
.strip { display: grid; grid-template-columns: repeat(auto-fill, minmax(8.6rem, 1fr)); gap: 0.4rem;
  font-family: var(--st-font); color: var(--st-text-color); }
button { all: unset; box-sizing: border-box; cursor: pointer; display: grid; gap: 0.15rem; padding: 0.4rem 0.55rem;
  border: 1px solid var(--st-border-color); border-left: 4px solid var(--mine); border-radius: 0.4rem;
  font-size: 0.8rem; line-height: 1.25; min-width: 0; }
button:hover { background: var(--st-secondary-background-color); }
button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px; }
button[aria-pressed="true"] { background: var(--st-secondary-background-color); border-color: var(--mine); }
.title { font-weight: 600; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.note { opacity: 0.85; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.bar { height: 4px; border-radius: 2px; background: var(--st-border-color); overflow: hidden; }
.bar i { display: block; height: 100%; background: var(--mine); }
button[data-state="lost"] .note, button[data-state="failed"] .note, button[data-state="broken"] .note {
  font-weight: 600; }
"""

_strip = st.components.v2.component("lab_run_strip", html='<div class="strip"></div>\n', css=_CSS, js=kept(_JS))


def run_strip(rows: list[dict[str, Any]], chosen: str | None, *, key: str, on_choose: Callable[[], None]) -> None:
    """Show described runs; a click puts the run's name into session_state[key].run and calls `on_choose`."""
    message = once((key, rows[0]["experiment"], chosen), (rows,), lambda: _message(rows, chosen))
    _strip(data=message, key=key, on_run_change=on_choose)


def _message(rows: list[dict[str, Any]], chosen: str | None) -> bytes:
    drawn = looks(line_of(row) for row in rows if row["role"] != "ceiling")
    drawn |= looks(line_of(row) for row in rows if line_of(row) not in drawn)
    several = len({row["seed"] for row in rows}) > 1
    return json.dumps({"runs": [_card(row, drawn, several) for row in rows], "chosen": chosen}).encode()


def _card(row: dict[str, Any], drawn: dict[Line, tuple[str, str, str]], several: bool = False) -> dict[str, Any]:
    """What its button says; of `several` seeds also which, for else two of them read alike."""
    name, colour, _ = drawn[line_of(row)]
    note, score = _note(row), task_of(row).words(row["value"])
    seed = f" · seed {row['seed']}" if several else ""
    believable = note.replace(score, with_interval(score, row))
    return {
        "name": row["run"],
        "state": row["state"],
        "colour": colour,
        "title": f"{row['variant'] or name} · {row['labels']}" if row["role"] != "ceiling" else "Every label",
        "note": f"{note}{seed}",
        "percent": 100 if row["state"] == "done" else 100 * row["step"] / max(row["steps"], 1),
        "words": f"{name}, {row['labels']} labels, seed {row['seed']}: {believable}",
    }


def _note(row: dict[str, Any]) -> str:
    score = task_of(row).words(row["value"])
    if row["state"] == "done":
        return f"{score} · {duration(row['seconds'])}"
    if row["state"] == "running":
        return f"{score} · {duration(row['left'])} left" if row["step"] else _phase(row)
    return {"queued": "waiting", "stopping": "stopping"}.get(row["state"], row["state"])


def _phase(row: dict[str, Any]) -> str:
    """What a run does before its first step."""
    left = f" · {duration(row['left'])} left" if row["left"] is not None else ""
    return f"{row['phase']}{left}" if row["phase"] else "starting"
