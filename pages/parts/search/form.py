"""What to search: data, method, label count, knobs with their ranges, the sampler and the budget."""

from __future__ import annotations

from typing import Any

import streamlit as st

from pages.parts.shared.address import choose_one, choose_some
from pages.parts.shared.plain import plain
from pages.parts.shared.seed import SEEDS
from pages.parts.shared.visitor import mark_search
from ssl_core.data.catalog import card as card_of
from ssl_core.data.catalog import titles
from ssl_core.figures.look import duration
from ssl_core.intervals import few_to_judge
from ssl_core.knobs import Knob
from ssl_core.runs import defaults
from ssl_core.runs.store import Store
from ssl_core.search.plan import MOST_KNOBS, MOST_RUNS, SAMPLERS, Search, searches
from ssl_core.search.span import Span


def launch(store: Store, search: Search) -> None:
    """Write the search down, start it and attach the page to it."""
    from ssl_core.search.start_stop import start

    try:
        before = searches(store)
        name = st.session_state["search"] = start(store, search)
        mark_search(store, name, before)
    except (ValueError, OSError) as wrong:
        st.session_state["search_error"] = str(wrong)


def search_form(store: Store) -> None:
    """The controls of a new search, and its Start button."""
    start = st.empty()  # it comes first, on the first screen of a phone too
    with start.container():
        st.skeleton(height=104)
    data = choose_one(st.selectbox, "Data", titles(), key="search-data")
    card = card_of(data)
    if warning := few_to_judge(len(card.classes), card.validation):
        st.warning(plain(warning))
    rest = st.empty()
    with rest.container():
        st.skeleton(height=420)
    from ssl_core.methods import METHODS  # imports PyTorch, which takes seconds the first time
    from ssl_core.runs.runner import ensure_runner

    ensure_runner(store)
    with rest.container():
        every = {name: METHODS[name].title for name in ("fixmatch", *METHODS)}
        method = choose_one(st.selectbox, "Method", every, key="search-method")
        counts, _ = defaults.label_counts(len(card.classes), card.known)
        start_at = counts.index(defaults.SEARCH_LABELS) if defaults.SEARCH_LABELS in counts else 0
        labels = st.selectbox("Label count", counts, start_at, key="search-labels", bind="query-params")
        try:
            search = _search(data, method, labels, _spans(method))
            words, problem = _plan(store, search.checked()), None
        except ValueError as wrong:
            search, words, problem = None, "", plain(wrong)
    with start.container(key="search_place", gap="small"):
        st.markdown(problem or words)
        st.button(
            "Start search",
            type="primary",
            width="stretch",
            key="start_search",
            disabled=search is None,
            on_click=launch,
            args=(store, search),
        )


def _spans(method: str) -> dict[str, Span]:
    """The chosen knobs with the ranges that were set for them."""
    from ssl_core.search.span import searchable

    known = searchable(method)
    first = defaults.SEARCHED.get(method, defaults.SEARCHED_ELSE)
    names = choose_some(
        st.multiselect,
        "Knobs to search",
        {name: knob.label(name) for name, knob in known.items()},
        [name for name in first if name in known],
        max_selections=MOST_KNOBS,
        key=f"search-{method}-knobs",
        help="With two knobs the grid can be drawn as a map. Every further knob asks for many more trials.",
    )
    return {name: _span_widget(method, name, known[name], first.get(name)) for name in names}


def _span_widget(method: str, name: str, knob: Knob, part: tuple[float, float] | None) -> Span:
    """Two numbers, or some of the choices."""
    whole, title, key = Span.of(knob), knob.label(name), f"search-{method}-{name}"
    if whole.choices:
        picked = st.multiselect(
            f"{title} among",
            [str(choice) for choice in whole.choices],
            [str(choice) for choice in whole.choices],
            key=key,
            bind="query-params",
            help=knob.help,
        )
        return whole.among(name, tuple(choice for choice in whole.choices if str(choice) in picked))
    low, high = part or (whole.low, whole.high)
    left, right = st.columns(2)
    facts: dict[str, Any] = {"bind": "query-params"}
    if whole.whole:
        low, high = int(low), int(high)
    else:
        facts |= {"format": "%.6g", "step": 10.0 ** -max(1, len(f"{low:g}".partition(".")[2]))}
    scale = " Tried on a logarithmic scale." if whole.log else ""
    advice = f"{knob.help} The default is {knob.default:g}; it may lie between {whole.low:g} and {whole.high:g}.{scale}"
    a = left.number_input(f"{title} from", whole.low, whole.high, low, key=f"{key}-low", help=advice, **facts)
    b = right.number_input("to", whole.low, whole.high, high, key=f"{key}-high", **facts)
    return whole.narrowed(name, a, b)


def _search(data: str, method: str, labels: int, spans: dict[str, Span]) -> Search:
    """The search of all widgets; raises nothing that its check would not say."""
    known = {name: title for name, (title, _) in SAMPLERS.items()}
    sampler = choose_one(st.selectbox, "Sampler", known, key="sampler")
    st.caption(SAMPLERS[sampler][1])
    left, right = st.columns(2)
    points, runs = 5, 20
    if sampler == "grid":
        points = left.number_input("Values a knob", 2, 15, 5, key="search-points", bind="query-params")
        runs = MOST_RUNS
    else:
        runs = left.number_input("Trials", 2, MOST_RUNS, 20, key="search-runs", bind="query-params")
    minutes = right.number_input(
        "Minutes", 0.0, 600.0, 0.0, 1.0, format="%g", key="search-minutes", bind="query-params",
        help="0 sets no limit; else the search ends when this much time was spent training.",
    )  # fmt: skip
    steps = left.number_input(
        "Steps a run", 50, 100_000, defaults.SEARCH_STEPS, 50, key="search-steps", bind="query-params",
        help="Every trial trains this long, the default too. Short runs rank knobs fast; a winner of short runs need "
        "not win long ones.",
    )  # fmt: skip
    seeds = right.number_input(
        "Seeds a trial", 1, 5, 1, key="search-seeds", bind="query-params", help=f"{SEEDS} A trial is judged "
        "by the mean over this many, and takes as many times as long.",
    )  # fmt: skip
    prune = st.toggle(
        "Stop trials that fall behind", True, key="prune", bind="query-params", disabled=sampler == "grid",
        help="The median rule: between 30 and 80 % of its run, a trial below the median of the finished ones at the "
        "same point is stopped. A grid is always trained to the end, so that every cell has its number.",
    )  # fmt: skip
    fixed = {} if "steps" in spans else {"steps": int(steps)}
    return Search(
        data, method, int(labels), spans, tuple(range(int(seeds))), fixed, sampler, prune and sampler != "grid",
        int(runs), float(minutes), int(points),
    )  # fmt: skip


def _plan(store: Store, search: Search) -> str:
    """How many runs, and about how long."""
    from ssl_core.runs.progress import estimate
    from ssl_core.runs.runner import slots

    runs = search.most_trials * len(search.seeds)
    seconds = estimate(store, [search.config(0, {})] * runs, slots())
    if search.minutes and search.minutes * 60 < seconds:
        return f"**About {duration(60 * search.minutes)}** with {slots()} at a time."
    less = ", less where trials are stopped early" if search.prune else ""
    return f"**{runs} runs, about {duration(seconds)}** with {slots()} at a time{less}."
