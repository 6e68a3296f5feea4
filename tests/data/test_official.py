"""Every public set is read from tiny files in its official format; what is missing or damaged is one sentence."""

from __future__ import annotations

import gzip
import hashlib
import io
import pickle
import struct
import tarfile
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from ssl_core.data import BUILT_IN, CATALOG, card, find_card, load, prepare
from ssl_core.data.catalog import cards, needs, ready
from ssl_core.data.fashionmnist import read_idx
from ssl_core.data.official import SOURCES
from ssl_core.runs.store import Store
from ssl_core.runs.worker import work
from ssl_core.train.config import Config, configure

TRAIN, TEST = 8, 3  # pictures of each class


def made(name: str) -> tuple[np.ndarray, ...]:
    """Pictures of noise whose first pixel tells their label, in the set's shape."""
    about, random = CATALOG[name], np.random.RandomState(0)
    parts = []
    for each in (TRAIN, TEST):
        labels = random.permutation(np.repeat(np.arange(len(about.classes)), each))
        images = random.randint(0, 256, (len(labels), about.channels, about.side, about.side)).astype(np.uint8)
        images[:, :, 0, 0] = labels[:, None]
        parts += [images, labels]
    return tuple(parts)


def write_idx(path: Path, values: np.ndarray, packed: bool) -> None:
    content = (
        bytes([0, 0, 8, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape) + values.astype("u1").tobytes()
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_name(path.name + ".gz" * packed).write_bytes(gzip.compress(content) if packed else content)


def fashionmnist(folder: Path, parts: tuple) -> None:
    raw = folder / "FashionMNIST" / "raw"
    for start, (images, labels) in zip(("train", "t10k"), (parts[:2], parts[2:]), strict=True):
        write_idx(raw / f"{start}-images-idx3-ubyte", images[:, 0], packed=start == "train")
        write_idx(raw / f"{start}-labels-idx1-ubyte", labels, packed=start == "train")


def cifar10(folder: Path, parts: tuple) -> None:
    home = folder / "cifar-10-batches-py"
    home.mkdir()
    pieces = np.array_split(np.arange(len(parts[0])), 5)
    batches = {f"data_batch_{i + 1}": (parts[0][rows], parts[1][rows]) for i, rows in enumerate(pieces)}
    for name, (images, labels) in (batches | {"test_batch": parts[2:]}).items():
        entry = {"data": images.reshape(len(images), -1), "labels": labels.tolist()}
        (home / name).write_bytes(pickle.dumps(entry))
    (home / "batches.meta").write_bytes(pickle.dumps({"label_names": list(CATALOG["cifar10"].classes)}))


def cifar100(folder: Path, parts: tuple) -> None:
    home = folder / "cifar-100-python"
    home.mkdir()
    for name, (images, labels) in {"train": parts[:2], "test": parts[2:]}.items():
        entry = {"data": images.reshape(len(images), -1), "fine_labels": labels.tolist()}
        (home / name).write_bytes(pickle.dumps(entry))
    (home / "meta").write_bytes(pickle.dumps({"fine_label_names": list(CATALOG["cifar100"].classes)}))


def svhn(folder: Path, parts: tuple) -> None:
    from scipy.io import savemat

    for name, (images, labels) in {"train": parts[:2], "test": parts[2:]}.items():
        ten = np.where(labels == 0, 10, labels)[:, None].astype("u1")  # the official files call 0 ten
        savemat(folder / f"{name}_32x32.mat", {"X": images.transpose(2, 3, 1, 0), "y": ten})


def stl10(folder: Path, parts: tuple) -> None:
    home = folder / "stl10_binary"
    home.mkdir()
    for name, (images, labels) in {"train": parts[:2], "test": parts[2:]}.items():
        images.transpose(0, 1, 3, 2).tofile(home / f"{name}_X.bin")  # columns first
        (labels + 1).astype("u1").tofile(home / f"{name}_y.bin")


def fer2013(folder: Path, parts: tuple) -> None:
    rows = ["emotion,pixels,Usage"]
    for usage, (images, labels) in {"Training": parts[:2], "PrivateTest": parts[2:]}.items():
        use = [usage if usage == "PrivateTest" or n % 5 else "PublicTest" for n in range(len(labels))]
        rows += [
            f"{y},{' '.join(map(str, x.ravel()))},{u}" for x, y, u in zip(images, labels.tolist(), use, strict=True)
        ]
    (folder / "fer2013.csv").write_text("\n".join(rows) + "\n")


WRITERS = {f.__name__: f for f in (fashionmnist, cifar10, cifar100, svhn, stl10, fer2013)}


@pytest.fixture
def trusted(monkeypatch):
    """Tiny files cannot have the official md5."""
    from torchvision import datasets

    monkeypatch.setattr(datasets.cifar, "check_integrity", lambda path, md5=None: Path(path).is_file())
    monkeypatch.setattr(datasets.svhn, "check_integrity", lambda path, md5=None: Path(path).is_file())
    monkeypatch.setattr(datasets.STL10, "_check_integrity", lambda self: True)


def test_every_public_set_has_a_writer_here():
    assert set(WRITERS) == set(SOURCES) == set(CATALOG) - set(BUILT_IN)


@pytest.mark.parametrize("name", WRITERS)
def test_its_official_files_become_the_pictures_and_labels_they_hold(name, official, trusted):
    parts = made(name)
    WRITERS[name](official, parts)
    assert "not prepared" in needs(name)
    told = prepare(name)
    data = load(name)
    assert needs(name) == ""
    assert data.card == told == card(name)
    for there, given in zip((data.images, data.labels, data.test_images, data.test_labels), parts, strict=True):
        assert np.array_equal(there.numpy(), given)
    classes = len(told.classes)
    assert (told.train, told.test) == (TRAIN * classes, TEST * classes)
    assert classes <= told.validation <= told.train // 2, "every class keeps half"
    assert "Here:" in told.text, "a part of the set says so"
    config = configure(name, "fixmatch", classes, 0, {"steps": 1})
    assert Config.from_dict(config.to_dict()) == config


def test_a_run_learns_from_a_prepared_set(official):
    fashionmnist(official, made("fashionmnist"))
    prepare("fashionmnist")
    store = Store(official.parent / "runs")
    values = {"steps": 2, "batch": 4, "mu": 1, "evaluations": 1}
    run = store.add(configure("fashionmnist", "fixmatch", 10, 0, values).to_dict())
    assert work(run.folder)["state"] == "done"
    assert [run.name] == [other.name for other in store.runs()], "kept data sets are no runs"


def test_fer2013_is_also_read_from_class_folders(official):
    from tests.data.conftest import png

    for part in ("train", "test"):
        for number, name in enumerate(CATALOG["fer2013"].classes):
            (official / part / name).mkdir(parents=True)
            for n in range(4):
                (official / part / name / f"{n}.png").write_bytes(png(n, 20, level=30 * number))
    told = prepare("fer2013")
    data = load("fer2013")
    assert (told.train, told.test, told.side, told.channels) == (28, 28, 48, 1)
    assert [int(data.images[data.labels == c].float().mean()) for c in range(7)] == [0, 30, 60, 90, 120, 150, 180]


@pytest.mark.parametrize("name", WRITERS)
def test_a_set_that_is_not_here_is_listed_and_says_what_to_do(name, official):
    assert card(name).title and name not in ready() and name not in cards()
    for ask in (prepare, load, lambda name: configure(name, "fixmatch", 100, 0)):
        with pytest.raises(ValueError, match=r"is not here: .*Data page") as wrong:
            ask(name)
        assert str(official) in str(wrong.value)
    assert not (official.parent / "runs").exists()


@pytest.mark.parametrize("name", [name for name in WRITERS if SOURCES[name].megabytes])
def test_without_internet_a_download_is_one_sentence(name, official, monkeypatch):
    import urllib.request
    from urllib.error import URLError

    def unreachable(*args, **kwargs):
        raise URLError("no internet")

    monkeypatch.setattr(urllib.request, "urlopen", unreachable)
    with pytest.raises(ValueError, match=r"could not be downloaded .*connect to the internet, or put") as wrong:
        prepare(name, download=True)
    assert "\n" not in str(wrong.value)
    assert find_card(name) == CATALOG[name]


def md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()


@pytest.fixture
def internet(official, tmp_path, monkeypatch):
    """A web server with tiny FashionMNIST and CIFAR-10 files, at the addresses and with the md5 torchvision expects."""
    from torchvision.datasets import CIFAR10, FashionMNIST

    there = tmp_path / "internet"
    there.mkdir()
    fashionmnist(there, made("fashionmnist"))
    raw = there / "FashionMNIST" / "raw"
    for path in list(raw.iterdir()):
        if path.suffix != ".gz":
            path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes()))
    cifar10(there, made("cifar10"))
    with tarfile.open(there / CIFAR10.filename, "w:gz") as archive:
        archive.add(there / CIFAR10.base_folder, CIFAR10.base_folder)
    handler = partial(Quiet, directory=str(there))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setattr(FashionMNIST, "mirrors", [f"{address}/FashionMNIST/raw/"])
        names = [name for name, _ in FashionMNIST.resources]
        monkeypatch.setattr(FashionMNIST, "resources", [(name, md5(raw / name)) for name in names])
        batches = there / CIFAR10.base_folder
        monkeypatch.setattr(CIFAR10, "url", f"{address}/{CIFAR10.filename}")
        monkeypatch.setattr(CIFAR10, "tgz_md5", md5(there / CIFAR10.filename))
        for part in ("train_list", "test_list"):
            files = [[name, md5(batches / name)] for name, _ in getattr(CIFAR10, part)]
            monkeypatch.setattr(CIFAR10, part, files)
        monkeypatch.setattr(CIFAR10, "meta", CIFAR10.meta | {"md5": md5(batches / "batches.meta")})
        yield there
        server.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *told):
        pass


