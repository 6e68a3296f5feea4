"""Our methods against numbers computed by running the public reference implementations.

Every shape, class count and hyperparameter comes from the files, so other files of the same layout work as well.
"""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest
import torch
from torch import nn

from ssl_core.methods import Batch
from ssl_core.methods.fixmatch import FixMatch, select, unlabelled_loss
from ssl_core.methods.mixmatch import MixMatch, guess, interleave, interleave_offsets, losses
from ssl_core.mix import mixup
from ssl_core.models import WideResNet
from ssl_core.train.average import Average, decay_after_step, kernels
from ssl_core.train.config import Training
from ssl_core.train.optimizer import make_optimizer
from ssl_core.train.schedule import factor

T = torch.from_numpy
F64 = 1e-10


def near(ours, theirs, atol=F64):
    np.testing.assert_allclose(
        ours.detach().numpy() if isinstance(ours, torch.Tensor) else ours, theirs, atol=atol, rtol=1e-9
    )


def cases(numbers):
    for i in range(int(numbers["n_cases"])):
        yield {key.removeprefix(f"c{i}_"): value for key, value in numbers.items() if key.startswith(f"c{i}_")}


def toy_net(numbers) -> nn.Module:
    """The files' network: convolution, batch norm, ReLU, mean, dense, from their initial state."""
    outside, inside = numbers["init_conv_weight"].shape[:2]
    net = nn.Sequential()
    net.add_module("conv", nn.Conv2d(inside, outside, 3, padding=1, bias=False))
    net.add_module("bn", nn.BatchNorm2d(outside, eps=float(numbers["bn_eps"]), momentum=float(numbers["bn_momentum"])))
    net.add_module("relu", nn.ReLU())
    net.add_module("pool", nn.AdaptiveAvgPool2d(1))
    net.add_module("flat", nn.Flatten())
    net.add_module("fc", nn.Linear(outside, len(numbers["init_fc_bias"])))
    net.double().load_state_dict(state(numbers, "init_"))
    return net.train()


def state(numbers, prefix, step=None):
    names = {
        k.removeprefix(prefix): v
        for k, v in numbers.items()
        if k.startswith((prefix + "conv_", prefix + "bn_", prefix + "fc_"))
    }
    return {k.replace("_", ".", 1): torch.as_tensor(v if step is None else v[step]) for k, v in names.items()}


def check_state(net, numbers, prefix, step):
    ours = net.state_dict()
    for name, theirs in state(numbers, prefix, step).items():
        near(ours[name], theirs.numpy())


def test_oracle_mixmatch_reference(oracle):
    for case in cases(oracle("mixmatch_reference")):
        size, views = int(case["B"]), int(case["K"])
        mean, q = guess(T(case["logits_u"]), float(case["T"]))
        near(mean, case["mean_prob"])
        near(q, case["q"])
        lam = torch.maximum(T(case["lam_raw"]), 1 - T(case["lam_raw"]))
        near(lam, case["lam"], 0)
        everything = torch.cat([T(case["x"]), *T(case["u"])])
        labels = torch.nn.functional.one_hot(T(case["y"]), int(case["L"])).double()
        targets, partner = torch.cat([labels, *[q] * views]), T(case["perm"])
        mixed, target = mixup(everything, everything[partner], targets, targets[partner], lam)
        near(mixed, case["mixed_x"])
        near(target, case["mixed_target"])
        rows = torch.arange(size * (1 + views))
        assert torch.cat(interleave(list(rows.split(size)))).tolist() == case["interleave_index"].tolist()

        logits = T(case["logits_mixed"]).requires_grad_()
        labelled, unlabelled = losses(logits[:size], logits[size:], target[:size], target[size:])
        near(labelled, case["loss_x"])
        near(unlabelled, case["loss_u"])
        near(torch.autograd.grad(labelled, logits, retain_graph=True)[0][:size], case["grad_loss_x_logits"])
        near(torch.autograd.grad(unlabelled, logits)[0][size:], case["grad_loss_u_logits"])


