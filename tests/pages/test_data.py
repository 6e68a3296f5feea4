"""The Data page and what a person's own pictures do to every other page."""

from __future__ import annotations

import dataclasses

import pytest

from pages.parts.shared.plain import plain
from ssl_core.data import BUILT_IN, CATALOG, card, kept
from ssl_core.data.catalog import find_card, needs
from ssl_core.data.kept import Arrays, recount
from ssl_core.data.kept import names as kept_names
from ssl_core.data.uploads import add
from ssl_core.runs.worker import work
from ssl_core.train.config import configure
from tests.data.conftest import pets, png, zipped
from tests.data.sets import MOONS, MOSTLY_UNKNOWN
from tests.data.sets import load as load_set
from tests.data.test_official import WRITERS, made
from tests.pages.conftest import problems

KEYS = {
    "data.py": "data",
    "training.py": "data",
    "mixing.py": "from_a",
    "smote.py": "source",
    "augmentations.py": "pictures",
}
LENSES = ("split", "counts", "averages", "map", "leaks")


def words(at) -> str:
    return " ".join(part.value for kind in (at.markdown, at.caption, at.info, at.warning, at.success) for part in kind)


def pictures(at) -> list[list[str]]:
    """Captions of every grid of pictures."""
    import json

    protos = [part.proto for part in at.get("bidi_component")]
    grids = [json.loads(text) for proto in protos if (text := proto.mixed.json or proto.json)]
    return [[shot["caption"] for shot in grid["shots"]] for grid in grids if "shots" in grid]


@pytest.fixture
def mine(store) -> str:
    """A data set of one's own, of two classes and twelve pictures."""
    return add(zipped(pets(6)), "Pets", side=16, channels=3, flip=True).name


@pytest.mark.parametrize("lens", LENSES)
@pytest.mark.parametrize("data", ["digits", "mine"])
def test_every_lens_opens(visit, mine, data, lens):
    title = card(mine if data == "mine" else data).title
    at = visit("data.py", data=title, data_lens={"split": "Split"}.get(lens, lens))
    at.segmented_control(key="data_lens").set_value(lens).run()
    assert problems(at) == []
    assert at.selectbox(key="data").value == (mine if data == "mine" else data)
    assert "labelled** of" in words(at)
    if lens in ("counts", "map"):
        assert at.get("plotly_chart")


def test_the_address_reproduces_the_page(visit, store):
    at = visit("data.py", data=card("shapes").title, count="100", seed="3", imbalance="10", data_lens="Class sizes")
    assert problems(at) == []
    assert at.selectbox(key="data").value == "shapes"
    assert at.number_input(key="seed").value == 3
    assert at.session_state["imbalance"] == 10
    assert at.session_state["data_lens"] == "counts"
    assert "**100 labelled** of 6,000" in words(at)


@pytest.mark.parametrize("name", [name for name in CATALOG if name not in BUILT_IN])
def test_a_set_that_is_not_here_says_what_to_do_on_both_pages(visit, name):
    at = visit("data.py", data=card(name).title)
    assert problems(at) == []
    assert plain(needs(name)) in words(at)
    assert [b.label for b in at.button if b.key == "fetch"]
    at = visit("training.py", data=card(name).title)
    assert problems(at) == []
    assert plain(needs(name)) in words(at)
    assert at.button(key="start").disabled


def test_a_zip_becomes_a_data_set_of_every_page_and_can_be_deleted(visit, store):
    at = visit("data.py")
    at.file_uploader(key="zip").upload("../../pets.zip", zipped(pets()), "application/zip").run()
    at.text_input(key="zip_name").set_value("My <b>pets</b>")
    at.pills(key="zip_side").set_value(16)
    at.button(key="keep").click().run()
    assert problems(at) == []
    (name,) = kept_names()
    assert at.selectbox(key="data").value == name
    assert plain("My _b_pets") in at.success[0].value and "<" not in at.success[0].value
    assert "20 pictures of 2 classes" in words(at)
    training = visit("training.py", data=card(name).title)
    assert problems(training) == []
    assert training.selectbox(key="data").value == name
    assert not training.button(key="start").disabled
    for page in ("mixing.py", "smote.py", "augmentations.py"):
        other = visit(page, source=card(name).title, from_a=card(name).title)
        assert not other.exception, page
        assert all("k from 1 to" in told for told in problems(other)), "a dozen pictures can be too few for SMOTE"
        assert any(
            name in (box.value, *(o for o in box.options)) or card(name).title in box.options for box in other.selectbox
        ), page
    at.button(key="delete").click().run()
    assert problems(at) == []
    assert kept_names() == []
    assert at.selectbox(key="data").value == "digits"


