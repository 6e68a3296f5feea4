"""What stands behind an answer, one tab each: views, nearest pictures, saliency, calibration, the weights."""

from __future__ import annotations

import json

import streamlit as st

from pages.parts.predict.network import held_bank
from pages.parts.predict.scene import Scene
from pages.parts.shared.lens import Lens, Lenses
from pages.parts.shared.live_chart import live_chart
from pages.parts.shared.pictures import picture, picture_grid
from pages.parts.shared.plain import plain
from pages.parts.shared.seed import seed_box
from ssl_core.figures.look import percent
from ssl_core.figures.predict import reliability_chart, views_chart, views_words

LIBRARY = "octet/stream"


def _grid(shots: list, key: str, label: str, side: int, least: int = 74, lines: int = 2) -> None:
    some = [picture(shot.src, shot.caption, shot.alt) for shot in shots]
    picture_grid(some, key=key, label=label, side=side, least=least, lines=lines)


def views(scene: Scene) -> None:
    """Test-time views."""
    from ssl_core.predict.scene import moved

    many, beside = st.columns(2)
    count = many.slider("Views of each kind", 4, 32, 16, 4, key="tries", bind="query-params")
    seed = seed_box(beside, "The same one draws the same views again.", key="seed")
    spread, shots = moved(scene.classifier, scene.asked, count, seed)
    words = views_words(scene.card.classes, spread)
    live_chart(views_chart(scene.card.classes, spread), alt=words, key="views_chart", height=320)
    st.markdown(
        f"**{plain(scene.answer.best)}** stays first under {spread['weak']['same']} of {count} weak and "
        f"{spread['strong']['same']} of {count} strong views. Whiskers reach from the lowest view to the highest."
    )
    for kind in ("weak", "strong"):
        st.caption(f"The {kind} views, as training draws them, and what the network says to each")
        _grid(shots[kind], f"views_{kind}", f"{kind} views", scene.card.side, lines=1)


def nearest(scene: Scene) -> None:
    """Nearest training pictures in feature space."""
    from ssl_core.predict.scene import alike

    held = held_bank(scene.key, scene.classifier, scene.data)
    _grid(
        alike(scene.classifier, held, scene.data, scene.asked), "nearest", "Nearest training pictures", scene.card.side,
        least=104, lines=3,
    )  # fmt: skip
    known = "" if scene.classifier.parts else " Who was labelled is not known of a weights file."
    st.caption(
        f"The training pictures whose features before the last layer point the same way: class, role in this run, and "
        f"distance (1 − cosine). Searched among {len(held.rows):,} of {len(scene.data.labels):,}, with every labelled "
        f"one.{known} Classes of unlabelled pictures were hidden from training and are shown for you alone."
    )


def saliency(scene: Scene) -> None:
    """Where the network looks."""
    from ssl_core.predict.scene import looked_at

    _grid(looked_at(scene.classifier, scene.asked, 0), "saliency", "Where it looks", scene.card.side, 150, 1)
    st.caption(
        f"Bright: pixels that would change the score of **{plain(scene.answer.best)}** most if they changed a "
        "little (input gradient, Simonyan et al. 2013). SmoothGrad is the mean over 24 noisy copies (Smilkov et "
        "al. 2017). It says what the network is sensitive to, not what it would see there."
    )


def calibration(scene: Scene) -> None:
    """Whether its probabilities can be believed."""
    measured, warm = scene.classifier.calibration, scene.classifier.temperature
    if measured is None:
        gone = "The pictures to fit and check a temperature on are not those of this run any more."
        brought = f"A weights file brings its temperature along (here {warm:.2f}) but not the pictures to check it on."
        st.info(plain(gone if "run" in scene.classifier.story else brought))
        return
    words = (
        f"Expected calibration error on test pictures: {100 * measured.before.ece:.1f} % as the network came, "
        f"{100 * measured.after.ece:.1f} % with temperature {warm:.2f}."
    )
    live_chart(reliability_chart(measured.before, measured.after), alt=words, key="reliability", height=380)
    direction = "too sure of itself" if warm > 1.02 else "not sure enough" if warm < 0.98 else "about as sure as right"
    st.markdown(f"{words} This network was **{direction}**.")
    st.caption(
        f"The temperature divides the logits and never changes which class is first. It was fitted on "
        f"{scene.card.validation:,} validation pictures (their log loss fell from {measured.fitted_before:.3f} to "
        f"{measured.fitted_after:.3f}); those have labels too, so it costs labels that a tight budget may not have. "
        f"The dots are {sum(measured.after.count):,} test pictures in bins of confidence (Guo et al. 2017)."
    )


def weights(scene: Scene) -> None:
    """Take the network away."""
    from ssl_core.predict.weights import card_of, to_markdown, to_pt, to_safetensors

    name = f"{scene.card.name}-{scene.classifier.story.get('method', 'weights')}"
    with st.container(horizontal=True):
        for label, content, ending in (
            ("Weights (.safetensors)", lambda: to_safetensors(scene.classifier), "safetensors"),
            ("Weights (.pt)", lambda: to_pt(scene.classifier), "pt"),
            ("Card (.md)", lambda: to_markdown(scene.classifier), "md"),
            ("Card (.json)", lambda: json.dumps(card_of(scene.classifier), indent=1), "json"),
        ):
            st.download_button(label, content, f"{name}.{ending}", LIBRARY, on_click="ignore", key=f"take_{ending}")
    st.markdown(to_markdown(scene.classifier, plain).split("\n", 2)[2].replace("## ", "##### "))
    st.caption(
        f"Test accuracy {percent(scene.classifier.story.get('test_accuracy'))}. The safetensors file carries the card."
    )


LENSES: Lenses[Scene] = {
    "views": Lens("Views", views),
    "nearest": Lens("Nearest pictures", nearest),
    "saliency": Lens("Where it looks", saliency),
    "calibration": Lens("Calibration", calibration),
    "weights": Lens("Weights", weights),
}
# Of a network whose pictures are not here, or not those it learned from any more.
WITHOUT_DATA: Lenses[Scene] = {name: lens for name, lens in LENSES.items() if name != "nearest"}
