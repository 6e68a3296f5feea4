"""A trained network as one ONNX file that needs nothing else: pictures in, calibrated probabilities out.

Scaling to 0..1, the network, the temperature and the softmax are all inside. The file is written by torch's own
TorchScript exporter: the newer one needs a further package and gives the same answers.
"""

from __future__ import annotations

import io
import json
import warnings

import torch
from torch import Tensor, nn

from ssl_core.models import ask
from ssl_core.predict.classifier import Classifier
from ssl_core.predict.weights import OURS, card_of

OPSET = 17  # of 2022: read by every runtime since
INPUT, OUTPUT = "pictures", "probabilities"


class Pipeline(nn.Module):
    """Rows as they are kept, uint8 pictures [N, C, H, W] or floats [N, D], to probabilities [N, L] float32."""

    def __init__(self, classifier: Classifier) -> None:
        super().__init__()
        self.network, self.temperature = classifier.model, classifier.temperature

    def forward(self, rows: Tensor) -> Tensor:
        """Probabilities."""
        return torch.softmax(self.network(ask.as_input(rows)).float() / self.temperature, dim=1)


def to_onnx(classifier: Classifier) -> bytes:
    """The file: input `pictures`, uint8 [N, C, side, side] (a network of vectors: float32 [N, D]), any N.

    Its metadata holds the card with the class names, under `few_label_lab`, and the names alone, under `classes`.
    """
    import onnx  # half a second, and only for who exports

    card = classifier.card
    kind = torch.uint8 if card.pictures else torch.float32
    rows = torch.zeros((2, *card.shape), dtype=kind, device=next(classifier.model.parameters()).device)
    file = io.BytesIO()
    with ask.evaluating(classifier.model), warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # it says that a newer exporter is there: see above
        torch.onnx.export(
            Pipeline(classifier), (rows,), file, dynamo=False, opset_version=OPSET,
            input_names=[INPUT], output_names=[OUTPUT],
            dynamic_axes={INPUT: {0: "n"}, OUTPUT: {0: "n"}},
        )  # fmt: skip
    made = onnx.load_from_string(file.getvalue())
    about = {OURS: json.dumps(card_of(classifier)), "classes": json.dumps([*card.classes], ensure_ascii=False)}
    onnx.helper.set_model_props(made, about)
    made.doc_string = f"{card.title}: {', '.join(card.classes)}"
    onnx.checker.check_model(made)
    return made.SerializeToString()