@pytest.mark.parametrize("name", WRITERS)
def test_every_page_opens_on_every_public_set(visit, store, name):
    told = kept.keep(kept.recount(CATALOG[name], arrays := kept.Arrays(*made(name))), arrays)
    for page in KEYS:
        key = KEYS[page]
        at = visit(page, **{key: name if page == "augmentations.py" else told.title})
        assert at.selectbox(key=key).value == name, page
        assert not at.exception, page
        assert all("k from 1 to" in told for told in problems(at)), "eight pictures a class can be too few for SMOTE"
    values = {"steps": 1, "batch": 2, "evaluations": 1}
    run = store.add(configure(name, "mixmatch", len(told.classes), 0, values).to_dict())
    assert work(run.folder)["state"] == "done"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"no zip", "not a zip"),
        (zipped(pets() | {"../evil.png": png(0)}), "points out of it"),
        (zipped({"one/0.png": png(0)}), "Only one class"),
    ],
)
def test_a_bad_zip_is_one_sentence_on_the_page(visit, store, content, sentence):
    at = visit("data.py")
    at.file_uploader(key="zip").upload("pets.zip", content, "application/zip").run()
    at.button(key="keep").click().run()
    assert len(at.error) == 1 and not at.exception
    assert sentence in at.error[0].value
    assert kept_names() == []
    assert at.file_uploader(key="zip").value is not None, "the upload is still there to try again"


def test_a_folder_is_offered_only_where_the_operator_allows_one(visit, store, tmp_path, monkeypatch):
    at = visit("data.py")
    assert "folder" not in [box.key for box in at.text_input]
    for path, content in pets().items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    monkeypatch.setenv("SSL_ROOTS", str(tmp_path))
    at = visit("data.py")
    at.text_input(key="folder").set_value("/etc")
    at.button(key="read_folder").click().run()
    assert [e.value for e in at.error] == ["This folder may not be read: it lies outside those named in SSL_ROOTS."]
    at.text_input(key="folder").set_value(str(tmp_path / "pets"))
    at.button(key="read_folder").click().run()
    assert problems(at) == []
    assert find_card(at.selectbox(key="data").value).title == "Folder pets, 32×32 colour"


def test_training_follows_the_data_to_other_label_counts(visit, mine):
    at = visit("training.py")
    assert at.multiselect(key="labels").value == [10, 20, 40, 100]
    for name in (mine, "shapes", mine, "digits"):
        at.selectbox(key="data").set_value(name).run()
        assert problems(at) == []
        about = card(name)
        assert at.multiselect(key="labels").value
        assert all(len(about.classes) <= count <= about.pool for count in at.multiselect(key="labels").value)


def test_a_run_on_data_that_is_gone_is_still_shown(visit, store, mine):
    config = configure(mine, "supervised", 2, 0, {"steps": 1}).to_dict()
    store.add(config | {"experiment": "gone"})
    kept.forget(mine)
    for page in (None, "training.py"):
        at = visit(page, experiment="gone")
        assert problems(at) == []
    assert "Unknown data" in words(at)


def test_unequal_classes_and_copies_are_warned_of(visit, store):
    same = png(0)
    files = {f"cat/{n}.png": png(n) for n in range(40)} | {f"dog/{n}.png": same for n in range(8)}
    name = add(zipped(files), "Odd", side=16, channels=3, flip=True).name
    at = visit("data.py", data=card(name).title)
    at.segmented_control(key="data_lens").set_value("counts").run()
    assert "5 times as many" in words(at)
    at.segmented_control(key="data_lens").set_value("leaks").run()
    assert "with one in the test" in words(at)
    at.segmented_control(key="alike_where").set_value("inside").run()
    assert problems(at) == [] and "lie in one part (" in words(at) and at.query_params["alike_where"] == "inside"


