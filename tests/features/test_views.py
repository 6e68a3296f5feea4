"""Views are drawn once, are the same however often one begins, and are looked at by one run for all."""

from __future__ import annotations

import threading

import pytest
import torch

from ssl_core.augment import strong, weak
from ssl_core.data import load
from ssl_core.features import kept, views
from ssl_core.features.card import find
from ssl_core.features.kept import Shelf
from ssl_core.features.views import View, drawn, pictures_key, views_of
from ssl_core.runs import looking
from ssl_core.runs.looking import Stopped, looked_at
from ssl_core.train.config import configure
from ssl_core.train.fitting import view_policies
from tests.features.conftest import NAME

ALL = 30 * (1 + 2 + 3) + 10


def quiet(text, left):
    pass


def never():
    return False


@pytest.fixture
def config(pets):
    return configure(NAME, "fixmatch", 4, 0, {"model": "efficientnet_lite0", "steps": 4})


@pytest.fixture
def small_blocks(monkeypatch):
    for module in (views, kept):
        monkeypatch.setattr(module, "BLOCK", 8)


def equal(one, other):
    pairs = [(one.images, other.images), (one.test_images, other.test_images)]
    pairs += [(one.views[name], other.views[name]) for name in ("weak", "strong")]
    return all(torch.equal(a, b) for a, b in pairs)


def test_what_is_drawn_for_a_picture_follows_from_view_and_place(pets):
    data = load(NAME)
    view = View("strong", 1, strong(pets))
    assert torch.equal(drawn(view, data.images[8:16], 8), drawn(view, data.images[8:16], 8))
    assert not torch.equal(drawn(view, data.images[8:16], 8), drawn(view._replace(number=2), data.images[8:16], 8))
    plain = drawn(View("plain", 0, None), data.images[:2], 0)
    assert torch.equal((plain * 255).round().byte(), data.images[:2])


def test_keys_tell_apart_what_differs_and_nothing_else(pets):
    data = load(NAME)
    every = views_of({"weak": weak(pets), "strong": strong(pets)})
    assert [view.name for view in every] == ["plain"] + ["weak"] * 2 + ["strong"] * 3
    assert len({view.key("a", "n") for view in every} | {every[0].key("b", "n"), every[0].key("a", "m")}) == 8
    assert every[1].key("a", "n") == views_of({"weak": weak(pets), "strong": weak(pets)})[1].key("a", "n")
    assert pictures_key(data.images) == pictures_key(data.images.clone())
    assert pictures_key(data.images) != pictures_key(data.images.flip(0))


def test_more_labels_find_the_same_views(config, eye):
    data = load(NAME)
    looked_at(config, data, quiet, never)
    labelled = type(data)(
        data.card, data.images, torch.zeros(30, dtype=torch.int64), data.test_images, data.test_labels
    )
    looked_at(config, labelled, quiet, never)
    assert eye.shown == ALL


def test_what_a_killed_run_left_half_written_is_taken_away_by_the_next(config, eye, small_blocks):
    data = load(NAME)
    shelf = Shelf(data, find(config.training.model).body, views_of(view_policies(config)))
    shelf.home.mkdir(parents=True)
    left = shelf.home / f".{shelf.path(*shelf.blocks()[0]).name}.1.2.aside"
    left.write_bytes(b"half of a block")
    looked_at(config, data, quiet, never)
    assert not left.exists()


def test_pictures_are_looked_at_once(config, eye, small_blocks):
    said = []
    first = looked_at(config, load(NAME), lambda text, left: said.append(text), never)
    assert eye.shown == ALL
    assert said[0] == "looking at pictures, 0 of 190"
    assert said[-1] == "looking at pictures, 190 of 190"
    again = looked_at(config, load(NAME), said.append, never)
    assert eye.shown == ALL
    assert equal(first, again)
    assert first.images.shape == (30, 1280)
    assert first.views["strong"].shape == (3, 30, 1280)
    assert first.views["weak"].dtype == torch.float16


def test_a_supervised_run_shares_the_views_and_another_strong_view_adds_its_own(config, eye):
    looked_at(config, load(NAME), quiet, never)
    looked_at(configure(NAME, "supervised", 4, 1, {"model": "efficientnet_lite0_mlp"}), load(NAME), quiet, never)
    assert eye.shown == ALL
    other = configure(NAME, "fixmatch", 4, 0, {"model": "efficientnet_lite0", "strong": "randaugment"})
    looked_at(other, load(NAME), quiet, never)
    assert eye.shown == ALL + 90


