"""A stranger's picture is read correctly or refused in one sentence; hostile ones cost no memory."""

from __future__ import annotations

import io
import json
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ssl_core.images.reading import FITS, KEPT_SIDE, read_picture, read_square, square
from ssl_core.images.writing import to_png, to_source

HOUSE = Path(__file__).resolve().parent.parent
BAD = Path(os.environ.get("SSL_BAD_INPUTS", HOUSE.parent / "shared" / "data" / "badinputs"))
PICTURES = ("ok", "odd", "broken", "bombs", "metadata")  # archives are another reader's
READ = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif"}


def expected() -> dict[str, dict]:
    path = BAD / "EXPECTED.json"
    table = json.loads(path.read_text()) if path.exists() else {}
    return {name: fact for name, fact in table.items() if name.split("/")[0] in PICTURES and (BAD / name).exists()}


EXPECTED = expected()
needs_bad = pytest.mark.skipif(not EXPECTED, reason=f"no folder of bad inputs at {BAD} (SSL_BAD_INPUTS)")


def as_file(image: Image.Image, kind: str, **how) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()


@needs_bad
@pytest.mark.parametrize("name", EXPECTED or ["none"])
def test_bad_input_is_a_picture_or_a_sentence(name):
    content, should = (BAD / name).read_bytes(), EXPECTED[name]["app_should"]
    try:
        picture = read_picture(content)
    except ValueError as wrong:
        assert "\n" not in str(wrong)
        assert str(wrong).endswith(".")
        assert str(wrong)[0].isupper()
        must = should.startswith("accept") and "or refuse" not in should and "else refuse" not in should
        assert not must, f"{name} should have been read: {wrong}"
    else:
        assert picture.dtype == np.uint8
        assert picture.ndim == 3
        assert picture.shape[2] == 3
        assert max(picture.shape) <= KEPT_SIDE
        assert not (should.startswith("refuse") and "or " not in should), f"{name} should have been refused"
        assert square(picture, 32).shape == (3, 32, 32)


@needs_bad
@pytest.mark.parametrize("name", EXPECTED or ["none"])
def test_bad_input_gets_the_same_answer_every_time(name):
    answers = []
    for _ in range(2):
        try:
            answers.append(read_picture((BAD / name).read_bytes()).tobytes())
        except ValueError as wrong:
            answers.append(str(wrong))
    assert answers[0] == answers[1]


@needs_bad
def test_bad_input_costs_no_memory_and_runs_nothing():
    code = (
        "import resource, sys; from pathlib import Path; import numpy as np; from ssl_core.images.reading import read_picture\n"
        "def ran(event, args):\n"
        "    if event in ('subprocess.Popen', 'os.system', 'os.exec', 'os.posix_spawn', 'socket.connect'):\n"
        "        raise SystemExit(f'it ran {event}')\n"
        "sys.addaudithook(ran)\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024\n"
        "before = peak()\n"
        "for path in map(Path, sys.argv[1:]):\n"
        "    try: read_picture(path.read_bytes())\n"
        "    except ValueError: pass\n"
        "print(peak() - before)\n"
    )
    files = [str(BAD / name) for name in EXPECTED]
    told = subprocess.run([sys.executable, "-c", code, *files], cwd=HOUSE, capture_output=True, text=True, check=True)
    assert int(told.stdout) < 600, f"reading took {told.stdout.strip()} MB"


@needs_bad
@pytest.mark.parametrize("name", [n for n in EXPECTED if "exif_orientation" in n] or ["none"])
def test_bad_input_orientation_is_applied(name):
    upright = read_picture((BAD / "ok" / "control_rgb.jpg").read_bytes()).astype(int)
    turned = read_picture((BAD / name).read_bytes()).astype(int)
    # The control is upright; the file says how to turn its pixels, so both must show the red box at the same place.
    seen = EXPECTED[name]["pillow_13_0"]["transposed"]
    assert turned.shape[:2] == (seen[1], seen[0])
    if turned.shape == upright.shape:
        red = [np.argwhere((p[..., 0] - p[..., 1:].max(2)) > 80).mean(0) for p in (upright, turned)]
        assert np.isfinite(red).all()


@pytest.mark.parametrize("turn", range(1, 9))
def test_every_exif_orientation_shows_the_same_picture(turn):
    upright = np.zeros((48, 64, 3), np.uint8)
    upright[:16, :16] = (255, 0, 0)  # top left
    upright[-16:, :16] = (0, 255, 0)  # bottom left
    stored = Image.fromarray(upright)
    undo = {2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE", 6: "ROTATE_90",
            7: "TRANSVERSE", 8: "ROTATE_270"}  # fmt: skip
    if turn in undo:
        stored = stored.transpose(Image.Transpose[undo[turn]])
    exif = Image.Exif()
    exif[274] = turn
    assert np.array_equal(read_picture(as_file(stored, "PNG", exif=exif)), upright)


