"""Deleting a data set together with the views that networks were shown of its pictures."""

from __future__ import annotations

import shutil

import torch

from ssl_core.data import kept, places
from ssl_core.features.views import pictures_key


def forget_set(name: str) -> None:
    """Delete a kept data set and its views; those stay that another data set of the very same pictures has.

    Views lie in folders named by network and pictures: ssl_core/features/kept.py.
    """
    folders = [path for path in (places.kept().parent / "_features").glob("*-*") if path.is_dir()]
    mine, shape = (_key(name), _shape(name)) if folders else ("", None)
    kept.forget(name)
    folders = [path for path in folders if mine and path.name.endswith(f"-{mine}")]
    if folders and mine not in (_key(other) for other in kept.names() if _shape(other) == shape):
        for path in folders:
            shutil.rmtree(path, ignore_errors=True)


def _shape(name: str) -> tuple[int, ...]:
    card = kept.find(name)
    return (card.train, *card.shape) if card else ()


def _key(name: str) -> str:
    """The key of a kept data set's training pictures; nothing for one that cannot be read."""
    try:
        images = kept.arrays(name).images
    except ValueError:
        return ""
    return pictures_key(torch.from_numpy(images))