def test_oracle_mixmatch_reference_whole_step(oracle):
    for case in cases(oracle("mixmatch_reference")):
        method = MixMatch(
            views=int(case["K"]),
            temperature=float(case["T"]),
            weight=float(case["w_match"]),
            ramp_counts="images",
            ramp_images=int(case["warmup_images"]),
        )
        for s, images in enumerate(case["step_images"]):
            net = nn.Sequential(nn.Flatten(), nn.Linear(case["toy_weight"].shape[1], int(case["L"]))).double()
            with torch.no_grad():
                net[1].weight.copy_(T(case["toy_weight"]))
                net[1].bias.copy_(T(case["toy_bias"]))
            batch = Batch(
                T(case["x"]), T(case["y"]), tuple(T(case["u"])), torch.empty(0), int(case["L"]), 0.0, int(images)
            )
            near(method.ramped_weight(int(images), 0.0), case["lambda_u"][s])
            step = method.mixed_step(net, batch, T(case["lam"]), T(case["perm"]), {})
            near(step.loss, case["loss_total"][s])
            step.loss.backward()
            near(net[1].weight.grad, case["grad_total_weight"][s])
            near(net[1].bias.grad, case["grad_total_bias"][s])


def test_oracle_mixmatch_yu1ut_train(oracle):
    numbers = oracle("mixmatch_yu1ut_train")
    net = toy_net(numbers)
    average = Average(net, float(numbers["ema_decay"]), buffers="average")
    method = MixMatch(
        views=2, temperature=float(numbers["T"]), weight=float(numbers["lambda_u"]), ramp_counts="fraction",
        ramp=1.0, lam="per_batch", bn_update="all",
    )  # fmt: skip
    lr = float(numbers["lr"])
    optimizer = make_optimizer(net, Training(optimizer="adam", lr=lr, decay="decoupled", decayed="all"))
    for s in range(len(numbers["x"])):
        lam_raw = torch.tensor(numbers["lam_raw"][s])
        lam = torch.maximum(lam_raw, 1 - lam_raw).expand(numbers["perm"].shape[1])
        progress = (int(numbers["epoch"]) + s / int(numbers["steps_per_epoch"])) / int(numbers["rampup_epochs"])
        views = (T(numbers["u1"][s]), T(numbers["u2"][s]))
        batch = Batch(
            T(numbers["x"][s]), T(numbers["y"][s]), views, torch.empty(0), len(numbers["init_fc_bias"]), progress, 0
        )
        step = method.mixed_step(net, batch, lam, T(numbers["perm"][s]), {})
        near(method.ramped_weight(0, progress), numbers["w"][s])
        near(step.parts["labelled"], numbers["loss_x"][s])
        near(step.parts["unlabelled"], numbers["loss_u"][s])
        near(step.loss, numbers["loss"][s])
        optimizer.zero_grad()
        step.loss.backward()
        optimizer.step()
        average.update()
        decay_after_step(net, float(numbers["weight_decay_per_step"]), "all")
        check_state(net, numbers, "after_", s)
        check_state(average.shadow, numbers, "ema_after_", s)


def test_oracle_fixmatch_kekmodel_train(oracle):
    numbers = oracle("fixmatch_kekmodel_train")
    net = toy_net(numbers)
    average = Average(net, float(numbers["ema_decay"]), buffers="copy")
    method = FixMatch(
        threshold=float(numbers["tau"]),
        weight=float(numbers["lambda_u"]),
        mu=int(numbers["mu"]),
        temperature=float(numbers["T"]),
    )
    lr, steps, warmup = float(numbers["lr"]), int(numbers["total_steps"]), int(numbers["warmup_steps"])
    optimizer = make_optimizer(net, Training(lr=lr, weight_decay=float(numbers["weight_decay"])))
    for s in range(len(numbers["x"])):
        views = (T(numbers["u_weak"][s]), T(numbers["u_strong"][s]))
        batch = Batch(
            T(numbers["x"][s]), T(numbers["y"][s]), views, torch.empty(0), len(numbers["init_fc_bias"]), 0.0, 0
        )
        step = method.step(net, batch, {}, torch.Generator())
        near(step.parts["labelled"], numbers["loss_x"][s])
        near(step.parts["unlabelled"], numbers["loss_u"][s])
        near(step.loss, numbers["loss"][s])
        assert step.stats["pseudo"].tolist() == numbers["pseudo_label"][s].tolist()
        assert step.stats["mask"].int().tolist() == numbers["mask"][s].tolist()
        rate = lr * factor("cosine_7_16", s, steps, warmup)
        near(rate, numbers["lr_used"][s])
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad()
        step.loss.backward()
        optimizer.step()
        average.update()
        check_state(net, numbers, "after_", s)
        check_state(average.shadow, numbers, "ema_after_", s)


