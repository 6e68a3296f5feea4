"""A run in several processes learns what one process learns of the same batches, whatever the method."""

from __future__ import annotations

import copy
import threading

import pytest
import torch
from torch import distributed, nn

from ssl_core.data import load
from ssl_core.methods import METHODS
from ssl_core.models.pretrained import Dropout
from ssl_core.train import loop
from ssl_core.train.config import configure
from ssl_core.train.loop import train
from ssl_core.train.together import ALONE, Together
from ssl_core.train.trainee import Trainee

SHORT = {"steps": 2, "evaluations": 1, "batch": 6, "lr": 0.01}


def several(count, work):
    """work(together) in so many threads that speak to each other through gloo, as processes do; their answers."""
    store, answers = distributed.HashStore(), [None] * count

    def one(rank):
        try:
            answers[rank] = work(Together(distributed.ProcessGroupGloo(store, rank, count)))
        except BaseException as wrong:
            answers[rank] = wrong

    threads = [threading.Thread(target=one, args=(rank,), daemon=True) for rank in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(240)
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    return answers


@pytest.fixture(autouse=True)
def _one_begins_after_the_other(monkeypatch):
    """First weights are drawn from torch's own chance, which the threads of a process share and processes do not."""
    lock = threading.Lock()

    def build(*words):
        with lock:
            return Trainee(*words)

    monkeypatch.setattr(loop, "Trainee", build)


def learned(config, data, together=ALONE, **more):
    """Where one of the processes began, its checkpoints, and its rows; what it looks at is asked of the first alone."""
    begun, saved, rows = [], [], []

    def look(trainee):
        if not begun:
            begun.append(copy.deepcopy(trainee.state_dict()))
        if together.rank == 0:
            trainee.average.shadow(trainee._pixels(torch.arange(3)))

    keep = lambda state: saved.append(copy.deepcopy(state))  # noqa: E731
    train(config, data, rows.append, save=keep, look=look, together=together, **more)
    return begun[0] if begun else None, saved, [without_time(row) for row in rows]


def without_time(row):
    return {key: value for key, value in row.items() if key != "seconds"}


def tensors(saved):
    """Every tensor of a checkpoint by its place in it."""
    if isinstance(saved, torch.Tensor):
        return {"": saved.double()}
    parts = saved.items() if isinstance(saved, dict) else enumerate(saved) if isinstance(saved, (list, tuple)) else ()
    return {f"{key}.{name}": value for key, part in parts for name, value in tensors(part).items()}


def same(mine, theirs, begun):
    """Within rounding: a thousandth of the way that was gone, or, of what did not exist at first, of its size."""
    mine, theirs, begun = map(tensors, (mine, theirs, begun))
    assert mine.keys() == theirs.keys()
    for name, value in theirs.items():
        way = value - begun[name] if name in begun else value
        assert (mine[name] - value).norm() <= 1e-3 * way.norm() + 1e-5, name


# VAT's own ξ of a millionth is nothing but rounding in single precision, on any two machines.
CHANGED = {"vat": {"xi": 0.01, "epsilon": 0.5}}


@pytest.mark.parametrize("method", METHODS)
def test_two_learn_what_one_learns(method):
    config, data = configure("digits", method, 20, 0, SHORT | CHANGED.get(method, {})), load("digits")
    begun, one, rows = learned(config, data)
    (_, first, theirs), (_, second, _) = several(2, lambda together: learned(config, data, together))
    same(first[-1], one[-1], begun)
    assert theirs[-1]["loss"] == pytest.approx(rows[-1]["loss"], rel=1e-4)
    first, second = tensors(first[-1]), tensors(second[-1])
    assert all(torch.equal(first[name], second[name]) for name in first), "both have the same, bit by bit"


@pytest.mark.parametrize("method", ["fixmatch", "mixmatch"])
def test_three_share_what_three_do_not_divide_and_go_on_after_a_stop(method):
    """Only the first is asked to stop; what goes on ends bit by bit where it would have ended."""
    config, data = configure("digits", method, 20, 0, SHORT | {"steps": 5, "batch": 5}), load("digits")
    begun, one, _ = learned(config, data)

    def broken(together):
        asked = iter([False, False, True] if together.rank == 0 else [False] * 9)
        _, saved, rows = learned(config, data, together, stop=lambda: next(asked))
        assert saved[-1]["step"] == 2
        _, later, more = learned(config, data, together, checkpoint=saved[-1])
        return later[-1], rows + more

    (_, whole, rows), *_ = several(3, lambda together: learned(config, data, together))
    (later, theirs), *_ = several(3, broken)
    whole[-1].pop("seconds"), later.pop("seconds")
    assert tensors(later).keys() == tensors(whole[-1]).keys()
    assert all(torch.equal(value, tensors(whole[-1])[name]) for name, value in tensors(later).items())
    assert theirs == rows
    same(whole[-1], one[-1], begun)


@pytest.mark.parametrize("rows", [7, 2])  # of three processes one then has none
@pytest.mark.parametrize("training", [True, False])
def test_a_network_asked_in_shares_answers_as_it_does_as_a_whole(rows, training):
    """Answers, every gradient, running statistics and what dropout hides, in double precision."""

    def network():
        torch.manual_seed(0)
        layers = nn.Conv2d(2, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(16, 8), nn.BatchNorm1d(8, momentum=None)
        made = nn.Sequential(*layers, Dropout(0.4), nn.Linear(8, 3)).double().train(training)
        made[-2].begin(5)
        return made

    def asked(together):
        mine, x = copy.deepcopy(plain), pictures.clone().requires_grad_()
        together.split(mine)
        answers = [mine(x), mine(x + 1)]
        (answers[0] * answers[1].sin() * weights).sum().backward()
        state = {name: value.clone() for name, value in mine.state_dict().items()}
        return [*answers, x.grad, *(weight.grad for weight in mine.parameters()), *state.values()]

    plain, chance = network(), torch.Generator().manual_seed(1)
    pictures = torch.randn(rows, 2, 4, 4, generator=chance, dtype=torch.float64)
    weights = torch.randn(rows, 3, generator=chance, dtype=torch.float64)
    whole = asked(ALONE)
    for answers in several(3, asked):
        for mine, theirs in zip(answers, whole, strict=True):
            torch.testing.assert_close(mine, theirs, rtol=1e-9, atol=1e-11)
