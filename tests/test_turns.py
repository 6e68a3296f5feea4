"""In which order the files of tests are begun, side by side: those that wait are spread among those that compute."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import FIRST, HERE, WAITING, places

FILES = sorted(HERE.rglob("test_*.py"))


def test_every_file_has_its_turn_and_whoever_waits_has_others_beside_it_until_the_end():
    turns = places(FILES)
    assert sorted(turns) == FILES
    order = [file.parent.name in WAITING for file in sorted(FILES, key=turns.get)]
    assert order[0], "what waits longest begins at once"
    assert not any(order[-len(order) // 20 :]), "nobody waits alone at the end"
    sixth = len(order) // 6
    parts = [order[part * sixth : (part + 1) * sixth] for part in range(5)]
    assert max(map(sum, parts)) <= 2 * min(map(sum, parts))


def test_what_takes_longest_is_there_and_comes_first():
    turns = places(FILES)
    computing = [file.name for file in sorted(FILES, key=turns.get) if file.parent.name not in WAITING]
    assert sorted(computing[: len(FIRST)]) == sorted(FIRST)


def test_without_files_that_wait_or_compute_there_is_nothing_to_spread():
    for files in ([], [Path("tests/browser/test_a.py")], [Path("tests/mix/test_a.py")]):
        assert sorted(places(files)) == files