def test_oracle_fixmatch_kekmodel_parts(oracle):
    numbers = oracle("fixmatch_kekmodel_train")
    for s in range(len(numbers["x"])):
        probability = torch.softmax(T(numbers["logits_weak"][s]) / float(numbers["T"]), dim=1)
        near(probability.max(dim=1).values, numbers["max_prob"][s])
        pseudo, mask = select(probability, float(numbers["tau"]))
        assert mask.int().tolist() == numbers["mask"][s].tolist()
        near(unlabelled_loss(T(numbers["logits_strong"][s]), pseudo, mask), numbers["loss_u"][s])


def test_oracle_cosine_lr(oracle):
    for case in cases(oracle("cosine_lr")):
        lr, steps, warmup = float(case["lr"]), int(case["total_steps"]), int(case["warmup_steps"])
        ours = [lr * factor("cosine_7_16", int(k), steps, warmup) for k in case["step"]]
        near(np.array(ours), case["lr_expected"], 1e-12)


class Holder(nn.Module):
    """One parameter and two buffers, set from outside."""

    def __init__(self, numbers):
        super().__init__()
        self.param = nn.Parameter(T(numbers["param0"].copy()))
        self.register_buffer("buffer", T(numbers["buffer0"].copy()))
        self.register_buffer("counter", torch.tensor(int(numbers["counter0"])))

    def set(self, numbers, t):
        with torch.no_grad():
            self.param.copy_(T(numbers["param"][t]))
        self.buffer.copy_(T(numbers["buffer"][t]))
        self.counter.fill_(int(numbers["counter"][t]))


@pytest.mark.parametrize(("buffers", "prefix"), [("copy", "copy"), ("live", "copy"), ("average", "all")])
def test_oracle_ema(oracle, buffers, prefix):
    numbers = oracle("ema")
    model = Holder(numbers)
    average = Average(model, float(numbers["decay"]), buffers)
    for t in range(len(numbers["param"])):
        model.set(numbers, t)
        average.update()
        near(average.shadow.param, numbers[f"{prefix}_param"][t], 1e-12)
        near(average.shadow.buffer, numbers[f"{prefix}_buffer"][t], 1e-12)
        assert int(average.shadow.counter) == int(numbers[f"{prefix}_counter"][t])
        if prefix == "all":
            decay_after_step(model, 0.02 * float(numbers["all_lr"]), "all")
            near(model.param, numbers["all_raw_param"][t], 1e-12)
            near(model.buffer, numbers["all_raw_buffer"][t], 1e-12)
            assert int(model.counter) == int(numbers["all_raw_counter"][t])


def test_oracle_ema_decay_first(oracle):
    numbers = oracle("ema")
    model = Holder(numbers)
    average = Average(model, float(numbers["decay"]))
    for t in range(len(numbers["param"])):
        model.set(numbers, t)
        decay_after_step(model, 0.02 * float(numbers["all_lr"]), "all")
        average.update()
        near(average.shadow.param, numbers["decay_first_param"][t], 1e-12)


def test_oracle_interleave(oracle):
    numbers = oracle("interleave")
    for i in range(int(numbers["n_mixmatch"])):
        size, parts = int(numbers[f"m{i}_B"]), int(numbers[f"m{i}_nu"]) + 1
        assert interleave_offsets(size, parts) == numbers[f"m{i}_offsets"].tolist()
        rows = list(torch.arange(size * parts).split(size))
        once = interleave(rows)
        assert torch.cat(once).tolist() == numbers[f"m{i}_index"].tolist()
        assert torch.cat(interleave(once)).tolist() == torch.cat(rows).tolist()


def test_oracle_interleave_of_fixmatch_changes_nothing_on_one_device(oracle):
    """FixMatch's strided interleave exists for batch norm on several devices; our one joint forward needs none."""
    numbers = oracle("interleave")
    for i in range(int(numbers["n_fixmatch"])):
        index, inverse = T(numbers[f"f{i}_index"]), T(numbers[f"f{i}_inverse"])
        torch.manual_seed(0)
        net = nn.Sequential(nn.Conv2d(1, 3, 3), nn.BatchNorm2d(3), nn.Flatten(), nn.Linear(12, 2)).double().train()
        x = torch.rand(len(index), 1, 4, 4, dtype=torch.float64)
        near(net(x[index])[inverse], net(x).detach().numpy(), 1e-12)