@pytest.mark.parametrize(("kind", "how"), [("PNG", {}), ("WEBP", {"lossless": True}), ("BMP", {}), ("GIF", {})])
def test_every_lossless_format_is_read_exactly(kind, how):
    array = np.zeros((24, 32, 3), np.uint8)
    array[4:12, 6:20] = (255, 128, 0)
    assert np.array_equal(read_picture(as_file(Image.fromarray(array), kind, **how)), array)


def test_grey_of_sixteen_bits_keeps_its_shades():
    ramp = np.linspace(0, 65535, 64).astype(np.uint16)[None].repeat(16, 0)
    picture = read_picture(as_file(Image.fromarray(ramp), "PNG"))
    assert np.abs(picture[0, :, 0].astype(int) - ramp[0] / 257).max() <= 1


def test_what_is_transparent_becomes_white():
    clear = Image.new("RGBA", (16, 16), (10, 20, 30, 0))
    assert (read_picture(as_file(clear, "PNG")) == 255).all()


def test_a_phones_photograph_is_read_small():
    photo = Image.new("RGB", (8000, 6000), (200, 30, 60))
    picture = read_picture(as_file(photo, "JPEG", quality=50))
    assert picture.shape == (768, 1024, 3)
    assert np.abs(picture.reshape(-1, 3).astype(int) - (200, 30, 60)).max() <= 4


def test_a_png_makes_the_same_pixels_again():
    for channels in (1, 3):
        array = np.random.RandomState(0).randint(0, 256, (channels, 9, 7)).astype(np.uint8)
        back = np.asarray(Image.open(io.BytesIO(to_png(array)))).reshape(9, 7, -1).transpose(2, 0, 1)
        assert np.array_equal(back, array)
        assert to_source(array).startswith("data:image/png;base64,")


def test_an_iphones_picture_is_read_upright():
    pillow_heif = pytest.importorskip("pillow_heif")
    pixels = np.zeros((64, 96, 3), np.uint8)
    pixels[:, :48] = (200, 40, 40)
    file = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(pixels)).save(file, quality=95)
    picture = read_picture(file.getvalue())
    assert picture.shape == (64, 96, 3)
    assert np.abs(picture[8:-8, 8:40].astype(int) - (200, 40, 40)).mean() < 8
    assert picture[8:-8, 56:-8].mean() < 12


def test_without_its_package_an_iphones_picture_is_a_sentence():
    code = (
        "import sys; sys.modules['pillow_heif'] = None\n"
        "from ssl_core.images.reading import read_picture\n"
        "try: read_picture(b'\\0\\0\\0\\x18ftypheic' + bytes(400))\n"
        "except ValueError as wrong: print(wrong)\n"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=HOUSE, capture_output=True, text=True, check=True)
    assert told.stdout.strip().endswith("save it as JPEG or PNG first.")


