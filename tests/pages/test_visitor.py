"""On a server that others can open, a browser ends and deletes only what it started; on one's own, everything."""

from __future__ import annotations

import io
import zipfile

import pytest
from streamlit import config

from pages.parts.shared import visitor
from ssl_core.data import kept
from ssl_core.export.formats import zipped
from ssl_core.runs.files import write_json
from ssl_core.search.plan import folder_of, searches
from ssl_core.train.config import configure
from tests.data.conftest import pets
from tests.data.conftest import zipped as zip_of
from tests.pages.conftest import problems

ANN, BOB = "a" * 43, "b" * 43


@pytest.fixture
def browser(monkeypatch):
    """browser(ANN): whose cookie comes with what follows."""

    def take(token: str) -> None:
        monkeypatch.setattr(visitor, "_token", lambda: token)

    take(ANN)
    return take


@pytest.fixture
def opened(monkeypatch):
    """opened("0.0.0.0", "1"): where the server is bound, and SSL_OPEN."""
    before = config.get_option("server.address")

    def bind(address: str, said: str = "") -> None:
        config.set_option("server.address", address)
        monkeypatch.setenv("SSL_OPEN", said)

    bind("0.0.0.0")  # noqa: S104 - no server is started
    yield bind
    config.set_option("server.address", before)


def run_of(store, seed=0, **end):
    run = store.add(configure("digits", "supervised", 20, seed, {"steps": 60}).to_dict() | {"experiment": "e"})
    if end:
        write_json(run.folder / "end.json", {"why": "", "step": 60, "seconds": 1.0, "test_accuracy": 0.5} | end)
    return run


def off(at, *labels) -> dict[str, bool]:
    return {label: next(b for b in at.button if b.label == label).disabled for label in labels}


def press(at, key: str) -> None:
    """Press a button that is off, as a program can."""
    at.button(key=key).proto.disabled = False
    at.button(key=key).click().run()


@pytest.mark.parametrize(
    ("address", "said", "everything"),
    [
        ("127.0.0.1", "", True),
        ("localhost", "", True),
        ("127.0.0.1", "0", False),
        ("0.0.0.0", "", False),  # noqa: S104
        ("0.0.0.0", "yes", False),  # noqa: S104
        ("0.0.0.0", "1", True),  # noqa: S104
        ("", "", False),
        ("192.168.0.7", "", False),
    ],
)
def test_who_may_do_everything(store, opened, browser, address, said, everything):
    opened(address, said)
    theirs = run_of(store, state="done")
    assert visitor.trusted() == everything
    assert (visitor.may_end(store, [theirs]) == "") == everything
    assert (visitor.may_fetch() == "") == everything


def test_a_run_belongs_to_the_browser_that_started_it(store, opened, browser):
    old = run_of(store)
    mine = visitor.starting(store, lambda: run_of(store))
    assert visitor.may_end(store, [mine]) == ""
    assert visitor.may_end(store, [old]) == visitor.may_end(store, [mine, old]) == visitor.NOT_YOURS
    browser(BOB)
    assert visitor.may_end(store, [mine]) == visitor.NOT_YOURS
    visitor.mark([mine.folder])
    assert visitor.may_end(store, [mine]) == visitor.NOT_YOURS, "nobody takes what is somebody's"


def test_what_was_begun_before_a_fault_is_marked_too(store, opened, browser):
    def half() -> None:
        run_of(store)
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        visitor.starting(store, half)
    assert visitor.may_end(store, store.runs()) == ""


def test_the_token_stands_nowhere(store, opened, browser):
    mine = visitor.starting(store, lambda: run_of(store, state="done"))
    written = b"".join(path.read_bytes() for path in mine.folder.iterdir())
    assert ANN.encode() not in written
    with zipfile.ZipFile(io.BytesIO(zipped([mine]))) as taken:
        assert [name for name in taken.namelist() if visitor.MARK in name] == []
        assert visitor._hash().encode() not in b"".join(map(taken.read, taken.namelist()))


@pytest.mark.parametrize("content", [b"", b"\xff" * 32, b"x" * 32, b"a" * 33, b"0" * 10**6])
def test_a_mark_that_is_none_gives_nobody_anything(store, opened, browser, content):
    run = run_of(store)
    (run.folder / visitor.MARK).write_bytes(content)
    assert visitor.may_end(store, [run]) == visitor.NOT_YOURS
    (run.folder / visitor.MARK).unlink()
    (run.folder / visitor.MARK).mkdir()
    assert visitor.may_end(store, [run]) == visitor.NOT_YOURS