def test_oracle_wrn(oracle):
    numbers = oracle("wrn")
    for i, name in enumerate(numbers["name"]):
        for bias, expected in ((True, "trainable_with_conv_bias"), (False, "trainable_without_conv_bias")):
            with torch.device("meta"):
                net = WideResNet(
                    3,
                    int(numbers["classes"][i]),
                    int(numbers["widen"][i]),
                    int(numbers["stages"][i]),
                    int(numbers["blocks"][i]),
                    conv_bias=bias,
                )
            assert sum(p.numel() for p in net.parameters()) == int(numbers[expected][i]), (name, bias)
        assert sum(p.numel() for p in kernels(net)) == int(numbers["kernels"][i])
        moving = sum(b.numel() for n, b in net.named_buffers() if not n.endswith("num_batches_tracked"))
        assert moving == int(numbers["bn_statistics"][i])
        convolutions = [m for m in net.modules() if isinstance(m, nn.Conv2d)]
        depth, wide, stages, blocks = (int(numbers[key][i]) for key in ("depth", "widen", "stages", "blocks"))
        assert depth == 1 + stages * (2 * blocks + 1)  # a stem, and in each stage two a block and a shortcut
        assert sum(m.out_channels for m in convolutions) == int(numbers["conv_bias"][i])
        assert convolutions[-1].out_channels == 16 * wide * 2 ** (stages - 1)


def shapes_of(numbers, names, shapes):
    """(name, shape) of each, without the zeros that pad shapes to the same length."""
    rows = zip(numbers[names].tolist(), numbers[shapes].tolist(), strict=True)
    return [(name, tuple(size for size in shape if size)) for name, shape in rows]


def detailed(numbers, **more):
    """The network that the file lists layer by layer, read off that list: it may be none of the file's table."""
    theirs = dict(shapes_of(numbers, "torch_parameter", "torch_shape"))
    places = [tuple(map(int, found)) for found in re.findall(r"block(\d+)[.]layer[.](\d+)[.]", " ".join(theirs))]
    stem, channels = theirs["conv1.weight"][:2]
    widen, stages, blocks = theirs["block1.layer.0.conv2.weight"][0] // stem, max(places)[0], max(places)[1] + 1
    for row in np.flatnonzero(numbers["name"] == numbers["detail_name"]):
        assert (widen, stages, blocks) == tuple(int(numbers[key][row]) for key in ("widen", "stages", "blocks"))
    with torch.device("meta"):
        return WideResNet(channels, int(numbers["detail_classes"]), widen, stages, blocks, **more), blocks


def in_our_words(name, blocks):
    """A parameter's name in the public port as it is called here."""
    name = re.sub(
        r"block(\d+)[.]layer[.](\d+)", lambda m: f"body.{(int(m[1]) - 1) * blocks + int(m[2])}", name
    ).replace("convShortcut", "shortcut")
    if name.startswith("body."):
        return re.sub(r"[.]conv(\d)", r".convolution\1", re.sub(r"[.]bn(\d)", r".norm\1", name))
    return name.replace("conv1", "stem").replace("bn1", "norm").replace("fc", "head")


def test_oracle_wrn_shapes(oracle):
    """Name for name and in the same order."""
    numbers = oracle("wrn")
    net, blocks = detailed(numbers, conv_bias=False)
    theirs = [(in_our_words(n, blocks), shape) for n, shape in shapes_of(numbers, "torch_parameter", "torch_shape")]
    assert [(name, tuple(p.shape)) for name, p in net.named_parameters()] == theirs


def test_oracle_wrn_variables(oracle):
    """Every variable of the reference, which has biases of convolutions and counts what batch norm remembers."""
    numbers = oracle("wrn")
    net, _ = detailed(numbers)
    ours = Counter()
    for module in net.modules():
        kind = {nn.Conv2d: "conv", nn.Linear: "dense", nn.BatchNorm2d: "bn"}.get(type(module))
        words = {"weight": "gamma" if kind == "bn" else "kernel", "bias": "beta" if kind == "bn" else "bias"}
        words |= {"running_mean": "moving mean", "running_var": "moving variance"}
        trained = {name for name, _ in module.named_parameters(recurse=False)}
        for name, value in [*module.named_parameters(recurse=False), *module.named_buffers(recurse=False)]:
            if name in words:
                ours[f"{kind} {words[name]}", tuple(sorted(value.shape)), name in trained] += 1
    theirs = Counter(
        (name, tuple(sorted(shape)), bool(learns))
        for (name, shape), learns in zip(
            shapes_of(numbers, "tf_variable", "tf_shape"), numbers["tf_trainable"].tolist(), strict=True
        )
    )
    assert ours == theirs