@pytest.mark.parametrize("name", ["fashionmnist", "cifar10"])
def test_a_set_is_downloaded_checked_and_kept(name, official, internet):
    prepare(name, download=True)
    for there, given in zip((load(name).images, load(name).test_labels), made(name)[::3], strict=True):
        assert np.array_equal(there.numpy(), given)


@pytest.mark.parametrize("name", ["fashionmnist", "cifar10"])
def test_a_download_with_another_md5_is_refused(name, official, internet):
    for path in internet.rglob("*.gz"):
        path.write_bytes(gzip.compress(b"something else"))
    with pytest.raises(ValueError, match="could not be downloaded"):
        prepare(name, download=True)
    assert needs(name)


@pytest.mark.parametrize("name", WRITERS)
def test_damaged_files_are_one_sentence_and_nothing_is_kept(name, official, trusted):
    WRITERS[name](official, made(name))
    files = sorted(path for path in official.rglob("*") if path.is_file())
    for path in files:
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) * 2 // 3 + 1])
    with pytest.raises(ValueError, match=r"damaged or incomplete|meta\.json") as wrong:
        prepare(name)
    assert "\n" not in str(wrong.value)
    assert not list((official.parent / "runs").glob("_datasets/*"))


def test_a_pickle_with_another_md5_is_never_opened(official):
    home = official / "cifar-10-batches-py"
    home.mkdir()
    pwned = official / "pwned"

    class Evil:
        def __reduce__(self):
            return Path.touch, (pwned,)

    for name in ("data_batch_1", "test_batch", "batches.meta"):
        (home / name).write_bytes(pickle.dumps(Evil()))
    with pytest.raises(ValueError, match="damaged or incomplete"):
        prepare("cifar10")
    with tarfile.open(official / "cifar-10-python.tar.gz", "w:gz") as archive:
        told = tarfile.TarInfo("../escaped")
        archive.addfile(told, io.BytesIO())
    with pytest.raises(ValueError):
        prepare("cifar10")
    assert not pwned.exists()
    assert not (official.parent / "escaped").exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\0\x08",
        b"\0\0\x0d\x01\0\0\0\1\0\0\0\0",
        b"\0\0\x08\x01\xff\xff\xff\xff\0",
        b"\x1f\x8bnonsense",
        b"PK\3\4",
    ],
)
def test_an_idx_file_that_is_none_is_one_sentence(tmp_path, content):
    for path in (tmp_path / "a", tmp_path / "b.gz"):
        path.write_bytes(content)
        with pytest.raises(ValueError, match="cannot be read"):
            read_idx(path.with_name(path.name.removesuffix(".gz")))


