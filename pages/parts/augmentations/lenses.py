"""The lenses of the Augmentations page: each looks at the same draws in another way."""

from __future__ import annotations

import streamlit as st

from pages.parts.augmentations.scene import Scene
from pages.parts.shared.address import choose_one
from pages.parts.shared.lens import Lens, Lenses
from pages.parts.shared.live_chart import live_chart
from pages.parts.shared.network_cache import network
from pages.parts.shared.pictures import compare, picture, picture_grid
from pages.parts.shared.plain import plain
from pages.parts.shared.trained import trained_runs
from ssl_core.figures.augmentations import histogram_chart, histogram_words, speed_chart
from ssl_core.figures.look import percent

MARKS = {"error": "Error", "warning": "Warning", "note": "Note"}


def steps(scene: Scene) -> None:
    """The chosen sample after every stage, and the slider between before and after."""
    from ssl_core.studio import preview

    strip = preview.film(scene.view, scene.sample)
    st.caption(f"Sample {scene.sample + 1} of the grid, stage by stage, with the values it drew.")
    shots = [picture(src, f"{k}. {words}" if k else words, words) for k, (src, words) in enumerate(strip)]
    picture_grid(shots, key="film", label="The chosen sample after every stage", side=scene.card.side, lines=3)
    before, after = scene.view.before[scene.sample], scene.view.shots[scene.sample]
    compare(before, after.src, alt=after.alt, side=scene.card.side, key="compare")


def sweep(scene: Scene) -> None:
    """One operation over its whole range."""
    from ssl_core.augment import OPERATIONS
    from ssl_core.studio import preview

    names = [name for name in OPERATIONS if name != "identity"]
    name = st.selectbox("Operation", names, key="sweep", bind="query-params", index=2)
    operation = OPERATIONS[name]
    strip = preview.sweep(
        name, scene.pictures, scene.pick, scene.seed, preview.sampling_of(scene.policy, name, scene.card.side)
    )
    shots = [picture(src, words, f"{operation.title} {words}") for src, words in strip]
    picture_grid(shots, key="sweep_strip", label=f"{operation.title} over its range", side=scene.card.side, lines=1)
    alive = operation.works_on(scene.card.channels, scene.card.side)
    unit = f" Strength: {operation.meaning}." if operation.has_strength else ""
    dead = "" if alive else " **It changes nothing on pictures of this size and colour.**"
    st.markdown(f"{operation.does}{unit}{dead}")
    st.caption(f"Beside torchvision: {operation.peer}.")


def changes(scene: Scene) -> None:
    """Where and how much the pictures changed."""
    from ssl_core.studio import preview

    shot = scene.view.shots[scene.sample]
    pictures, chart = st.columns([1, 2])
    with pictures:
        src = preview.difference(scene.view, scene.sample)
        words = "orange brighter, blue darker, grey unchanged"
        picture_grid(
            [picture(src, words, f"Difference of sample {scene.sample + 1}: {words}")],
            key="difference", label="Difference", side=scene.card.side, least=200, lines=3,
        )  # fmt: skip
    with chart:
        before, after = preview.histogram(scene.view)
        live_chart(histogram_chart(before, after), alt=histogram_words(before, after), key="histogram", height=300)
    st.markdown(
        f"Sample {scene.sample + 1}: **{percent(shot.unchanged)}** of its pixels are unchanged, "
        f"**{percent(shot.clipped)}** of its values are pure black or white."
    )
    rows = preview.table(scene.view)
    share = st.column_config.NumberColumn(format="percent")
    st.dataframe(
        rows,
        hide_index=True,
        column_config={"unchanged": share, "clipped": share, "drawn": st.column_config.TextColumn(width="large")},
        alt="What every sample drew",
    )