def test_work_that_was_cut_off_goes_on_and_ends_the_same(config, eye, small_blocks, tmp_path, monkeypatch):
    eye.most = 100
    with pytest.raises(KeyboardInterrupt):
        looked_at(config, load(NAME), quiet, never)
    before, eye.most = eye.shown, 10**9
    cut = looked_at(config, load(NAME), quiet, never)
    cores = looking.threads(torch.device("cpu"))
    assert eye.shown <= ALL + 8 * cores, "at most the blocks that were cut off are looked at twice, one a thread"
    assert 80 < before <= 100
    whole = Shelf(load(NAME), "efficientnet_lite0", views_of(looking.view_policies(config)))
    for path in whole.home.glob("*.npy"):
        path.unlink()
    assert equal(cut, looked_at(config, load(NAME), quiet, never))


def test_one_thread_or_many_see_the_same(config, eye, small_blocks, monkeypatch):
    def looked(threads):
        monkeypatch.setattr(looking, "threads", lambda device: threads)
        shelf = Shelf(load(NAME), "efficientnet_lite0", views_of(looking.view_policies(config)))
        for path in shelf.home.glob("*.npy"):
            path.unlink()
        return looked_at(config, load(NAME), quiet, never)

    alone = looked(1)
    assert equal(alone, looked(2))
    assert equal(alone, looked(5))
    assert eye.shown == 3 * ALL


def test_large_pictures_are_drawn_by_fewer_threads():
    assert looking.most_blocks(torch.zeros(2, 3, 64, 64, dtype=torch.uint8)) >= 16
    assert 1 <= looking.most_blocks(torch.zeros(2, 3, 512, 512, dtype=torch.uint8)) < 3
    assert looking.most_blocks(torch.zeros(0, 3, 64, 64, dtype=torch.uint8)) >= 1


def test_a_thread_that_fails_ends_the_phase_with_its_own_words(config, monkeypatch):
    def blind(x):
        raise ValueError("The lens is dirty.")

    monkeypatch.setattr(looking, "looker", lambda model, device: blind)
    with pytest.raises(ValueError, match=r"^The lens is dirty\.$"):
        looked_at(config, load(NAME), quiet, never)


def test_a_stop_ends_the_phase_with_the_batch_that_each_thread_has(config, eye, small_blocks, monkeypatch):
    told = threading.Event()

    class Count(looking.Count):
        def __setattr__(self, name, value):
            super().__setattr__(name, value)
            if name == "over" and value:
                told.set()

    def slow(x):
        assert told.wait(240)  # until the threads are told to stop, each has its first batch in hand
        return eye(x)

    monkeypatch.setattr(looking, "Count", Count)
    monkeypatch.setattr(looking, "looker", lambda model, device: slow)
    with pytest.raises(Stopped):
        looked_at(config, load(NAME), quiet, lambda: True)
    assert eye.shown <= 16 * looking.threads(torch.device("cpu")) < ALL


def test_two_runs_at_once_look_once(config, eye, small_blocks):
    ended = []
    runs = [
        threading.Thread(target=lambda: ended.append(looked_at(config, load(NAME), quiet, never))) for _ in range(3)
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert eye.shown == ALL
    assert equal(ended[0], ended[1])
    assert equal(ended[0], ended[2])


def test_who_waits_for_another_run_can_be_stopped(config, eye):
    shelf = Shelf(load(NAME), "efficientnet_lite0", views_of(looking.view_policies(config)))
    shelf.home.mkdir(parents=True)
    with looking.kernel_lock(shelf.home / "lock"), pytest.raises(Stopped):
        looked_at(config, load(NAME), quiet, lambda: True)
    assert eye.shown == 0


def test_a_damaged_block_is_one_sentence(config, eye):
    looked_at(config, load(NAME), quiet, never)
    shelf = Shelf(load(NAME), "efficientnet_lite0", views_of(looking.view_policies(config)))
    shelf.path(shelf.views[1], 0).write_bytes(b"no array")
    with pytest.raises(ValueError, match=r"^The kept views in .* cannot be read .*: delete that file\.$"):
        looked_at(config, load(NAME), quiet, never)