def test_a_set_that_is_prepared_again_replaces_the_old_one(official):
    fashionmnist(official, made("fashionmnist"))
    assert prepare("fashionmnist").train == 80
    parts = made("fashionmnist")
    fashionmnist(official, (parts[0][:60], parts[1][:60], *parts[2:]))
    assert prepare("fashionmnist").train == 60
    assert load("fashionmnist").images.shape[0] == 60
    assert len(list((official.parent / "runs" / "_datasets").iterdir())) == 1, "nothing is left over"


def test_a_kept_set_is_read_without_pickle(official):
    fashionmnist(official, made("fashionmnist"))
    prepare("fashionmnist")
    array = np.array([{"a": 1}], dtype=object)
    np.save(official.parent / "runs" / "_datasets" / "fashionmnist" / "images.npy", array, allow_pickle=True)
    with pytest.raises(ValueError, match="cannot be read"):
        load("fashionmnist")


def test_real_tile_sheets_of_cifar10_are_read_exactly(official, monkeypatch, shared_data):
    monkeypatch.setenv("SSL_DATA", str(shared_data / "small"))
    told = prepare("cifar10")
    data = load("cifar10")
    assert (told.train, told.test) == (5_000, 1_000)
    assert data.labels[:5].tolist() == [6, 9, 9, 4, 1], "the first labels of CIFAR-10: frog, truck, truck, deer, car"
    assert data.images[0, :, 0, 0].tolist() == [59, 62, 63], "its first pixel"


