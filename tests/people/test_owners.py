"""Who began what: nothing said is lost or changed, whoever writes at the same time, and whatever stands in the file."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from ssl_core.people import ledger
from ssl_core.people.owners import FILE, mine, now_called, own, owners, owners_of, persons
from ssl_core.people.register import call
from ssl_core.runs.files import Journal, kernel_lock
from ssl_core.runs.store import Store
from ssl_core.train.config import configure

ONE, TWO = "1" * 32, "2" * 32
FIVE = ["Anna", "Bob", "李雷", "José", "Mia"]


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "runs")


def lines(store: Store) -> list[bytes]:
    return (store.root / FILE).read_bytes().splitlines()


def test_an_owner_is_known_at_once_and_said_once(store):
    assert owners(store) == {} and not (store.root / FILE).exists()
    assert own(store, "digits-1", "Anna")
    assert not own(store, "digits-1", "anna") and not own(store, "digits-1", " Anna ")
    assert owners(store) == {"digits-1": ["Anna"]} == owners(Store(store.root))
    assert (
        mine(store, "digits-1", "ANNA") and not mine(store, "digits-1", "Bob") and not mine(store, "digits-2", "Anna")
    )


def test_nobody_owns_nothing(store):
    assert not own(store, "digits-1", "") and not own(store, "digits-1", "<>")
    assert not mine(store, "digits-1", "") and not (store.root / FILE).exists()


def test_owners_are_only_added(store):
    seen = b""
    for number, who in enumerate(FIVE * 2):
        own(store, f"digits-{number % 2}", who)
        now = (store.root / FILE).read_bytes()
        assert now.startswith(seen)
        seen = now
    assert {tuple(sorted(names)) for names in owners(store).values()} == {tuple(sorted(FIVE))}


def test_five_at_once_are_five_owners(store):
    with ThreadPoolExecutor(10) as together:
        assert sum(together.map(lambda who: own(store, "digits-1", who), FIVE * 2)) == 5
    assert sorted(owners(store)["digits-1"]) == sorted(FIVE)
    assert len(lines(store)) == 5 and all(json.loads(line) for line in lines(store))


def test_who_waits_for_the_others_looks_once_more(store, monkeypatch):
    @contextlib.contextmanager
    def after_another(path, patience):
        with Journal(store.root / FILE) as journal:
            journal.write({"what": "digits-1", "who": "Anna", "at": 0})
        yield

    monkeypatch.setattr(ledger, "kernel_lock", after_another)
    assert not own(store, "digits-1", "anna")
    assert owners(store) == {"digits-1": ["Anna"]} and len(lines(store)) == 1


def test_one_writes_at_a_time(store, monkeypatch):
    monkeypatch.setattr(ledger, "PATIENCE", 0.01)
    with kernel_lock(store.root / "owners.lock"), pytest.raises(TimeoutError):
        own(store, "digits-1", "Anna")
    assert own(store, "digits-1", "Anna")


def test_two_processes_write_whole_lines(store):
    code = (
        "import sys\nfrom ssl_core.people import ledger\nfrom ssl_core.people.owners import own\n"
        "from ssl_core.runs.store import Store\nledger.PATIENCE = 170.0\n"
        "store = Store(sys.argv[1])\nfor number in range(40):\n    own(store, f'digits-{number}', sys.argv[2])"
    )
    two = [subprocess.Popen([sys.executable, "-c", code, str(store.root), who]) for who in ("Anna", "Bob")]
    assert [process.wait() for process in two] == [0, 0]
    assert len(lines(store)) == 80
    assert owners(store).keys() == {f"digits-{number}" for number in range(40)}
    assert all(sorted(names) == ["Anna", "Bob"] for names in owners(store).values())


def test_a_torn_line_takes_no_other_with_it(store):
    own(store, "digits-1", "Anna")
    with open(store.root / FILE, "ab") as file:
        file.write(b'{"what": "digits-1", "who": "Bo')
    assert owners(store) == {"digits-1": ["Anna"]}
    own(store, "digits-1", "Mia")
    assert owners(store) == {"digits-1": ["Anna", "Mia"]} == owners(Store(store.root))


@pytest.mark.parametrize(
    "line",
    [
        b"[]", b"7", b"{", b"\xff\xfe", b"{}", b'{"what": "x"}', b'{"what": 7, "who": "Anna"}',
        b'{"what": "x", "who": "<>"}', b'{"what": "", "who": "Anna"}', b'{"what": "x", "who": ["Anna"]}',
        b'{"what": "x", "who": null}', b'{"what": "x", "who": "\\ud800"}', b"[" * 100_000,
    ],
)  # fmt: skip
def test_a_line_by_hand_is_passed_over(store, line):
    own(store, "digits-1", "Anna")
    with open(store.root / FILE, "ab") as file:
        file.write(line + b"\n")
    own(store, "digits-1", "Bob")
    assert owners(store) == {"digits-1": ["Anna", "Bob"]}


def test_a_name_by_hand_is_cleaned(store):
    (store.root / FILE).write_text(json.dumps({"what": "x", "who": " <i>Anna</i>\u202e", "at": "now"}) + "\n")
    assert owners(store) == {"x": ["i_Anna__i"]}


def test_what_is_no_file_owns_nothing_and_hurts_nobody(store, tmp_path):
    (tmp_path / "elsewhere").write_text('{"what": "x", "who": "Anna"}\n')
    (store.root / FILE).symlink_to(tmp_path / "elsewhere")
    assert owners(store) == {}
    with pytest.raises(OSError, match="is a link"):
        own(store, "x", "Bob")
    assert (tmp_path / "elsewhere").read_text().count("\n") == 1


def test_a_file_that_was_replaced_is_read_anew(store):
    own(store, "digits-1", "Anna")
    assert owners(store)
    (store.root / FILE).unlink()
    assert owners(store) == {}
    own(store, "digits-1", "Bob")
    assert owners(store) == {"digits-1": ["Bob"]}


def test_a_run_is_owned_as_its_search_its_experiment_or_itself(store):
    config = configure("digits", "supervised", 20, 0).to_dict()
    alone, one, trial = (store.add(config | more) for more in ({}, {"experiment": "e-1"}, {"search": "s-1"}))
    for what, who in ((alone.name, "Anna"), ("e-1", "Bob"), ("s-1", "Mia")):
        own(store, what, who)
    assert [owners_of(store, run) for run in (alone, one, trial)] == [["Anna"], ["Bob"], ["Mia"]]
    assert set(store.runs()) == {alone, one, trial}, "the file is no run"
    assert "who" not in (one.folder / "config.json").read_text()


def test_who_takes_another_nickname_stays_the_same_person_and_nobody_gets_the_old_one_with_it(store):
    call(store, ONE, "Anna")
    assert own(store, "e-1", "Anna", ONE) and not own(store, "e-1", "Anna", ONE)
    call(store, ONE, "Mia")
    assert not own(store, "e-1", "Mia", ONE), "the same person, once"
    call(store, TWO, "Anna")
    assert owners(store) == {"e-1": ["Mia"]} == owners(Store(store.root))
    assert mine(store, "e-1", "mia") and not mine(store, "e-1", "Anna")
    own(store, "e-1", "Anna", TWO)
    assert owners(store) == {"e-1": ["Mia", "Anna"]}
    assert persons(store, "e-1") == [ONE, TWO] and now_called(store, [ONE, TWO, "Eve"]) == ["Mia", "Anna", "Eve"]


def test_two_browsers_of_one_nickname_are_one_owner_until_one_takes_another(store):
    for browser in (ONE, TWO):
        call(store, browser, "Anna", True)
        own(store, "e-1", "Anna", browser)
    assert owners(store) == {"e-1": ["Anna"]}
    call(store, TWO, "Anna 2")
    assert owners(store) == {"e-1": ["Anna", "Anna 2"]}


def test_lines_of_an_older_store_are_read_and_become_a_browsers_once_it_asks_again(store):
    call(store, ONE, "Anna")
    (store.root / FILE).write_text('{"what": "e-1", "who": "Anna", "at": 1.5}\n{"what": "e-2", "who": "Anna"}\n')
    assert owners(store) == {"e-1": ["Anna"], "e-2": ["Anna"]}
    assert own(store, "e-1", "Anna", ONE) and not own(store, "e-1", "anna")
    call(store, ONE, "Mia")
    assert owners(store) == {"e-1": ["Mia"], "e-2": ["Anna"]}


@pytest.mark.parametrize("browser", ["../../x", "", 7, None, ["1" * 32]])
def test_a_browser_by_hand_is_none_and_the_nickname_stays(store, browser):
    (store.root / FILE).write_text(json.dumps({"what": "e-1", "who": "Anna", "browser": browser}) + "\n")
    assert owners(store) == {"e-1": ["Anna"]} and persons(store, "e-1") == ["Anna"]