@pytest.mark.parametrize("page", KEYS)
def test_a_set_that_somebody_else_deletes_meanwhile(visit, store, mine, page):
    at = visit(page, **{KEYS[page]: card(mine).title})
    assert at.selectbox(key=KEYS[page]).value == mine
    kept.forget(mine)
    at.run()
    assert not at.exception
    assert at.selectbox(key=KEYS[page]).value != mine
    assert not [told for told in problems(at) if "k from 1 to" not in told]


def test_what_was_understood_is_shown_before_anything_is_kept(visit, store):
    files = {f"train/{kind}/{n}.png": png(n, 8) for kind in ("cat", "dog") for n in range(4)}
    files |= {f"train/Unlabeled/{n}.png": png(n + 50, 8) for n in range(7)} | {"docs.pdf": b"x", "docs2.pdf": b"x"}
    at = visit("data.py")
    at.file_uploader(key="zip").upload("pets.zip", zipped(files), "application/zip").run()
    assert problems(at) == []
    assert (
        "2 classes** (cat, dog): 8 labelled pictures, 7 unlabelled, a fifth of the labelled ones for the test"
        in words(at)
    )
    assert "Passed over: 2 .pdf files (they are no pictures)." in words(at)
    assert ["cat"] * 2 + ["dog"] * 2 + ["unlabelled"] * 2 in pictures(at)
    assert kept_names() == []
    at.segmented_control(key="zip_fit").set_value("pad")
    at.button(key="keep").click().run()
    assert problems(at) == []
    (name,) = kept_names()
    assert (card(name).unknown, card(name).fit, card(name).side) == (7, "pad", 32)
    assert "(7 of a class that nobody knows)" in words(at)


def test_picture_files_and_a_table_are_a_data_set(visit, store):
    at = visit("data.py")
    for n in range(8):
        at.file_uploader(key="zip").upload(f"{n}.png", png(n, 8), "image/png")
    rows = "".join(f"{n}.png;{('cat', 'dog')[n % 2]}\n" for n in range(8))
    at.file_uploader(key="zip").upload("labels.csv", f"image;category\n{rows}".encode(), "text/csv").run()
    at.button(key="keep").click().run()
    assert problems(at) == []
    assert card(kept_names()[0]).classes == ("cat", "dog")


def test_a_set_without_classes_says_what_to_do_on_every_page(visit, store):
    from ssl_core.data.uploads import add_files

    made = add_files([(f"{n}.png", png(n, 8)) for n in range(5)], "Flat", side=8)
    at = visit("data.py", data=made.title)
    assert problems(at) == []
    assert "Nobody has said the class" in words(at)
    at = visit("training.py", data=made.title)
    assert not at.exception
    assert at.button(key="start").disabled
    for page in ("mixing.py", "smote.py", "augmentations.py", "search.py"):
        assert not visit(page).exception, page


def test_a_folder_that_changed_is_noticed_and_read_again(visit, store, tmp_path, monkeypatch):
    from ssl_core.data import prepare

    monkeypatch.setenv("SSL_ROOTS", str(tmp_path))
    for path, content in pets(4).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    made = prepare(f"folder:{tmp_path / 'pets'}", flip=False)
    assert "read_again" not in [button.key for button in visit("data.py", data=made.title).button]
    (tmp_path / "pets" / "cat" / "new.png").write_bytes(png(99))
    from pages.parts.data import bring

    bring._changed.clear()
    at = visit("data.py", data=made.title)
    assert "it had 8 pictures, now 9" in words(at)
    at.button(key="read_again").click().run()
    assert problems(at) == []
    assert card(made.name).train + card(made.name).test == 9
    assert not card(made.name).flip, "what was said of mirrors stays"
    assert "read_again" not in [button.key for button in at.button]


