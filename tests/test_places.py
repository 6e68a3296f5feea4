"""The mean over a map's places: the usual number forwards, and memory in the order of the map backwards."""

from __future__ import annotations

import torch

from ssl_core.augment.spread import _rows_of
from ssl_core.models import MODELS
from ssl_core.models.places import mean_over_places


def test_it_is_the_mean_over_height_and_width():
    x = torch.rand(3, 5, 4, 7, dtype=torch.float64).contiguous(memory_format=torch.channels_last).requires_grad_()
    torch.testing.assert_close(mean_over_places(x), x.mean(dim=(2, 3)))
    assert torch.autograd.gradcheck(mean_over_places, x)


def test_what_flows_back_through_a_network_is_in_the_order_of_what_came_in():
    """In the other order every layer turns the whole map around: a quarter of a step."""
    net = MODELS["small_convnet"](3, 10).to(memory_format=torch.channels_last)
    orders = []
    maps = net.body(torch.rand(2, 3, 8, 8).contiguous(memory_format=torch.channels_last))
    maps.register_hook(lambda gradient: orders.append(gradient.stride()))
    net.body.forward = lambda x: maps
    net(maps).sum().backward()
    assert orders == [(1024, 1, 256, 64)], "channels lie side by side"


def test_rows_of_a_number_come_in_order_and_those_of_none_nowhere():
    index = torch.tensor([2, -1, 0, 2, 0, -1, 4])
    assert [rows.tolist() for rows in _rows_of(index, 5)] == [[2, 4], [], [0, 3], [], [6]]
    assert [len(rows) for rows in _rows_of(torch.full((3,), -1), 2)] == [0, 0]
