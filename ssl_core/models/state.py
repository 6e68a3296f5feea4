"""Taking weights into a network: names, shapes and numbers are checked before anything is used."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import torch
from torch import Tensor, nn

PREFIX = "module."  # what torch.nn.DataParallel puts before every name


def take_state(model: nn.Module, state: Any) -> nn.Module:
    """The model with these weights, in evaluation mode; raises ValueError, one sentence, and changes nothing else.

    Every tensor must have the name and the shape the model asks for and hold finite numbers; floating numbers of
    another precision are converted. A DataParallel prefix before every name is dropped.
    """
    wanted = model.state_dict()
    checked = OrderedDict(_checked(wanted, state))
    checked._metadata = wanted._metadata  # versions of layers: what was checked is what today's layers ask for
    model.load_state_dict(checked)
    return model.eval()


def _checked(wanted: dict[str, Tensor], state: Any) -> dict[str, Tensor]:
    if not isinstance(state, dict) or not all(isinstance(name, str) for name in state):
        raise ValueError(f"The weights are no list of named tensors but a {type(state).__name__}.")
    if not state:
        raise ValueError("The weights file holds no tensor.")
    if all(name.startswith(PREFIX) for name in state):
        state = {name.removeprefix(PREFIX): value for name, value in state.items()}
    for name in state:
        if name not in wanted:
            raise ValueError(f"The weights have a tensor {short(name)} that this network does not have.")
    for name in wanted:
        if name not in state:
            raise ValueError(f"The weights lack the tensor {short(name)} of this network.")
    return {name: _tensor(name, state[name], like) for name, like in wanted.items()}


def _tensor(name: str, value: Any, like: Tensor) -> Tensor:
    if type(value) not in (Tensor, nn.Parameter) or value.layout is not torch.strided or value.is_quantized:
        raise ValueError(f"The tensor {short(name)} is no plain tensor.")
    if value.shape != like.shape:  # before any number is touched: a shape can promise more than there is
        raise ValueError(
            f"The tensor {short(name)} has shape {list(value.shape)[:6]}, this network needs {list(like.shape)}."
        )
    if value.is_floating_point() != like.is_floating_point() or value.is_complex():
        raise ValueError(f"The tensor {short(name)} holds {str(value.dtype)[6:]}, this network needs {like.dtype}.")
    taken = value.detach().to("cpu", like.dtype).contiguous().clone()
    if not torch.isfinite(taken).all():
        raise ValueError(f"The tensor {short(name)} holds values that are no numbers: these weights cannot predict.")
    if name.endswith("running_var") and (taken < 0).any():
        raise ValueError(f"The tensor {short(name)} holds a negative variance: these weights cannot predict.")
    return taken


def short(name: str) -> str:
    """A stranger's name as it may be shown: quoted, escaped, at most 60 characters."""
    return repr(name[:60])
