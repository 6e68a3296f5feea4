"""Who deletes a data set deletes what networks saw of its pictures, and nothing of anybody else's."""

from __future__ import annotations

import dataclasses

from ssl_core.augment import strong, weak
from ssl_core.data import kept, load
from ssl_core.features.forget import forget_set
from ssl_core.features.kept import Shelf
from ssl_core.features.views import views_of
from tests.features.conftest import NAME


def seen(name: str, network: str) -> Shelf:
    """The shelf of a data set with one block on it."""
    card = kept.find(name)
    shelf = Shelf(load(name), network, views_of({"weak": weak(card), "strong": strong(card)}))
    shelf.home.mkdir(parents=True, exist_ok=True)
    shelf.path(*shelf.missing()[0]).write_bytes(b"views")
    return shelf


def again(name: str, *, darker: bool = False) -> str:
    """The same pictures, or others, under another name."""
    arrays = kept.arrays(NAME)
    images = arrays.images // 2 if darker else arrays.images
    return kept.keep(dataclasses.replace(kept.find(NAME), name=name), arrays._replace(images=images)).name


def test_the_views_of_a_deleted_set_are_deleted_under_every_network(pets):
    other = again("upload:0000000b", darker=True)
    homes = [seen(NAME, network).home for network in ("efficientnet_lite0", "another")]
    stays = seen(other, "efficientnet_lite0").home
    forget_set(NAME)
    assert kept.find(NAME) is None
    assert [home.exists() for home in homes] == [False, False]
    assert list(stays.iterdir())
    assert kept.find(other)


def test_views_stay_as_long_as_another_set_has_the_same_pictures(pets):
    twin, home = again("upload:0000000a"), seen(NAME, "efficientnet_lite0").home
    forget_set(NAME)
    assert list(home.iterdir())
    forget_set(twin)
    assert not home.exists()


def test_a_damaged_set_is_deleted_and_leaves_the_views_of_others(pets):
    home = seen(again("upload:0000000a", darker=True), "efficientnet_lite0").home
    (kept.place(NAME) / "images.npy").write_bytes(b"x")
    forget_set(NAME)
    assert kept.find(NAME) is None
    assert list(home.iterdir())