def test_others_neither_archive_nor_delete_and_a_program_that_presses_all_the_same_gets_the_sentence(
    visit, store, opened, browser
):
    run = visitor.starting(store, lambda: run_of(store, state="done"))
    at = visit("runs.py", compare=run.name)
    assert off(at, "Archive", "Delete") == {"Archive": False, "Delete": False}
    browser(BOB)
    at = visit("runs.py", compare=run.name)
    assert off(at, "Archive", "Delete") == {"Archive": True, "Delete": True}
    assert all(b.help == visitor.NOT_YOURS for b in at.button if b.label in ("Archive", "Delete"))
    browser(ANN)
    at = visit("runs.py", compare=run.name)
    next(b for b in at.button if b.label == "Delete").click().run()
    browser(BOB)
    at.button(key="sure").click().run()
    assert problems(at) == [visitor.NOT_YOURS]
    assert store.run(run.name)


def test_others_stop_nothing(visit, store, opened, browser):
    run = visitor.starting(store, lambda: run_of(store))
    browser(BOB)
    at = visit("training.py", experiment="e")
    assert off(at, "Stop all", "Stop run") == {"Stop all": True, "Stop run": True}
    press(at, "stop_all")
    press(at, "stop_run")
    assert not run.stopping()
    browser(ANN)
    at = visit("training.py", experiment="e")
    assert off(at, "Stop all", "Stop run") == {"Stop all": False, "Stop run": False}
    at.button(key="stop_run").click().run()
    assert run.stopping()


def test_what_a_page_starts_is_marked(visit, store, opened, browser):
    visit("home.py").button[0].click().run()
    assert store.runs()
    assert visitor.may_end(store, store.runs()) == ""
    browser(BOB)
    assert visitor.may_end(store, store.runs()[:1]) == visitor.NOT_YOURS


def test_a_search_and_its_runs_belong_to_whoever_started_it(visit, store, opened, browser):
    at = visit("search.py")
    at.button(key="start_search").click().run()
    (name,) = searches(store)
    values = configure("digits", "fixmatch", 40, 0).to_dict()
    trial = store.add(values | {"search": name, "trial": 0})
    assert visitor.may_end_search(store, name) == visitor.may_end(store, [trial]) == ""
    browser(BOB)
    assert visitor.may_end_search(store, name) == visitor.may_end(store, [trial]) == visitor.NOT_YOURS
    at = visit("search.py", search=name)
    assert at.button(key="stop_search").disabled
    press(at, "stop_search")
    assert not (folder_of(store, name) / "stop").exists()
    strange = store.add(values | {"search": "../..", "trial": 0})
    assert visitor.may_end(store, [strange]) == visitor.NOT_YOURS


def test_a_data_set_is_deleted_by_whoever_brought_it_and_none_is_downloaded(visit, store, opened, browser):
    at = visit("data.py")
    at.file_uploader(key="zip").upload("pets.zip", zip_of(pets()), "application/zip").run()
    at.button(key="keep").click().run()
    (name,) = kept.names()
    browser(BOB)
    at = visit("data.py", data=name)
    assert at.button(key="delete").disabled
    press(at, "delete")
    assert kept.find(name)
    at = visit("data.py", data="svhn")
    assert at.button(key="fetch").disabled
    assert at.button(key="fetch").help == visitor.NOT_HERE
    browser(ANN)
    at = visit("data.py", data=name)
    at.button(key="delete").click().run()
    assert not kept.find(name)


def test_no_folder_of_the_server_is_read(visit, store, opened, browser, tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_ROOTS", str(tmp_path))
    at = visit("data.py")
    assert at.button(key="read_folder").disabled and at.text_input(key="folder").disabled
    at.text_input(key="folder").proto.disabled = False
    at.text_input(key="folder").set_value(str(tmp_path))
    press(at, "read_folder")
    assert problems(at) == [] and kept.names() == []


def test_a_link_says_what_its_readers_may_do(opened):
    assert "stop, archive and delete what the same browser" in visitor.visitors_may()
    assert visitor.visitors_may().startswith("Whoever opens it may")
    opened("127.0.0.1")
    assert visitor.visitors_may().startswith("On a server that others can open they may")
    opened("0.0.0.0", "1")  # noqa: S104
    assert "everything" in visitor.visitors_may()
