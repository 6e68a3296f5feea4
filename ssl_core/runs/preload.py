"""What every worker needs, imported once: workers are forked from the process that imported this in 0.2 s each."""

import numpy as np
import torch

import ssl_core.runs.ensure
import ssl_core.runs.pools  # what the runner consists of, since a worker's process reads its main module once more
import ssl_core.runs.worker  # noqa: F401
from ssl_core.data import load
from ssl_core.data.contact_sheet import contact_sheet

torch.set_num_threads(1)  # a forked child must not inherit a pool of threads it does not have
_weight = torch.nn.Parameter(torch.zeros(1))
_weight.sum().backward()
torch.optim.SGD([_weight], lr=0.1, momentum=0.9, fused=True).step()  # the first optimizer imports for seconds
# A run's first look draws and writes the pictures of its wall: NumPy and Pillow import parts of themselves for that.
contact_sheet(load("digits").images[:1].numpy())
np.unique(np.zeros(1))
