"""The map: all pictures in a plane; a point is clicked, or some are circled, and labelled together."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any, NamedTuple

import streamlit as st

from pages.parts.label.bench import Bench, numbers_at_hand
from pages.parts.label.sheet import sheet, taken_away
from pages.parts.label.stage import class_buttons, say_wrong, spent, undo, undo_button, write
from pages.parts.shared.address import choose_one
from pages.parts.shared.data_cache import dataset, fingerprint, follows_data
from pages.parts.shared.pictures import picture, picture_grid
from pages.parts.shared.plain import plain
from pages.parts.shared.store import ticking

TICK = 1.0  # seconds between two looks while a plane is computed
HEIGHT = 430
COLOURS = {"label": "Label", "guess": "Guess", "sure": "How sure"}
PLANES = {"pca": "Principal components", "umap": "Neighbours (UMAP)"}
PICKED = "label_picked"
HOW = "Click a point to see its picture, or draw a line around some to label them together."


class Caught(NamedTuple):
    """What a visitor caught on the map, kept while the map is drawn anew."""

    whose: tuple[str, str]
    number: str
    picked: Any

    @property
    def key(self) -> str:
        """Of its sheet."""
        return f"label_sheet_{self.number}"


@follows_data
@st.cache_resource(max_entries=2, show_spinner=False)
def _umap(name: str, fingerprint: str, _spots: Any) -> Any:
    from ssl_core.label.plane import Umap

    return Umap(_spots)


def the_map(bench: Bench) -> None:
    """The map and what was caught on it, in a part of its own."""
    bench.teacher.wake()
    umap = _umap(bench.card.name, fingerprint(bench.card.name), bench.session.spots) if _plane() == "umap" else None
    waits = bool(umap and umap.points is None and not umap.wrong)
    ticking(_map, run_every=TICK if waits else None, key="label_map_part")(bench, umap, waits)


def _plane() -> str:
    from ssl_core.label.plane import can_umap

    return (
        choose_one(st.segmented_control, "Plane by", PLANES, key="label_plane", required=True) if can_umap() else "pca"
    )


def _map(bench: Bench, umap: Any, waits: bool) -> None:
    from ssl_core.figures.label_map import add_numbers
    from ssl_core.label.plane import asked, drawn_points

    if waits and (umap.points is not None or umap.wrong):
        st.rerun()
    spent(bench)
    colour = choose_one(st.segmented_control, "Colour by", COLOURS, key="label_colour", required=True)
    spots = bench.session.spots[:, :2] if umap is None or umap.points is None else umap.points
    count, said = len(bench.session.pictures.numbers), bench.session.journal.said()
    order = asked(said, bench.session.pictures)
    labelled = bench.session.pictures.rows_of(said.labels())
    rows = drawn_points(count, labelled)
    points = spots.numpy()
    figure, words = _coloured(bench, colour, points[rows], rows)
    first = max(0, len(order) - _most_numbers())
    add_numbers(figure, points[order[first:]], first + 1)
    st.plotly_chart(
        figure, key="label_map", height=HEIGHT, on_select=lambda: _catch(bench),
        selection_mode=("points", "box", "lasso"),
        config={"displaylogo": False, "scrollZoom": False},
        alt=f"A map of {len(rows):,} pictures, {words}; {len(labelled):,} have a label. The wall offers the same "
        "pictures to a keyboard.",
    )  # fmt: skip
    st.caption(plain(" ".join(_notes(len(rows), count, len(order), first, umap, waits))))
    with st.container():  # so that what is below keeps its place, and its keys
        _caught(bench)
    with st.container(horizontal=True, key="label_map_more"):
        undo_button(bench, _undo)
    say_wrong()


def _most_numbers() -> int:
    from ssl_core.figures.label_map import MOST_NUMBERS

    return MOST_NUMBERS


def _notes(drawn: int, count: int, asked: int, first: int, umap: Any, waits: bool) -> list[str]:
    notes = [HOW]
    if drawn < count:
        notes.append(f"Drawn are {drawn:,} of {count:,} pictures: every labelled one, and of the others a fair sample.")
    if first:
        notes.append(f"The numbers say in which order you were asked; the first {first:,} are left out.")
    elif asked:
        notes.append("The numbers say in which order you were asked.")
    if waits:
        notes.append("UMAP is placing the pictures; until then they lie by principal components.")
    return notes if umap is None or not umap.wrong else [*notes, umap.wrong]


def _coloured(bench: Bench, colour: str, points: Any, rows: Any) -> tuple[Any, str]:
    """The chart in these colours, and in words what they say."""
    from ssl_core.figures.label_map import class_map, sure_map

    answers = bench.teacher.answers
    if colour == "sure" and answers:
        return sure_map(points, rows, answers[0].amax(dim=1).numpy()[rows]), "by how sure the network is"
    if colour != "label" and answers:
        return class_map(
            points, rows, answers[0].argmax(dim=1).numpy()[rows], bench.session.journal.classes, faint=True
        ), "by what the network would say"
    now = bench.session.now()
    labels = now.labels.numpy()[rows] if colour == "label" else now.labels.numpy()[rows] * 0 - 1
    none = "no label yet" if colour == "label" else "nothing said yet"
    return class_map(points, rows, labels, now.card.classes, none), "by label"


def _catch(bench: Bench) -> None:
    """What a click or a lasso caught is looked at below the map."""
    from ssl_core.label.wall import picked

    rows = rows_of(st.session_state["label_map"].selection.points)
    if not rows:
        st.session_state.pop(PICKED, None)
        return
    caught = write(lambda: picked(bench.session, bench.who, rows, at_hand=numbers_at_hand(bench)))
    if caught:
        whose = (bench.card.name, bench.who)
        st.session_state[PICKED] = Caught(whose, secrets.token_hex(4), caught)


def rows_of(points: Sequence[dict[str, Any]]) -> list[int]:
    """The rows of points as a chart's selection has them, each once; rings and numbers have none."""
    values = (point.get("customdata") for point in points)
    rows = (value[0] if isinstance(value, (list, tuple)) and value else value for value in values)
    return list(dict.fromkeys(int(row) for row in rows if _whole(row)))