def weak_and_strong(scene: Scene) -> None:
    """The same picture under weak and strong views, and FixMatch's gate if a trained run is there."""
    from ssl_core.augment import weak
    from ssl_core.studio.gate import opinions, verdict

    runs = trained_runs(scene.card.name)
    left, right = st.columns([2, 1])
    run = choose_one(
        left.selectbox,
        "Look through a trained network",
        {name: f"{title} ({name[-4:]})" for name, title in runs.items()},  # two runs may have one title
        key="judge",
        disabled=not runs,
        placeholder="none yet: train on these pictures first",
    )
    tau = right.slider("Threshold τ", 0.5, 0.999, 0.95, step=0.01, key="tau", bind="query-params", disabled=not runs)
    try:
        model = network(run) if run else None
    except ValueError as wrong:
        st.warning(plain(wrong))
        model = None
    image, classes = scene.pictures.images[scene.pick], getattr(scene.card, "classes", ())
    asked = (image, 8, scene.seed, model, classes)
    views = {"weak": opinions(weak(scene.card), *asked), "strong": opinions(scene.shown, *asked)}
    for kind, title in (("weak", "Weak"), ("strong", "Strong: this pipeline")):
        seen = views[kind]
        st.markdown(f"**{title}**")
        shots = []
        for k, opinion in enumerate(seen):
            says = f"{opinion.label} · {opinion.confidence:.2f}" if opinion.label else opinion.words
            mark = "" if not opinion.label or kind != "weak" else "open" if opinion.confidence >= tau else "shut"
            shots.append(picture(opinion.src, says, f"{title} view {k + 1}: {opinion.words}. {says}", mark))
        lines = 1 if model else 3
        picture_grid(shots, key=f"views_{kind}", label=title, side=scene.card.side, least=66, lines=lines)
    if model:
        st.markdown(plain(verdict(*views.values(), tau, scene.pictures.names[scene.pick])))
        st.caption("Green frames pass the gate: their guess becomes the label that the strong views are trained on.")
    else:
        st.caption("With a finished run on this data set, every view also shows what the network makes of it.")


def doctor(scene: Scene) -> None:
    """What is wrong with the pipeline on these pictures."""
    from ssl_core.augment.doctor import diagnose, summary

    findings = diagnose(scene.policy, scene.pictures.images.float() / 255, scene.card, scene.seed)
    st.markdown(f"**{summary(findings)}**")
    show = {"error": st.error, "warning": st.warning, "note": st.info}
    for finding in findings:
        show[finding.level](finding.sentence, title=f"{MARKS[finding.level]}: {finding.about.replace('_', ' ')}")
    st.caption("Found by trying the pipeline on these pictures. In a terminal: `python -m ssl_core doctor --help`.")


def speed(scene: Scene) -> None:
    """Pictures a second, here."""
    from ssl_core.runs.measure import measure_speed

    st.caption(
        "One processor core, batches of 64: this app applies each operation to a whole batch, torchvision to one "
        "picture at a time. The measurement runs in a process of its own and takes about ten seconds."
    )
    key = (scene.text, scene.card.side, scene.card.channels)
    if st.button("Measure", key="measure"):
        with st.spinner("Measuring, about ten seconds", show_time=True):
            try:
                st.session_state["speed"] = (key, measure_speed(*key, 64))
            except ValueError as wrong:
                st.error(plain(wrong))
    measured, rates = st.session_state.get("speed", (None, None))
    if measured == key:
        words = f"{rates['ours']:,.0f} pictures a second here, {rates['torchvision']:,.0f} with torchvision one by one"
        st.markdown(f"**{words}**, {rates['ours'] / rates['torchvision']:.1f} times as many.")
        live_chart(speed_chart(rates), alt=words, key="speed_chart", height=180)


def code(scene: Scene) -> None:
    """The pipeline as programs to copy."""
    from ssl_core.augment.code import to_albumentations, to_python
    from ssl_core.augment.jsonform import to_json
    from ssl_core.augment.torchvision_code import left_out, to_torchvision

    kinds = {
        "python": ("Our Python", "augment.py", "python", to_python),
        "torchvision": ("torchvision", "augment_torchvision.py", "python", to_torchvision),
        "albumentations": ("albumentations", "augment_albumentations.py", "python", to_albumentations),
        "json": ("JSON", "pipeline.json", "json", to_json),
    }
    titles = {kind: title for kind, (title, *_) in kinds.items()}
    kind = choose_one(st.radio, "Export as", titles, key="export", horizontal=True)
    _, name, language, write = kinds[kind]
    text = write(scene.policy)
    missing = left_out(scene.policy) if kind == "torchvision" else []
    if missing:
        st.warning(f"Left out, because torchvision has no such operation: {plain(', '.join(missing))}.")
    st.code(text, language, height=420)
    st.download_button("Download", text, name, on_click="ignore", key="download_code")


LENSES: Lenses[Scene] = {
    "steps": Lens("Step by step", steps),
    "sweep": Lens("Sweep", sweep),
    "changes": Lens("What changed", changes),
    "weak_and_strong": Lens("Weak and strong", weak_and_strong),
    "doctor": Lens("Doctor", doctor),
    "speed": Lens("Speed", speed),
    "code": Lens("Code", code),
}