def test_the_real_fashionmnist_subset_is_read(official, monkeypatch, shared_data):
    monkeypatch.setenv("SSL_DATA", str(shared_data / "small"))
    told = prepare("fashionmnist")
    assert (told.train, told.test) == (10_000, 10_000)
    assert load("fashionmnist").labels[:5].tolist() == [9, 0, 0, 3, 0]


def test_stl10_brings_the_pictures_nobody_has_labelled(official, trusted):
    parts = made("stl10")
    stl10(official, parts)
    free = np.random.RandomState(1).randint(0, 256, (300, 3, 96, 96)).astype(np.uint8)
    free.transpose(0, 1, 3, 2).tofile(official / "stl10_binary" / "unlabeled_X.bin")
    told, data = prepare("stl10"), load("stl10")
    assert (told.train, told.unknown, told.test) == (80 + 300, 300, 30)
    assert np.array_equal(data.images[80:].numpy(), free)
    assert (data.labels[80:] == -1).all()
    assert np.array_equal(data.labels[:80].numpy(), parts[1])
    assert told.known == 80 - told.validation
    assert CATALOG["stl10"].unknown == 100_000


def test_svhn_learns_from_its_extra_part_where_that_is_there(official, trusted):
    from scipy.io import savemat

    parts = made("svhn")
    svhn(official, parts)
    without = prepare("svhn")
    more = np.random.RandomState(1).randint(0, 256, (40, 3, 32, 32)).astype(np.uint8)
    savemat(official / "extra_32x32.mat", {"X": more.transpose(2, 3, 1, 0), "y": (np.arange(40) % 10 + 1)[:, None]})
    told, data = prepare("svhn"), load("svhn")
    assert told.train == without.train + 40
    assert np.array_equal(data.images[-40:].numpy(), more)
    assert data.labels[-40:].tolist() == [(n % 10 + 1) % 10 for n in range(40)]
    assert told.fingerprint != without.fingerprint


def test_only_some_sets_have_an_extra_part():
    from ssl_core.data.official import fetch_extra

    with pytest.raises(ValueError, match="has no extra part; these have: svhn"):
        fetch_extra("cifar10")
