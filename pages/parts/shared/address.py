"""Choices whose address holds keys, never titles: a title may change or be translated, and every link stays.

Streamlit's own bind="query-params" writes the text that format_func shows. These choices are bound by hand: before
the widget is made the address is read, afterwards it is written, and a choice that equals the default leaves it.
Between two visits to a page only its own controls change its address. What a browser says of it when one of them was
moved may be older than what the last run wrote: it has not heard of that yet. So it is read when somebody arrives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.parts.shared.former_titles import FORMER_TITLES

Name = TypeVar("Name", str, int)
VISIT = "visits to pages"  # of this session, counted: see arrived


def choose_one(
    widget: Callable[..., Any],
    label: str,
    titles: Mapping[Name, str],
    default: Name | None = None,
    *,
    key: str,
    explicit: bool = False,
    **facts: Any,
) -> Name:
    """One of `titles`, by its name; None where there is nothing to choose.

    `widget` is st.selectbox, st.radio, st.segmented_control or st.select_slider, also of a column; `facts` go to it.
    Without a `default` it is the first. Where it is another one for everybody, an `explicit` address names it, too.
    """
    default = next(iter(titles), None) if default is None else default
    _read(key, titles, default, lambda names: names[-1])
    if st.session_state[key] not in titles:  # it is gone, or belongs to the list of another page
        st.session_state[key] = default
    chosen = widget(label, list(titles), format_func=titles.get, key=key, **facts)
    _write(key, chosen, [] if chosen is None or (chosen == default and not explicit) else [chosen])
    return chosen


def choose_some(
    widget: Callable[..., Any],
    label: str,
    titles: Mapping[Name, str],
    default: Sequence[Name] = (),
    *,
    key: str,
    **facts: Any,
) -> list[Name]:
    """Some of `titles`, by their names; `widget` is st.multiselect, also of a column; `facts` go to it.

    With max_selections among them, the first of what an address asks for.
    """
    _read(key, titles, list(default), lambda names: list(dict.fromkeys(names)))
    st.session_state[key] = [name for name in st.session_state[key] if name in titles][: facts.get("max_selections")]
    chosen = widget(label, list(titles), format_func=titles.get, key=key, **facts)
    _write(key, chosen, [] if chosen == list(default) else chosen or [""])
    return chosen


def choose_tab(titles: Mapping[Name, str], *, key: str) -> tuple[Name, Any]:
    """Tabs; the name of the open one and the place for what it shows."""
    names, first = {title: name for name, title in titles.items()}, next(iter(titles.values()))
    _read(key, titles, first, lambda chosen: titles[chosen[-1]])
    if st.session_state[key] not in names:
        st.session_state[key] = first
    tabs = dict(zip(titles, st.tabs(list(names), key=key, on_change="rerun"), strict=True))
    open_title = st.session_state[key]
    _write(key, open_title, [] if open_title == first else [names[open_title]])
    return names[open_title], tabs[names[open_title]]


def say(key: str, value: Any) -> None:
    """What a hand chose elsewhere than at the widget; call it from a callback.

    It is newer than the address, even one that a browser sent before it heard what the last run had written there.
    """
    st.session_state[key] = value
    st.session_state[_memory(key)] = ([], None, st.session_state.get(VISIT))


def write_text(key: str, text: str) -> None:
    """What a hand chose, where no widget holds it: from now on the address says so; nothing where `text` is empty."""
    st.session_state[_memory(key)] = ([text] if text else [], None, st.session_state.get(VISIT))
    _put(key, [text] if text else [])


def read_text(key: str) -> str:
    """What a hand chose on this visit, see write_text, else what the address says; empty where neither says a thing."""
    texts, _, visit = st.session_state.get(_memory(key), ([], None, None))
    if not _is_now(visit):
        return st.query_params.get(key, "")
    _put(key, texts)
    return texts[0] if texts else ""


def arrived(page: str) -> None:
    """Called once a run, before the page of that name: whoever came by a link, by Back or from another page visits it.

    Each control then reads the address once, when it is drawn; until the next arrival what a hand chose there counts.
    """
    state = st.session_state
    if not _by_hand() or state.get("visited page") != page:
        state[VISIT] = state.get(VISIT, 0) + 1
    state["visited page"] = page


def _read(key: str, titles: Mapping[Any, str], default: Any, value_of: Callable[[list], Any]) -> None:
    """Bring the address into session_state[key], unless the person at the widget said something newer."""
    state, texts = st.session_state, st.query_params.get_all(key)
    seen, value, visit = state.get(_memory(key), (None, default, None))
    if isinstance(value, list) != isinstance(default, list):  # of a page that chooses some where this one chooses one
        seen, value = None, default
    now = state.get(key, value)  # on another page than before: what was chosen there
    if isinstance(now, list) != isinstance(default, list):
        now = value
    clicked = seen is not None and now != value
    if texts != seen and not clicked and not _is_now(visit):
        if texts == [""] and isinstance(default, list):
            now = []
        elif texts:
            names = [name for text in texts if (name := named(key, text, titles)) is not None]
            now = value_of(names) if names else default
        elif _went_back():
            now = default
    state[key] = now  # also where it stood there already: it may belong to the widget of another page


def _write(key: str, value: Any, names: Sequence[Any]) -> None:
    """Put the names into the address, and remember what stands there and what it means."""
    texts = [str(name) for name in names]
    _put(key, texts)
    st.session_state[_memory(key)] = (texts, value, st.session_state.get(VISIT))


def _put(key: str, texts: list[str]) -> None:
    if texts != st.query_params.get_all(key):
        if texts:
            st.query_params[key] = texts if len(texts) > 1 else texts[0]
        else:
            del st.query_params[key]


def named(key: str, text: str, titles: Mapping[Any, str]) -> Any:
    """The choice that a text of the address means: its name, its title in earlier versions, or its title today."""
    known = {str(name).replace("_", " "): name for name in titles}  # what was shown before there were titles
    known |= {title: name for name, title in titles.items()} | {str(name): name for name in titles}
    former = FORMER_TITLES.get(key, {}).get(text)
    return former if former in titles and text not in map(str, titles) else known.get(text)


def _went_back() -> bool:
    context = get_script_run_ctx()
    return bool(context and context.is_history_navigation)


def _is_now(visit: int | None) -> bool:
    return visit is not None and visit == st.session_state.get(VISIT)


def _by_hand() -> bool:
    """Whether a control of the page caused this run: a browser then says which page by its hash, a link by its name."""
    context = get_script_run_ctx()
    return bool(context and context.pages_manager.intended_page_script_hash) and not _went_back()


def _memory(key: str) -> str:
    return f"address of {key}"