@pytest.mark.parametrize("kind", ["TIFF", "AVIF", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA"])
def test_every_other_format_is_read(kind, mode):
    image = Image.new("RGB", (48, 32), (180, 90, 30)).convert(mode)
    picture = read_picture(as_file(image, kind))
    assert picture.shape == (32, 48, 3)
    wanted = (180, 90, 30) if mode != "L" else [image.getpixel((0, 0))] * 3
    assert np.abs(picture.mean(axis=(0, 1)) - wanted).max() < 6


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
def test_grey_of_any_depth_uses_the_whole_range(bits):
    ramp = np.linspace(0, 2**bits - 1, 64).astype(np.uint16)[None].repeat(16, 0)
    picture = read_picture(as_file(Image.fromarray(ramp), "PNG"))
    assert picture[0, 0, 0] == 0
    assert picture[0, -1, 0] == 255
    assert np.abs(picture[0, :, 0].astype(int) - ramp[0] * (255 / (2**bits - 1))).max() <= 1


def test_a_large_photograph_of_many_megabytes_is_read():
    pixels = np.random.RandomState(0).randint(0, 256, (1536, 2048, 3)).astype(np.uint8)
    content = as_file(Image.fromarray(pixels).resize((8192, 6144), Image.Resampling.NEAREST), "JPEG", quality=93)
    assert len(content) > 12 * 2**20
    picture, shape = read_square(content, 128)
    assert picture.shape == (3, 128, 128)
    assert shape == pytest.approx(4 / 3, abs=0.01)
    assert 100 < picture.mean() < 155


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize("size", [(40, 160), (160, 40), (64, 64), (8, 300)])
def test_every_fit_is_a_square_and_pad_and_squash_keep_the_ends(fit, size):
    pixels = np.full((size[1], size[0], 3), 120, np.uint8)
    pixels[:4, :4] = (255, 0, 0)
    pixels[-4:, -4:] = (0, 0, 255)
    content = as_file(Image.fromarray(pixels), "PNG")
    picture, shape = read_square(content, 32, fit)
    assert picture.shape == (3, 32, 32)
    assert shape == size[0] / size[1]
    assert np.abs(picture.astype(int) - square(read_picture(content), 32, fit)).mean() < 3
    ends = (picture[0].astype(int) - picture[2]).max() > 20 and (picture[2].astype(int) - picture[0]).max() > 20
    assert ends == (fit != "cut" or size[0] == size[1]) or size == (8, 300)


def test_a_photograph_is_the_same_decoded_at_a_fraction():
    rough = np.random.RandomState(1).randint(0, 256, (12, 16, 3)).astype(np.uint8)
    photo = Image.fromarray(rough).resize((1200, 900), Image.Resampling.BICUBIC)
    picture, _ = read_square(as_file(photo, "JPEG", quality=92), 64)
    assert np.abs(picture.astype(int) - square(np.asarray(photo), 64)).mean() < 4


def deep_png(levels: np.ndarray) -> bytes:
    """A PNG of uint16 [H, W, 3 or 4], which Pillow does not write."""
    height, width, channels = levels.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in levels)
    header = struct.pack(">IIBBBBB", width, height, 16, {3: 2, 4: 6}[channels], 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.mark.parametrize("bits", [10, 12, 14, 16])
@pytest.mark.parametrize("alpha", [False, True])
def test_colour_of_any_depth_uses_the_whole_range(bits, alpha):
    ramp = np.linspace(0, 2**bits - 1, 64).astype(np.uint16)
    levels = np.stack([ramp, ramp[::-1], ramp // 2, *([np.full(64, 65535, np.uint16)] if alpha else [])], axis=1)
    picture = read_picture(deep_png(levels[None].repeat(16, 0)))
    assert picture[0, 0, :2].tolist() == [0, 255]
    assert picture[0, -1, :2].tolist() == [255, 0]
    assert np.abs(picture[3].astype(int) - levels[:, :3] * (255 / (2**bits - 1))).max() <= 1


def test_twelve_bits_of_colour_and_of_grey_are_the_same_picture():
    grey = np.random.RandomState(0).randint(0, 2**12, (20, 30)).astype(np.uint16)
    colour = read_picture(deep_png(grey[..., None].repeat(3, 2)))
    assert np.array_equal(colour, read_picture(as_file(Image.fromarray(grey), "PNG")))


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGB", "RGBA", "I;16", "F"])
def test_a_large_picture_read_in_bands_is_the_same_as_a_small_one(mode, monkeypatch):
    rough = np.random.RandomState(2).randint(0, 256, (9, 13, 3)).astype(np.uint8)
    image = Image.fromarray(rough).resize((1600, 1100), Image.Resampling.BICUBIC)
    alpha = image.convert("L").resize(image.size)
    if mode == "RGBA":
        image.putalpha(alpha)
    elif mode == "LA":
        image = image.convert("L")
        image.putalpha(alpha)
    elif mode == "P":
        image = image.quantize()
    elif mode == "I;16":
        image = Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 16)
    else:
        image = image.convert(mode)
    content = as_file(image, "TIFF" if mode == "F" else "PNG")
    ways = [lambda: read_picture(content, 100), *(lambda fit=fit: read_square(content, 64, fit)[0] for fit in FITS)]
    whole = [way() for way in ways]
    monkeypatch.setattr("ssl_core.images.reading.LARGE", 1_000)
    monkeypatch.setattr("ssl_core.shades.BAND", 10_000)
    for way, before in zip(ways, whole, strict=True):
        now = way()
        assert now.shape == before.shape
        assert np.abs(now.astype(int) - before).mean() < 2  # reduced by whole blocks first
        assert np.abs(now.astype(int) - before).max() < 60


def test_a_phones_picture_with_a_second_one_inside_is_read_small():
    photo = Image.new("RGB", (6000, 4000), (200, 30, 60))
    second = Image.new("RGB", (600, 400))
    picture = read_picture(as_file(photo, "MPO", save_all=True, append_images=[second]))
    assert picture.shape == (682, 1024, 3) or picture.shape == (683, 1024, 3)
    assert np.abs(picture.reshape(-1, 3).astype(int) - (200, 30, 60)).max() <= 4


def test_every_uploader_of_pictures_takes_what_is_read():
    """No page keeps a list of endings of its own."""
    for path in (HOUSE / "pages").rglob("*.py"):
        text = path.read_text()
        assert '"jpeg"' not in text and '"webp"' not in text, f"{path.name}: take ssl_core.images.formats.ENDINGS"
