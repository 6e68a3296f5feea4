"""In which numbers a network is trained: single precision, or bfloat16 where that is faster.

A run decides once, before its first step, and its checkpoint keeps what was decided.
"""

from __future__ import annotations

import copy
import time

import torch
from torch import Tensor, nn

PRECISIONS = ("auto", "full", "bf16")
SMALL = 200_000  # weights up to which nothing is gained worth a second: measured 1.0 on 8×8 pictures, 1.2 on 32×32
GAIN = 1.15  # how many times as fast bfloat16 must be: noise of the clock must not decide, or equal runs would differ
SECONDS = 1.0  # for measuring


def bits_of(asked: str, device: torch.device, network: nn.Module) -> int | None:
    """16 or 32 bits a number for a choice of PRECISIONS, None where only a measurement tells."""
    if asked != "auto":
        return 16 if asked == "bf16" else 32
    if device.type != "cpu":
        return 16 if device.type == "cuda" else 32
    worth = sum(weight.numel() for weight in network.parameters()) > SMALL
    return None if worth and native() else 32


def native() -> bool:
    """Whether this processor multiplies bfloat16 by itself; where it does not, it is several times slower."""
    asks = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(getattr(torch.cpu, ask)() for ask in asks if hasattr(torch.cpu, ask))


def measured_bits(network: nn.Module, rows: Tensor) -> int:
    """16 if a forward and backward pass of these rows is GAIN times as fast with bfloat16, else 32.

    The network is left alone, and no chance is drawn. Each way is tried at least twice and as often as SECONDS allow;
    the shortest time counts, of the processor where one thread works.
    """
    clock = time.thread_time if torch.get_num_threads() == 1 else time.perf_counter
    trial = copy.deepcopy(network).train()
    best, until = {32: float("inf"), 16: float("inf")}, clock() + SECONDS
    tries = 0
    while tries < 2 or clock() < until:
        for bits in best:
            began = clock()
            with torch.autocast("cpu", torch.bfloat16, enabled=bits == 16):
                loss = trial(rows).float().square().mean()
            loss.backward()
            best[bits] = min(best[bits], clock() - began)
        tries += 1
    return 16 if best[32] >= GAIN * best[16] else 32


def answers_in_full(head: nn.Module) -> None:
    """From now on this last layer hands out single precision: what is compared with a threshold needs its digits."""
    head.register_forward_hook(lambda layer, given, answer: answer.float())
