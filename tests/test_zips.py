"""A stranger's zip is its files or one sentence, and never more memory than was asked for."""

from __future__ import annotations

import io
import stat
import struct
import tracemalloc
import zipfile

import pytest

from ssl_core.zips import FEW_BYTES, Entry, Limits, TooMuch, is_junk, is_zip, open_zip

LIMITS = Limits(packed=2**20, entries=20, unpacked=2**22, ratio=100, each=2**20)
METHODS = {"stored": zipfile.ZIP_STORED, "deflated": zipfile.ZIP_DEFLATED}
REFUSED_METHODS = {"bzip2": zipfile.ZIP_BZIP2, "LZMA": zipfile.ZIP_LZMA}


def packed(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def marked(mode: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        info = zipfile.ZipInfo("a/x.png")
        info.external_attr = (mode | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    return file.getvalue()


def locked() -> bytes:
    """A zip whose only entry says that it needs a password."""
    content = bytearray(packed({"a.png": b"x"}, zipfile.ZIP_STORED))
    content[6] |= 1
    content[content.index(b"PK\1\2") + 8] |= 1
    return bytes(content)


@pytest.mark.parametrize("method", METHODS)
def test_what_was_packed_comes_out_in_its_order(method):
    files = {f"b{n}/x{9 - n}.png": bytes([n]) * 1_000 for n in range(9)}
    content = packed(files, METHODS[method])
    opened = open_zip(content, LIMITS)
    assert is_zip(content)
    assert {entry.name: entry.read() for entry in opened.files} == files
    assert [entry.name for entry in opened.files] == list(files)
    assert (opened.junk, opened.folders) == (0, [])


REFUSED = {
    "nothing": (b"", "not a zip"),
    "a beginning": (b"PK\3\4 and so on", "not a zip"),
    "cut": (packed({"a.png": bytes(99)})[:-30], "not a zip"),
    "too large": (packed({"a": bytes(2**21)}, zipfile.ZIP_STORED), "has 2 MB; at most 1 MB"),
    "many": (packed({str(n): b"" for n in range(21)}), "more than 20 files"),
    "up": (packed({"../x.png": b""}), "points out of it"),
    "deep up": (packed({"a/../../x.png": b""}), "points out of it"),
    "absolute": (packed({"/tmp/x.png": b""}), "points out of it"),
    "backslash": (packed({"..\\x.png": b""}), "points out of it"),
    "drive": (packed({"C:\\x.png": b""}), "points out of it"),
    "drive, no slash": (packed({"C:x.png": b""}), "points out of it"),
    "a folder up": (packed({"../": b""}), "points out of it"),
    "link": (marked(stat.S_IFLNK), "link or a device"),
    "pipe": (marked(stat.S_IFIFO), "link or a device"),
    "locked": (locked(), "password"),
    "bomb": (packed({"a": bytes(2**21)}), "times its size"),
    "together too large": (packed({f"{n}": bytes(2**20) for n in range(5)}), "would have 5 MB"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_zip_to_be_refused_is_one_sentence(name):
    content, sentence = REFUSED[name]
    with pytest.raises(ValueError, match=sentence) as wrong:
        open_zip(content, LIMITS)
    assert str(wrong.value).endswith(".")
    assert "\n" not in str(wrong.value)


@pytest.mark.parametrize("name", REFUSED_METHODS)
def test_ways_of_packing_that_unpack_a_whole_chunk_are_refused_before_they_do(name):
    bomb = packed({"a.png": bytes(64 * 2**20)}, REFUSED_METHODS[name])
    lie = bomb.replace((64 * 2**20).to_bytes(4, "little"), (64).to_bytes(4, "little"))
    assert len(lie) < FEW_BYTES
    for content in (lie, packed({"a.png": b"x"}, REFUSED_METHODS[name])):
        assert peak(lambda content=content: refused(content)) < 2**20


def refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="make an ordinary zip"):
        open_zip(content, LIMITS)


def peak(work) -> int:
    """Bytes that were held at once while `work` ran."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_reading_holds_no_more_than_one_entry_may_have():
    wide = LIMITS._replace(unpacked=2**30, ratio=10_000)
    opened = open_zip(packed({"a.png": bytes(64 * 2**20)}), wide)
    held = []
    assert peak(lambda: held.append(opened.files[0].read())) < 4 * LIMITS.each
    assert len(held[0]) == LIMITS.each + 1  # one more than it may have: whoever asked sees that there is more


def test_what_a_zip_says_of_its_sizes_is_not_believed():
    honest = packed({f"{n}": bytes(900_000) for n in range(6)})
    liar = honest.replace((900_000).to_bytes(4, "little"), (900).to_bytes(4, "little"))
    for entry in open_zip(liar, LIMITS).files:
        assert len(of(entry)) <= LIMITS.each + 1
    files = open_zip(honest, LIMITS._replace(unpacked=6 * 900_000, ratio=10_000)).files
    assert [len(entry.read()) for entry in files] == [900_000] * 6
    with pytest.raises(TooMuch, match="unpacks to more than"):
        files[0].read()  # again: all that it may give was given


def of(entry: Entry) -> bytes:
    try:
        return entry.read()
    except ValueError as wrong:
        assert str(wrong).endswith("make it again.")
        return b""


def test_a_damaged_entry_is_one_sentence_and_its_neighbours_are_read():
    content = bytearray(packed({"a.png": b"a" * 500, "b.png": b"b" * 500}, zipfile.ZIP_STORED))
    content[content.index(b"a" * 500)] ^= 1
    first, second = open_zip(bytes(content), LIMITS).files
    with pytest.raises(ValueError, match="damaged"):
        first.read()
    assert second.read() == b"b" * 500


@pytest.mark.parametrize(
    "path",
    ["__MACOSX/a/x.png", "a/._x.png", "a/.DS_Store", "Thumbs.db", "a/thumbs.db", "@eaDir/a.png", "a/.git/x.png",
     "a/.ipynb_checkpoints/x.png", "desktop.ini"],
)  # fmt: skip
def test_what_systems_leave_behind_is_junk(path):
    assert is_junk(path)
    opened = open_zip(packed({path: b"x", "cat/x.png": b"y", "cat/": b""}), LIMITS)
    assert ([entry.name for entry in opened.files], opened.junk, opened.folders) == (["cat/x.png"], 1, ["cat"])


@pytest.mark.parametrize("path", ["a/x.png", "./a/x.png", "a.b/x.png", "thumbs/x.png", "DS_Store/x.png"])
def test_what_people_put_there_is_none(path):
    assert not is_junk(path)


@pytest.mark.parametrize(
    ("start", "kind"), [(b"\x1f\x8b\x08", "tar.gz"), (b"Rar!\x1a\x07", "RAR"), (b"7z\xbc\xaf\x27\x1c", "7-Zip")]
)
def test_another_archive_is_named_in_the_sentence(start, kind):
    with pytest.raises(ValueError, match=f"This is a {kind} archive"):
        open_zip(start + bytes(400), LIMITS)


def full(entries: int = 2, *, mark: bytes = b"PK\6\7") -> bytes:
    """A zip whose ordinary end record says: see the larger one."""
    content = packed({"a/x.png": b"x", "b/y.png": b"y"}, zipfile.ZIP_STORED)
    at = content.rindex(b"PK\5\6")
    start, size = content.index(b"PK\1\2"), at - content.index(b"PK\1\2")
    larger = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, entries, entries, size, start)
    locator = struct.pack("<4sLQL", mark, 0, at, 1)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return content[:at] + larger + locator + end


def test_a_saturated_end_record_sends_to_the_larger_one():
    assert [entry.name for entry in open_zip(full(), LIMITS).files] == ["a/x.png", "b/y.png"]
    with pytest.raises(ValueError, match="more than 20 files"):
        open_zip(full(2**40), LIMITS)
    with pytest.raises(ValueError, match="not a zip"):
        open_zip(full(mark=b"PK\0\0"), LIMITS)


def test_a_second_name_in_an_extra_field_cannot_lead_out():
    for name, fine in (("größe/x.png", True), ("../x.png", False)):
        info = zipfile.ZipInfo("a/x.png")
        raw = name.encode()
        info.extra = struct.pack("<HHBL", 0x7075, 5 + len(raw), 1, 0) + raw
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr(info, b"x")
        if fine:
            assert [entry.name for entry in open_zip(file.getvalue(), LIMITS).files] == [name]
        else:
            with pytest.raises(ValueError, match="points out of it"):
                open_zip(file.getvalue(), LIMITS)


def test_backslashes_are_folders_and_a_chinese_name_is_read_with_its_neighbours():
    assert [entry.name for entry in open_zip(packed({"a\\b\\x.png": b""}), LIMITS).files] == ["a/b/x.png"]


def test_entries_that_unpack_the_same_bytes_are_refused():
    """Fifield 2019, "A better zip bomb": each line of the table of contents points to one and the same entry."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("0.png", bytes(1_000))
        for n in range(1, 9):
            info = zipfile.ZipInfo(f"{n}.png")
            for key in ("CRC", "compress_size", "file_size", "header_offset"):
                setattr(info, key, getattr(archive.filelist[0], key))
            archive.filelist.append(info)
    with pytest.raises(ValueError, match="not a zip"):
        open_zip(file.getvalue(), LIMITS)


@pytest.mark.parametrize("name", ["../up.png", "a/../../![x](http://e)/*b*.png", "/" + "x" * 500])
def test_the_entry_that_leads_out_is_named_in_harmless_letters(name):
    with pytest.raises(ValueError, match="points out of it") as wrong:
        open_zip(packed({name: b"", "a.png": b"x"}), LIMITS)
    assert name[:5] in str(wrong.value)
    assert not set("[]!*<`:$") & set(str(wrong.value).partition("(")[2])
    assert len(str(wrong.value)) < 200


def test_nothing_more_is_unpacked_once_a_zip_has_given_all_it_may(monkeypatch):
    files = open_zip(packed({f"{n}": bytes(900_000) for n in range(4)}), LIMITS._replace(ratio=10_000)).files
    for entry in [*files[:4], files[0]]:
        try:
            entry.read()
        except TooMuch:
            break
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *args: pytest.fail("it was unpacked"))
    with pytest.raises(TooMuch, match="unpacks to more than"):
        files[1].read()