@pytest.mark.parametrize("page", ["data.py", "training.py", "own.py"])
def test_every_page_that_trains_on_a_folder_says_that_it_changed(visit, store, tmp_path, monkeypatch, page):
    from pages.parts.data import bring
    from ssl_core.data import prepare

    monkeypatch.setenv("SSL_ROOTS", str(tmp_path))
    for path, content in pets(4).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    made = prepare(f"folder:{tmp_path / 'pets'}")
    run = store.add(configure(made.name, "supervised", 2, 0, {"steps": 1}).to_dict() | {"experiment": "x-1"})
    (tmp_path / "pets" / "cat" / "new.png").write_bytes(png(99))
    bring._changed.clear()
    key = {"own.py": "own"}.get(page, "data")
    at = visit(page, **{key: made.name})
    assert "it had 8 pictures, now 9" in words(at)
    at.button(key="read_again").click().run()
    assert problems(at) == []
    assert at.selectbox(key=key).value == made.name
    assert "read_again" not in [button.key for button in at.button]
    assert run.config["fingerprint"] == made.fingerprint != card(made.name).fingerprint


@pytest.fixture
def unknown(store) -> dict[str, str]:
    """Two sets of one's own whose labels are mostly unknown and that have no test: pictures, and points of a plane."""
    names = {}
    for number, about in enumerate((MOSTLY_UNKNOWN, MOONS)):
        data = load_set(about)
        arrays = Arrays(
            data.images.numpy(), data.labels.numpy(), data.test_images[:0].numpy(), data.test_labels[:0].numpy()
        )
        names[about.name] = f"upload:0000000{number}"
        kept.keep(recount(dataclasses.replace(about, name=names[about.name]), arrays), arrays)
    return names


@pytest.mark.parametrize("lens", LENSES)
@pytest.mark.parametrize("data", ["mostly_unknown", "moons"])
def test_every_lens_opens_where_labels_are_unknown_and_there_is_no_test(visit, unknown, data, lens):
    at = visit("data.py", data=unknown[data])
    at.selectbox(key="data").set_value(unknown[data]).run()
    at.segmented_control(key="data_lens").set_value(lens).run()
    assert problems(at) == []
    about = card(unknown[data])
    assert f"({about.unknown:,} of a class that nobody knows)" in words(at)
    assert "0 for the test" in words(at)
    assert at.select_slider(key="count").options[-1] == f"all {about.known:,}"
    if lens == "split":
        assert any("unknown" in grid for grid in pictures(at))
        assert not any("unknown" in grid for grid in pictures(at)[:1]), "no labelled picture is unknown"
    if lens == "counts":
        assert "there is no test" in words(at)


@pytest.mark.parametrize("page", KEYS)
def test_other_pages_open_where_labels_are_unknown_and_there_is_no_test(visit, unknown, page):
    at = visit(page)
    at.selectbox(key=KEYS[page]).set_value(unknown["mostly_unknown"]).run()
    assert problems(at) == []


def test_a_run_without_a_test_can_be_looked_at_on_every_page(visit, unknown, store):
    values = {"steps": 20, "evaluations": 2, "batch": 8}
    config = configure(unknown["mostly_unknown"], "fixmatch", 20, 0, values).to_dict()
    run = store.add(config | {"experiment": "mostly_unknown-1"})
    assert work(run.folder)["state"] == "done"
    for page in ("runs.py", "training.py", "home.py"):
        at = visit(page, compare=run.name)
        assert problems(at) == [], page
        if page != "home.py":
            assert "whose class nobody knows" in words(at) and "no test" in words(at), page
    at = visit("training.py", experiment="mostly_unknown-1")
    score = run.tail.read()[-1]["validation_accuracy"]
    assert f"validation accuracy {100 * score:.1f} %" in words(at)
    assert "There is no test: dots show accuracy on validation pictures" in words(at)
    at = visit("predict.py", run=run.name)
    assert not at.exception
    assert [error.value for error in at.error] == [
        f"{card(unknown['mostly_unknown']).title} has no test pictures: choose a file or draw one."
    ]
