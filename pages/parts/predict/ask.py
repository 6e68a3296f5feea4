"""Networks asked about one picture: what is asked about, the answers next to it, and what stands behind one of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from pages.parts.predict.answers import Told, answer_cards
from pages.parts.predict.input import choose_files, choose_picture, choose_source
from pages.parts.predict.lenses import LENSES, WITHOUT_DATA
from pages.parts.predict.many import many_answers
from pages.parts.predict.network import Network, of_runs, weights_file
from pages.parts.predict.scene import Scene
from pages.parts.predict.take_along import take_along
from pages.parts.shared.address import choose_one
from pages.parts.shared.data_cache import dataset
from pages.parts.shared.lens import show_lenses
from pages.parts.shared.live_chart import live_chart
from pages.parts.shared.pictures import picture, picture_grid
from pages.parts.shared.plain import plain
from ssl_core.figures.look import percent
from ssl_core.figures.predict import answer_chart, answer_words
from ssl_core.predict.scene import answer
from ssl_core.predict.together import agreement


def who_is_asked(chosen: list[str], any_run: bool) -> list[Network]:
    """The networks of these runs, or of a weights file and the others; what is wrong with all is said."""
    with st.container(horizontal=True, key="of_networks"):
        file = weights_file()
        networks = [file, *of_runs(chosen[1:])] if file else of_runs(chosen)
        able = [one for one in networks if one.classifier]
        if able:
            take_along(able[0].classifier, able[0].key)
    if not able and (any_run or file):
        for sentence in dict.fromkeys(one.why for one in networks):
            st.error(plain(sentence))
    notes = {one.classifier.note: one.title for one in able if one.classifier.note}
    for note, title in notes.items():
        st.warning(plain(note if len(able) == 1 else f"{title}: {note}"), icon=":material/info:")
    for card in {one.classifier.card.title: one.classifier.card for one in able}.values():
        st.caption(plain(f"{card.title}: {', '.join(card.classes)}.", most=4000))
    return networks if able else []


def ask_networks(networks: list[Network]) -> None:
    """What is asked about, on a phone above, else beside the answers; below, what stands behind one of them."""
    able = [one for one in networks if one.classifier]
    shown, answers = st.columns([1, 2], gap="medium")
    look = None
    with shown:
        data = next((found for one in able if (found := _data(one)) is not None), None)
        source = choose_source(test=data is not None)
        try:
            if source == "many":
                _many(able, answers)
                return
            look = choose_picture(source, [one.classifier.card for one in able], data)
        except ValueError as wrong:
            st.error(plain(wrong))
    with answers:
        told = [_told(one, look) for one in networks] if look else []
        answered = [one for one in told if one.answer]
        if answered:
            (_one_answer if len(told) == 1 else _several)(told)
        elif sentences := dict.fromkeys(one.why for one in told):
            for sentence in sentences:
                st.error(plain(sentence))
        else:
            st.info("Give a picture, and the answer appears here.")
    if answered:
        _behind(answered)


def _data(network: Network) -> Any:
    """The data set a network has learned from, where it is still the same."""
    if network.classifier.note:
        return None
    try:
        return dataset(network.classifier.card.name)
    except ValueError:
        return None


def _many(able: list[Network], place: Any) -> None:
    network = _whose(able)
    files, ink = choose_files(network.classifier.card)
    with place:
        try:
            many_answers(network.classifier, network.key, files, ink)
        except ValueError as wrong:
            st.error(plain(wrong))


def _told(network: Network, look: Callable[[Any], Any]) -> Told:
    if not network.classifier:
        return Told(network, why=network.why)
    try:
        asked = look(network.classifier.card)
        return Told(network, asked, answer(network.classifier, asked))
    except ValueError as wrong:
        return Told(network, why=str(wrong))


def _one_answer(told: list[Told]) -> None:
    """The answer of the only network, with every class."""
    asked, says, card = told[0].asked, told[0].answer, told[0].network.classifier.card
    wrong = f" Wrong: it is {plain(asked.truth)}."
    truth = "" if asked.truth is None else " Right." if asked.truth == says.best else wrong
    st.markdown(
        f"##### It says {plain(says.best)}, {percent(says.sure)} sure\n"
        f"{plain(asked.title)}.{truth} Second choice: {plain(says.second)}. "
        f"Without calibration it would say {percent(says.raw)}."
    )
    left, right = st.columns([1, 2.4], vertical_alignment="top")
    with left:
        picture_grid(
            [picture(asked.source, f"{card.side}×{card.side}, as the network sees it", asked.title)],
            key="asked", label="The picture", side=card.side, least=140,
        )  # fmt: skip
    with right:
        live_chart(
            answer_chart(card.classes, says.probability, asked.truth),
            alt=answer_words(card.classes, says.probability),
            key="answer_chart",
            height=300,
        )


def _several(told: list[Told]) -> None:
    """The answers side by side, under one sentence."""
    answered = [one for one in told if one.answer]
    words = agreement([(one.network.title, one.answer.best) for one in answered])
    asked = answered[0].asked
    st.markdown(f"##### {plain(words)}")
    if asked.truth is not None:
        st.caption(plain(f"{asked.title}. It is {asked.truth}."))
    answer_cards(told, key="answers", label="What each network says")


def _whose(networks: list[Network]) -> Network:
    """One of the networks, asked for where there are several."""
    titles = {one.key: plain(one.title) for one in networks}
    if len(networks) == 1:
        return networks[0]
    key = choose_one(st.segmented_control, "Look closer at", titles, key="whose", required=True)
    return next(one for one in networks if one.key == key)


def _behind(answered: list[Told]) -> None:
    network = _whose([one.network for one in answered])
    told = next(one for one in answered if one.network is network)
    data = _data(network)
    scene = Scene(network.classifier, data, told.asked, told.answer, network.key)
    show_lenses(LENSES if data is not None else WITHOUT_DATA, scene, key="behind_it", label="What stands behind it")