def _whole(value: Any) -> bool:
    return type(value) is int or (type(value) is float and value.is_integer())


def _caught(bench: Bench) -> None:
    caught = st.session_state.get(PICKED)
    if caught is None or caught.whose != (bench.card.name, bench.who):
        return
    rows, labelled, left = caught.picked
    if labelled or left:
        st.caption(_rest(labelled, left))
    if len(rows) == 1:
        _one(bench, caught)
    elif rows:
        _many(bench, caught)


def _rest(labelled: int, left: int) -> str:
    parts = [f"{labelled:,} of those you circled have a label and keep it."] if labelled else []
    if left:
        parts.append(f"{left:,} are not shown: more than can be looked at, or in front of somebody else.")
    return " ".join(parts)


def _one(bench: Bench, caught: Caught) -> None:
    from ssl_core.label.pictures import source_of

    (row,), number = caught.picked.rows, caught.number
    said = bench.session.journal.said()
    picture_number = bench.session.pictures.numbers[row]
    label = said.label(picture_number)
    words = f"Labelled {label}" if label else "Has no label yet"
    shot = picture(source_of(dataset(bench.card.name), row), words, "The picture that you clicked")
    with st.container(width=160):
        picture_grid([shot], key="label_clicked", label="The picture that you clicked", side=max(bench.card.side, 128),
                     least=140, lines=1)  # fmt: skip
    class_buttons(bench.session.journal.classes, "label_map_say", number, lambda name: _say_one(bench, row, name))


def _many(bench: Bench, caught: Caught) -> None:
    from ssl_core.label.pictures import source_of

    data, rows = dataset(bench.card.name), caught.picked.rows
    shots = [{"src": source_of(data, row), "alt": f"Picture {n}"} for n, row in enumerate(rows, 1)]
    away = sheet(shots, key=caught.key, label="The pictures that you circled", side=bench.card.side)
    st.markdown(f"All {len(rows) - len(away):,} that are left are:" if away else f"All {len(rows):,} are:")
    class_buttons(
        bench.session.journal.classes, "label_map_say", caught.number, lambda name: _say_all(bench, caught, name)
    )


def _say_one(bench: Bench, row: int, label: str) -> None:
    number = bench.session.pictures.numbers[row]
    word = bench.session.journal.said().words.get(number, {}).get(bench.who)
    if write(lambda: bench.session.journal.say(bench.who, {number: label}, order=word.order if word else "")):
        st.session_state.pop(PICKED, None)


def _say_all(bench: Bench, caught: Caught, label: str) -> None:
    from ssl_core.label.wall import say_all

    away = taken_away(caught.key, len(caught.picked.rows))
    rest = [row for n, row in enumerate(caught.picked.rows) if n not in away]
    if rest and write(lambda: say_all(bench.session, bench.who, rest, label)):
        st.session_state.pop(PICKED, None)


def _undo(bench: Bench) -> None:
    undo(bench)
    st.session_state.pop(PICKED, None)
