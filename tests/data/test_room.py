"""What people bring has a bound in all, counted as what it becomes, and said with figures before it is read."""

from __future__ import annotations

import threading

import pytest

from ssl_core.data import folders, kept, places, room
from ssl_core.data.uploads import add, add_files, uploads
from tests.data.conftest import pets, png, zipped

MB = 2**20


def many(count: int) -> bytes:
    """A small zip of `count` pictures."""
    return zipped({f"{kind}/{n}.png": png(n, 8, level) for kind, level in (("a", 9), ("b", 99)) for n in range(count)})


def test_a_small_zip_counts_as_what_it_becomes_and_is_not_even_decoded(official, monkeypatch):
    monkeypatch.setenv("SSL_KEPT_MB", "10")
    content = many(200)
    assert len(content) < MB // 8
    add(content, "Small", side=16)
    monkeypatch.setattr("ssl_core.data.squared.read_square", lambda *args: pytest.fail("it was decoded"))
    with pytest.raises(ValueError, match=r"would have 19 MB, .* has 0 MB; at most 10 MB are kept"):
        add(content, "Large", side=128)
    assert len(uploads()) == 1


def test_room_is_used_up_by_what_is_kept_and_comes_back_with_deleting(official, monkeypatch):
    monkeypatch.setenv("SSL_KEPT_MB", "5")
    content = many(40)  # 80 pictures of 48 kB
    name = add(content, "One", side=128).name
    assert 3.7 * MB < room.kept_bytes() < 4.1 * MB
    with pytest.raises(ValueError, match=r"would have 4 MB, .* has 4 MB; at most 5 MB.*delete a data set"):
        add(content, "Two", side=128)
    kept.forget(name)
    assert room.kept_bytes() == 0
    assert add(content, "Two", side=128)


def test_a_folder_counts_and_reading_it_again_counts_once(official, monkeypatch, tmp_path):
    for path, content in pets(20).items():
        file = tmp_path / "mine" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    monkeypatch.setenv("SSL_ROOTS", str(tmp_path))
    monkeypatch.setenv("SSL_KEPT_MB", "3")
    name = f"folder:{tmp_path}/mine@128"
    folders.prepare(name)
    assert folders.prepare(name)
    with pytest.raises(ValueError, match="at most 3 MB are kept"):
        add(many(40), "Two", side=128)
    with pytest.raises(ValueError, match="at most 3 MB are kept"):
        folders.prepare(f"folder:{tmp_path}/mine@128pad")


def test_two_who_bring_pictures_at_the_same_moment_do_not_pass_the_bound_together(official, monkeypatch):
    monkeypatch.setenv("SSL_KEPT_MB", "5")
    content, said = many(40), []

    def bring() -> None:
        try:
            add(content, "Mine", side=128)
        except ValueError as wrong:
            said.append(str(wrong))

    threads = [threading.Thread(target=bring) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(uploads()) == len(said) == 1


def test_a_setting_that_is_no_number_is_a_sentence(official, monkeypatch):
    monkeypatch.setenv("SSL_KEPT_MB", "plenty")
    with pytest.raises(ValueError, match="SSL_KEPT_MB must be a number of megabytes, not 'plenty'"):
        add(many(5), "Mine")
    assert not list(places.kept().glob("*"))


def test_a_disk_without_room_is_said_before_anything_is_read(official, monkeypatch):
    monkeypatch.setattr(room, "FREE_BYTES", 2**60)
    with pytest.raises(ValueError, match="disk is nearly full"):
        add(many(5), "Mine")


def test_files_brought_at_once_are_bounded_together(official, monkeypatch):
    monkeypatch.setattr("ssl_core.data.uploads.MOST_MEGABYTES", 1)
    files = [(f"{n}.bmp", bytes(300_000)) for n in range(4)]
    with pytest.raises(ValueError, match="The files have 1 MB together; at most 1 MB are read"):
        add_files(files, "Many")
