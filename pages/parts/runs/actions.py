"""What can be done with the chosen runs: go on, repeat, take along, put aside, delete."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.parts.runs.table import choose_runs, chosen, shelf
from pages.parts.shared.ask_link import ask_link
from pages.parts.shared.plain import plain
from pages.parts.shared.store import store
from pages.parts.shared.visitor import may_end, starting
from ssl_core.export.formats import command_line, config_json, event_files, rows_csv, zipped
from ssl_core.figures.compare import titles
from ssl_core.runs.again import afresh, can_begin_afresh, repeat, resume
from ssl_core.runs.archive import archive, delete, restore
from ssl_core.runs.line_up import can_be_asked
from ssl_core.runs.store import RESUMABLE, Run

AFRESH = "From the first step, with the same settings: for a run that is broken, or whose checkpoint cannot be read."


def run_actions(runs: list[Run]) -> None:
    """One line of buttons, always the same ones; what cannot be done now is disabled."""
    named = dict(zip(titles([run.config for run in runs]), runs, strict=True))
    aside = shelf() is not store()
    with st.container(horizontal=True, vertical_alignment="center", key="actions"):
        early = [run for run in runs if run.state in RESUMABLE and not aside]
        st.button(
            f"Resume {len(early)}" if len(early) > 1 else "Resume",
            key="resume",
            icon=":material/play_arrow:",
            disabled=not early,
            on_click=_do,
            args=(lambda: resume(store(), early),),
            help="Goes on with what was stopped, failed or was lost, from its last checkpoint.",
        )
        ended = [run for run in runs if can_begin_afresh(run) and not aside]
        why = may_end(store(), runs)
        off, words = not ended or bool(why), why or AFRESH
        if st.button("Start afresh", key="afresh", icon=":material/restart_alt:", disabled=off, help=words):
            _sure("Start afresh", "Checkpoint and record will be gone: training begins at step 0.", afresh, ended)
        ask_link(
            "Ask them" if len(runs) > 1 else "Ask it", [run.name for run in runs if can_be_asked(run) and not aside]
        )
        with st.popover("Other seeds", icon=":material/casino:", disabled=aside):
            _other_seeds(named)
        with st.popover("Take along", icon=":material/download:", key="along_box", on_change="rerun") as box:
            if box.open:  # writing the command imports PyTorch, which takes seconds the first time
                _downloads(named)
        facts = {"disabled": bool(why), "help": why or None}
        if aside:
            st.button("Put back", icon=":material/unarchive:", on_click=_each, args=(restore, runs), **facts)
        elif st.button("Archive", icon=":material/archive:", **facts):
            _sure("Archive", "Out of this list and of every chart; nothing is lost.", archive, runs)
        if st.button("Delete", icon=":material/delete:", **facts):
            _sure("Delete", "Folder, weights and record will be gone for ever.", delete, runs)
        st.button("Choose none", type="tertiary", on_click=choose_runs, args=([],))
    if wrong := st.session_state.pop("runs_error", None):
        st.error(plain(wrong))
    if done := st.session_state.pop("runs_done", None):
        st.toast(plain(done))


def _do(what: Callable[[], object], done: str = "") -> None:
    """Do it; a sentence of trouble is shown in the one place."""
    try:
        what()
    except (ValueError, OSError) as wrong:
        st.session_state["runs_error"] = str(wrong)
    else:
        st.session_state["runs_done"] = done


def _each(what: Callable, runs: list[Run]) -> None:
    here = shelf()
    if why := may_end(store(), runs):  # a button that is off can still be pressed by a program
        st.session_state["runs_error"] = why
        return
    for run in runs:
        _do(lambda run=run: what(here, run))
    choose_runs(chosen())


def _sure(word: str, text: str, what: Callable, runs: list[Run]) -> None:
    """Ask once more."""
    count = "this run" if len(runs) == 1 else f"these {len(runs)} runs"

    @st.dialog(f"{word} {count}?")
    def ask() -> None:
        st.markdown("\n".join(f"- {plain(title)}" for title in titles([run.config for run in runs])))
        st.markdown(text)
        yes, no = st.columns(2)
        yes.button(word, key="sure", type="primary", width="stretch", on_click=_each, args=(what, runs))
        no.button("Keep", key="keep", width="stretch")
        if st.session_state["sure"] or st.session_state["keep"]:
            st.rerun()

    ask()


def _one(named: dict[str, Run], key: str) -> Run:
    """The run that is meant: the only one, or one of the chosen."""
    return next(iter(named.values())) if len(named) == 1 else named[st.selectbox("Run", named, key=key)]


def _other_seeds(named: dict[str, Run]) -> None:
    run = _one(named, "seeds_of")
    count = st.number_input("How many more", 1, 20, 2, key="more_seeds")

    def again() -> list[Run]:
        return repeat(store(), run, count)

    st.button(
        "Start",
        key="start_seeds",
        type="primary",
        disabled=not run.config,
        on_click=_do,
        args=(lambda: starting(store(), again), f"{count} more runs are waiting for their turn."),
    )
    st.caption("The same settings with the lowest seeds that were not tried yet, in the same experiment.")


def _downloads(named: dict[str, Run]) -> None:
    run, runs = _one(named, "export_of"), list(named.values())
    broken, facts = not run.config, {"on_click": "ignore", "width": "stretch"}
    if not broken:
        _code(run)
    st.download_button("Metrics (CSV)", lambda: rows_csv(run), f"{run.name}.csv", "text/csv", disabled=broken, **facts)
    st.download_button(
        "Settings (JSON)", lambda: config_json(run), f"{run.name}.json", "application/json", disabled=broken, **facts
    )
    many = "Whole run (zip)" if len(runs) == 1 else f"All {len(runs)} runs (zip)"
    st.download_button(many, lambda: zipped(runs), "runs.zip", "application/zip", **facts)
    st.download_button(
        "TensorBoard event files (zip)",
        lambda: event_files(runs),
        "events.zip",
        "application/zip",
        **facts,
    )


def _code(run: Run) -> None:
    """The run as a command and as a script."""
    try:
        st.caption("The same again, from a terminal:")
        st.code(command_line(run), "sh", wrap_lines=True)
        from ssl_core.export.script import CARRIED, script

        carried = run.config["data"] in CARRIED or run.config["data"].startswith(("folder:", "upload:"))
        st.download_button(
            "Script (Python)",
            lambda: script(run),
            f"{run.name}.py",
            "text/x-python",
            key="script",
            on_click="ignore",
            width="stretch",
            disabled=not carried,
            help="One file that trains this run without this app: needs torch, torchvision, numpy and scikit-learn."
            if carried
            else f"A script carries no pictures: it can be had for {', '.join(CARRIED)} and for pictures of your own.",
        )
    except ValueError as wrong:
        st.caption(plain(wrong))
