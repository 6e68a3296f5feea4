"""More methods against the numbers of the public reference implementations, through their own `step`.

The network is the identity wherever the files give logits: the rows of a batch then are its logits, and the loss and
its gradients come from the very code that trains. Shapes and hyperparameters come from the files.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from ssl_core.methods import Batch, TrainingSet
from ssl_core.methods.align import SMALL, aligned
from ssl_core.methods.flexmatch import FlexMatch
from ssl_core.methods.freematch import FreeMatch, fairness
from ssl_core.methods.losses import gated_divergence
from ssl_core.methods.mean_teacher import MeanTeacher
from ssl_core.methods.pi_model import PiModel
from ssl_core.methods.pseudo_label import PseudoLabel
from ssl_core.methods.remixmatch import ReMixMatch, quarter_turns
from ssl_core.methods.softmatch import SoftMatch
from ssl_core.methods.uda import UDA, annealing
from ssl_core.train.average import Average
from ssl_core.train.older import todays
from tests.test_oracle_methods import T, cases, near

ANY = torch.Generator()
NOWHERE = torch.empty(0, dtype=torch.int64)


def leaf(array) -> torch.Tensor:
    return T(np.ascontiguousarray(array)).requires_grad_()


def training_set(classes: int, unlabelled: int) -> TrainingSet:
    return TrainingSet(classes, torch.empty(0), NOWHERE, NOWHERE, torch.arange(unlabelled))


def double(state):
    return {k: v.double() if v.is_floating_point() else v for k, v in state.items()}


def progress(case, step) -> float:
    return float(step) / float(case["warmup_images"])


def logits_batch(x, y, u, classes, index=NOWHERE, progress=1.0, teacher=None) -> Batch:
    return Batch(x, T(y), u, index, int(classes), progress, 0, None, teacher, None)


class Fixed(nn.Module):
    """A teacher whose logits are what the file says."""

    def __init__(self, logits) -> None:
        super().__init__()
        self.logits = logits

    def forward(self, x):
        return self.logits


@pytest.mark.parametrize("strict", [False, True])
def test_oracle_uda(oracle, strict):
    for case in cases(oracle("uda")):
        for s, at in enumerate(case["step"]):
            x, weak, strong = leaf(case["logits_x"]), leaf(case["logits_weak"]), leaf(case["logits_strong"])
            kind = str(case["tsa"]).replace("no", "none")
            method = UDA(
                threshold=float(case["confidence"]), temperature=float(case["T"]), weight=float(case["lambda_u"]),
                annealing=kind, entropy_weight=float(case["lambda_ent"]), threshold_op="gt" if strict else "ge",
            )  # fmt: skip
            t = float(at) / float(case["tsa_total"])
            near(np.array(annealing(kind, t, int(case["L"]))), case["tsa_threshold"][s])
            batch = logits_batch(x, case["y"], (weak, strong), case["L"], progress=t)
            step = method.step(nn.Identity(), batch, {}, ANY)
            near(step.parts["labelled"], case["loss_x"][s])
            assert step.stats["mask"].tolist() == case["mask_u_strict" if strict else "mask_u"].astype(bool).tolist()
            near(step.parts["unlabelled"], case["loss_u_strict" if strict else "loss_u"])
            if not strict:
                near(step.loss, case["loss"][s])
                step.loss.backward()
                near(x.grad, case["grad_logits_x"][s])
                near(strong.grad, case["grad_logits_strong"])
                near(weak.grad if weak.grad is not None else torch.zeros_like(weak), case["grad_logits_weak"])


def test_uda_divergence_is_zero_for_equal_answers():
    logits = torch.randn(5, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    assert gated_divergence(torch.softmax(logits, 1), logits, torch.ones(5)).abs() < 1e-15


@pytest.mark.parametrize(("name", "method"), [("pi_model", PiModel), ("mean_teacher", MeanTeacher)])
def test_oracle_consistency(oracle, name, method):
    for case in cases(oracle(name)):
        for s, at in enumerate(case["step_images"]):
            x, student = leaf(case["logits_x"]), leaf(case["logits_student"])
            view, teacher = leaf(case["logits_teacher"]), leaf(case["logits_teacher"])
            batch = logits_batch(
                x, case["y"], (view, student), case["L"], progress=progress(case, at), teacher=Fixed(teacher)
            )
            step = method(weight=float(case["weight"]), ramp=1.0).step(nn.Identity(), batch, {}, ANY)
            near(step.parts["labelled"], case["loss_x"])
            near(step.parts["unlabelled"], case["loss_u"])
            near(step.loss, case["loss"][s])
            step.loss.backward()
            near(student.grad, case["grad_logits_student"][s])
            near(x.grad, case["grad_logits_x"][s])
            assert view.grad is None
            assert teacher.grad is None


def test_oracle_mean_teacher_follows(oracle):
    """Three and more whole steps: the teacher is the average before the step, and it follows after it."""
    numbers = oracle("mean_teacher")
    dims = numbers["seq_weight0"].shape
    net = nn.Linear(dims[1], dims[0]).double()
    with torch.no_grad():
        net.weight.copy_(T(numbers["seq_weight0"]))
        net.bias.copy_(T(numbers["seq_bias0"]))
    average = Average(net, float(numbers["seq_ema"]))
    method = MeanTeacher(weight=float(numbers["seq_wu"]), ramp=1.0)
    optimizer = torch.optim.SGD(net.parameters(), lr=float(numbers["seq_lr"]))
    for s in range(int(numbers["seq_S"])):
        views = (T(numbers["seq_u_teacher"][s]), T(numbers["seq_u_student"][s]))
        batch = logits_batch(
            T(numbers["seq_x"][s]), numbers["seq_y"][s], views, dims[0],
            progress=s / float(numbers["seq_ramp"]), teacher=average.shadow,
        )  # fmt: skip
        near(average.shadow(views[0]), numbers["seq_logits_teacher"][s])
        step = method.step(net, batch, {}, ANY)
        near(step.parts["unlabelled"], numbers["seq_loss_u"][s])
        near(step.loss, numbers["seq_loss"][s])
        optimizer.zero_grad()
        step.loss.backward()
        optimizer.step()
        average.update()
        near(net.weight, numbers["seq_weight"][s])
        near(net.bias, numbers["seq_bias"][s])
        near(average.shadow.weight, numbers["seq_ema_weight"][s])
        near(average.shadow.bias, numbers["seq_ema_bias"][s])


def test_oracle_pseudo_label(oracle):
    for case in cases(oracle("pseudo_label")):
        for s, at in enumerate(case["step_images"]):
            x, u = leaf(case["logits_x"]), leaf(case["logits_u"])
            batch = logits_batch(x, case["y"], (u,), case["L"], progress=progress(case, at))
            knobs = {"threshold": float(case["tau"]), "weight": float(case["weight"]), "ramp": 1.0}
            strict = PseudoLabel(**knobs, threshold_op="gt").step(nn.Identity(), batch, {}, ANY)
            assert strict.stats["mask"].tolist() == case["mask_strict"].astype(bool).tolist()
            step = PseudoLabel(**knobs, threshold_op="ge").step(nn.Identity(), batch, {}, ANY)
            assert step.stats["mask"].tolist() == case["mask"].astype(bool).tolist()
            assert step.stats["pseudo"].tolist() == case["pseudo_label"].tolist()
            near(step.parts["labelled"], case["loss_x"])
            near(step.parts["unlabelled"], case["loss_u"])
            near(step.loss, case["loss"][s])
            step.loss.backward()
            near(u.grad, case["grad_logits_u"][s])
            near(x.grad, case["grad_logits_x"][s])


def weak_strong(case, s):
    return leaf(case["logits_x"][s]), leaf(case["logits_weak"][s]), leaf(case["logits_strong"][s])


def check_loss(step, case, s, x, weak, strong):
    near(step.parts["labelled"], case["loss_x"][s])
    near(step.parts["unlabelled"], case["loss_u"][s])
    near(step.loss, case["loss"][s])
    step.loss.backward()
    near(strong.grad, case["grad_logits_strong"][s])
    if "grad_logits_x" in case:
        near(x.grad, case["grad_logits_x"][s])
    assert weak.grad is None or not weak.grad.any()


def test_oracle_flexmatch(oracle):
    for case in cases(oracle("flexmatch")):
        method = FlexMatch(
            threshold=float(case["p_cutoff"]),
            threshold_warmup=bool(case["thresh_warmup"]),
            weight=float(case["lambda_u"]),
        )
        state = method.start(training_set(int(case["L"]), int(case["N"])))
        for s in range(int(case["S"])):
            b = state["effect"]
            near(method.threshold * b / (2 - b), case["threshold"][s])
            x, weak, strong = weak_strong(case, s)
            batch = logits_batch(x, case["y"][s], (weak, strong), case["L"], T(case["index"][s]))
            step = method.step(nn.Identity(), batch, state, ANY)
            assert step.stats["mask"].tolist() == case["mask"][s].astype(bool).tolist()
            assert step.stats["pseudo"].tolist() == case["pseudo_label"][s].tolist()
            assert state["selected"].tolist() == case["selected_label"][s].tolist()
            near(state["effect"], case["beta"][s])
            check_loss(step, case, s, x, weak, strong)


def test_oracle_freematch(oracle):
    for case in cases(oracle("freematch")):
        method = FreeMatch(
            average_momentum=float(case["momentum"]), use_quantile=bool(case["use_quantile"]), clip=bool(case["clip_thresh"]),
            weight=float(case["lambda_u"]), fairness_weight=float(case["lambda_e"]),
        )  # fmt: skip
        even = torch.full((int(case["L"]),), 1 / int(case["L"]), dtype=torch.float64)
        state = {"confidence": even[0].clone(), "p": even, "histogram": even.clone()}
        for s in range(int(case["S"])):
            x, weak, strong = weak_strong(case, s)
            batch = logits_batch(x, case["y"][s], (weak, strong), case["L"])
            step = method.step(nn.Identity(), batch, state, ANY)
            near(state["confidence"], case["tau_t"][s])
            near(state["p"], case["p_tilde"][s])
            near(state["histogram"], case["hist"][s])
            assert step.stats["mask"].tolist() == case["mask"][s].astype(bool).tolist()
            assert step.stats["pseudo"].tolist() == case["pseudo_label"][s].tolist()
            near(step.parts["fairness"], case["loss_fair"][s], 1e-9)
            fair = leaf(case["logits_strong"][s])
            fairness(fair, step.stats["mask"], state["p"], state["histogram"]).backward()
            near(fair.grad, case["grad_fair_logits_strong"][s], 1e-9)
            check_loss(step, case, s, x, weak, strong)


def test_freematch_fairness_of_nothing_is_zero():
    logits = torch.randn(6, 3, requires_grad=True)
    even = torch.full((3,), 1 / 3)
    loss = fairness(logits, torch.zeros(6, dtype=torch.bool), even, even)
    loss.backward()
    assert loss == 0
    assert torch.isfinite(logits.grad).all()


def test_oracle_softmatch(oracle):
    for case in cases(oracle("softmatch")):
        method = SoftMatch(
            average_momentum=float(case["momentum"]), n_sigma=float(case["n_sigma"]), weight=float(case["lambda_u"]),
            **todays("softmatch", {"align": str(case["align"])}),
        )  # fmt: skip
        state = double(method.start(training_set(int(case["L"]), 1)))
        even = torch.full((int(case["L"]),), 1 / int(case["L"]), dtype=torch.float64)
        state |= {"mean": even[0].clone(), "wanted": even}
        for s in range(int(case["S"])):
            x, weak, strong = weak_strong(case, s)
            batch = logits_batch(x, case["y"][s], (weak, strong), case["L"])
            step = method.step(nn.Identity(), batch, state, ANY)
            near(method.aligned(torch.softmax(weak.detach(), 1), state), case["probs_aligned"][s])
            if method.align:
                near(state["guessed"], case["p_model"][s])
                near(state["wanted"], case["p_target"][s])
            near(state["mean"], case["mu"][s])
            near(state["variance"], case["var"][s])
            near(step.stats["mask"], case["weight"][s])
            assert step.stats["pseudo"].tolist() == case["pseudo_label"][s].tolist()
            check_loss(step, case, s, x, weak, strong)


class Toy(nn.Module):
    """Two linear heads on the flat picture, as in the file."""

    def __init__(self, weight, bias) -> None:
        super().__init__()
        self.head = nn.Linear(weight.shape[1], weight.shape[0]).double()
        with torch.no_grad():
            self.head.weight.copy_(T(weight))
            self.head.bias.copy_(T(bias))

    def features(self, x):
        return x.flatten(1)

    def forward(self, x):
        return self.head(self.features(x))


def test_oracle_remixmatch(oracle):
    for case in cases(oracle("remixmatch")):
        guess = {"1st": "weak"}.get(str(case["redux"]), str(case["redux"]))
        method = ReMixMatch(
            views=int(case["K"]), temperature=float(case["T"]), window=int(case["dbuf"]), guess=guess, ramp=1.0,
            weight=float(case["w_match"]), anchor_weight=float(case["w_kl"]), rotation_weight=float(case["w_rot"]),
            wanted="uniform" if case["p_data_fixed"] else "labels",
        )  # fmt: skip
        even = torch.full((int(case["L"]),), 1 / int(case["L"]), dtype=torch.float64)
        state = double(method.start(training_set(int(case["L"]), 1)))
        state |= {"window": even.repeat(method.window, 1), "wanted": T(case["p_data_before"][0]).clone()}
        for s, images in enumerate(case["step_images"]):
            net, turn = Toy(case["toy_weight"], case["toy_bias"]), Toy(case["rot_weight"], case["rot_bias"])
            near(state["window"].mean(dim=0), case["p_model_before"][s])
            near(state["wanted"], case["p_data_before"][s])
            views = (T(case["u_weak"][s]), *T(case["u_strong"][s]))
            batch = Batch(
                T(case["x"][s]), T(case["y"][s]), views, NOWHERE, int(case["L"]), progress(case, images), 0,
                None, None, turn.head,
            )  # fmt: skip
            lam = torch.maximum(T(case["lam_raw"][s]), 1 - T(case["lam_raw"][s]))
            turned, label = quarter_turns(views[1])
            near(turned, case["rotated"][s])
            assert label.tolist() == case["rot_label"].tolist()
            near(
                aligned(T(case["prob"][s]), SMALL + state["wanted"], SMALL + state["window"].mean(dim=0)),
                case["prob_aligned"][s],
            )
            near(method.believe(method.answers(net, batch), state, NOWHERE).targets, case["q"][s])
            step = method.mixed_step(net, batch, lam, T(case["perm"][s]), state)
            near(state["window"].mean(dim=0), case["p_model_after"][s])
            near(state["wanted"], case["p_data_after"][s])
            near(step.parts["labelled"], case["loss_x"][s])
            near(step.parts["unlabelled"], case["loss_u"][s])
            near(step.parts["anchor"], case["loss_kl"][s])
            near(step.parts["rotation"], case["loss_rot"][s])
            near(step.loss, case["loss"][s])
            step.loss.backward()
            near(net.head.weight.grad, case["grad_toy_weight"][s])
            near(turn.head.weight.grad, case["grad_rot_weight"][s])
