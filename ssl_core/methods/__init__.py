"""The methods, by name. A new one is one file and one line here."""

from __future__ import annotations

from ssl_core.methods.cluster_match import ClusterMatch
from ssl_core.methods.contract import Batch, Given, Method, State, Step
from ssl_core.methods.fixmatch import FixMatch
from ssl_core.methods.fixmatch_cta import FixMatchCTA
from ssl_core.methods.flexmatch import FlexMatch
from ssl_core.methods.freematch import FreeMatch
from ssl_core.methods.ict import ICT
from ssl_core.methods.label_spreading import LabelSpreading
from ssl_core.methods.mean_teacher import MeanTeacher
from ssl_core.methods.mixmatch import MixMatch, MixMatchSGD
from ssl_core.methods.nearest_match import NearestMatch
from ssl_core.methods.pi_model import PiModel
from ssl_core.methods.pseudo_label import PseudoLabel
from ssl_core.methods.remixmatch import ReMixMatch
from ssl_core.methods.softmatch import SoftMatch
from ssl_core.methods.supervised import Supervised, SupervisedMixup, SupervisedStrong
from ssl_core.methods.temporal_ensembling import TemporalEnsembling
from ssl_core.methods.uda import UDA
from ssl_core.methods.vat import VAT

METHODS: dict[str, type[Method]] = {
    "supervised": Supervised,
    "supervised_strong": SupervisedStrong,
    "supervised_mixup": SupervisedMixup,
    "pseudo_label": PseudoLabel,
    "pi_model": PiModel,
    "temporal_ensembling": TemporalEnsembling,
    "mean_teacher": MeanTeacher,
    "vat": VAT,
    "ict": ICT,
    "uda": UDA,
    "mixmatch": MixMatch,
    "mixmatch_sgd": MixMatchSGD,
    "remixmatch": ReMixMatch,
    "fixmatch": FixMatch,
    "fixmatch_cta": FixMatchCTA,
    "flexmatch": FlexMatch,
    "freematch": FreeMatch,
    "softmatch": SoftMatch,
    "nearest_match": NearestMatch,
    "cluster_match": ClusterMatch,
    "label_spreading": LabelSpreading,
}

__all__ = ["METHODS", "Batch", "Given", "Method", "State", "Step"]
