"""What must hold for every method: a new line of the cards' table is tested the day it is added."""

from __future__ import annotations

import copy
import dataclasses
import functools
import importlib
import re
import sys

import pytest
import torch

from ssl_core import data as sets
from ssl_core.figures.look import look
from ssl_core.knobs import knobs_of
from ssl_core.method_cards import CARDS, FLOWS, GREY, MARKERS, MethodCard, like
from ssl_core.methods import METHODS, Batch, Method, TrainingSet, method_class
from ssl_core.models import FOR_VECTORS, MODELS
from ssl_core.train.config import Training, all_knobs, configure, defaults
from ssl_core.train.loop import train
from ssl_core.train.recipes import FAMILIES
from ssl_core.train.trainee import Trainee
from tests.conftest import HOUSE

README = (HOUSE / "README.md").read_text()
SHORT = {"steps": 6, "evaluations": 1, "batch": 8}
# Chance that is drawn row by row, switched off: then the order of a batch cannot matter.
QUIET = {
    "mix_alpha": 0.0,
    "alpha": 0.0,
    "epsilon": 0.0,
    "rotation_weight": 0.0,
    "depth": 0,
    "cutout": 0.0,
    "interpolate": False,
    "pairs": "self",
}
FAST = {"ict": {"weight": 1.0}, "vat": {"epsilon": 0.5, "xi": 0.01}, "cluster_match": {"clusters": 12}}
load = functools.cache(sets.load)  # a data set is made once for all of them; none may change it
every_method = pytest.mark.parametrize("method", METHODS)


def trainee(method, data="digits", labels=20, **values):
    return Trainee(configure(data, method, labels, 0, SHORT | values), load(data))


def one_step(t):
    batch, hidden, generator = t.draw()
    return t.config.knobs.step(t.model, batch, t.state, generator), hidden


def without_time(rows):
    return [{key: value for key, value in row.items() if key != "seconds"} for row in rows]


@every_method
@pytest.mark.parametrize("data", ["digits", "shapes"])
def test_the_loss_is_a_number_and_every_parameter_gets_a_gradient(method, data):
    weights = {name: one.default for name, one in knobs_of(METHODS[method]).items() if name.endswith("weight")}
    usual = defaults(data, method)  # whose weight of 0 leaves a part of the loss out, which is put back here
    t = trainee(method, data, **{name: weight for name, weight in weights.items() if not usual[name]})
    step, _ = one_step(t)
    step.loss.backward()
    assert torch.isfinite(step.loss)
    assert all(torch.isfinite(part) for part in step.parts.values())
    silent = [n for n, p in t.learning.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert silent == []


@every_method
def test_an_open_gate_gives_the_unlabelled_loss_a_gradient(method):
    open_gate = {"threshold": 0.0} if "threshold" in knobs_of(METHODS[method]) else {}
    t = trainee(method, **open_gate)
    if not t.config.knobs.ratio:
        pytest.skip(f"{method} looks at no unlabelled picture")
    batch, _, generator = t.draw()
    t.config.knobs.step(t.model, batch, t.state, generator)  # a method with a memory has one after its first look
    step = t.config.knobs.step(t.model, batch, t.state, generator)
    step.parts["unlabelled"].backward()
    norm = sum(p.grad.norm() for p in t.model.parameters() if p.grad is not None)
    assert step.parts["unlabelled"] > 0
    assert norm > 0


@every_method
def test_hidden_labels_change_no_weight(method):
    def weights(poison):
        data = load("digits")
        t = trainee(method)
        if poison:
            known = set(t.labelled.indices.tolist())
            labels = data.labels.clone()
            free = torch.tensor([i for i in range(len(labels)) if i not in known])
            labels[free] = (labels[free] + 1 + torch.arange(len(free)) % 9) % 10
            t.labels = labels
        for _ in range(4):
            step, _ = one_step(t)
            t.optimize(step.loss, 0.1)
            t.step += 1
        return torch.cat([p.detach().flatten() for p in t.model.parameters()])

    assert torch.equal(weights(False), weights(True))


@every_method
def test_the_same_seed_gives_the_same_run(method):
    def run(seed):
        rows = []
        train(configure("digits", method, 20, seed, SHORT), load("digits"), rows.append)
        return without_time(rows)

    assert run(0) == run(0)
    assert run(0) != run(1)


@every_method
def test_a_run_that_was_stopped_and_resumed_is_the_run_that_never_was(method):
    """Before it was measured for the first time, and after that."""
    config = configure("digits", method, 20, 0, SHORT | {"steps": 200, "evaluations": 3})
    config = dataclasses.replace(config, training=dataclasses.replace(config.training, steps=12))
    whole = []
    train(config, load("digits"), whole.append)
    for cut in (1, 3, 5):
        before, after, saved = [], [], []
        steps_left = iter([False] * cut)
        ended = train(
            config, load("digits"), before.append, save=saved.append, stop=lambda left=steps_left: next(left, True)
        )
        assert ended == "stopped"
        assert train(config, load("digits"), after.append, checkpoint=saved[-1]) == "done"
        assert without_time(before + after) == without_time(whole), f"stopped after {cut} steps"


@every_method
def test_every_knob_at_its_bounds_trains(method):
    for name, one in knobs_of(METHODS[method]).items():
        values = one.choices or ((False, True) if one.kind is bool else (one.kind(one.low), one.kind(one.high)))
        for value in values:
            t = trainee(method, **{name: value})
            for _ in range(3):
                step, _ = one_step(t)
                assert torch.isfinite(step.loss), f"{name} = {value}"
                t.optimize(step.loss, 0.01)
                t.step += 1


@every_method
def test_without_unlabelled_weight_the_loss_is_the_labelled_part(method):
    if "weight" not in knobs_of(METHODS[method]):
        pytest.skip(f"{method} has no unlabelled loss")
    step, _ = one_step(trainee(method, **{name: 0.0 for name in knobs_of(METHODS[method]) if name.endswith("weight")}))
    assert torch.equal(step.loss, step.parts["labelled"])


BALANCES = ({"logit_adjustment": 1.0}, {"class_weights": "balanced"}, {"class_weights": "root"})


@every_method
@pytest.mark.parametrize("knob", BALANCES, ids=str)
def test_uneven_labels_are_balanced_in_the_labelled_loss_of_every_method_and_nowhere_else(method, knob):
    plain, t = (trainee(method, imbalance=6.0, labels=30, **more) for more in ({}, knob))
    assert t.counts.max() > t.counts.min()
    before, _ = one_step(plain)
    after, _ = one_step(t)
    assert not torch.equal(before.parts["labelled"], after.parts["labelled"]), (
        f"{method}: its labelled loss is not labelled_loss or soft_cross_entropy with batch.balance."
    )
    assert all(torch.equal(part, after.parts[name]) for name, part in before.parts.items() if name != "labelled")
    assert all(torch.equal(value, after.stats[name]) for name, value in before.stats.items())


@every_method
def test_where_every_class_has_as_many_labels_balancing_changes_no_bit(method):
    plain, t = (trainee(method, **more) for more in ({}, {"logit_adjustment": 2.0, "class_weights": "balanced"}))
    for _ in range(2):
        (before, _), (after, _) = one_step(plain), one_step(t)
        assert torch.equal(before.loss, after.loss)


@every_method
def test_the_order_of_a_batch_does_not_matter_to_its_loss(method):
    t = trainee(method, **{name: value for name, value in QUIET.items() if name in knobs_of(METHODS[method])})
    t.model.eval()  # in training mode batch norm looks at who is in a batch together, and so may a method's parts
    batch, _, generator = t.draw()
    seed = generator.initial_seed()
    turned = batch._replace(
        x=batch.x.flip(0),
        y=batch.y.flip(0),
        u=tuple(u.flip(0) for u in batch.u),
        index=batch.index.flip(0),
        more_x=tuple(x.flip(0) for x in batch.more_x),
    )
    method_, memory = t.config.knobs, {name: value.clone() for name, value in t.state.items()}
    first = method_.step(t.model, batch, t.state, torch.Generator().manual_seed(seed)).loss
    second = method_.step(t.model, turned, memory, torch.Generator().manual_seed(seed)).loss
    torch.testing.assert_close(first, second, rtol=1e-4, atol=1e-5)


@every_method
def test_double_precision_agrees_with_single(method):
    t = trainee(method)
    batch, _, generator = t.draw()
    seed, single = generator.initial_seed(), t.config.knobs
    memory = {name: value.clone() for name, value in t.state.items()}
    first = single.step(t.model, batch, t.state, torch.Generator().manual_seed(seed)).loss
    double = batch._replace(
        x=batch.x.double(),
        u=tuple(u.double() for u in batch.u),
        more_x=tuple(x.double() for x in batch.more_x),
        teacher=batch.teacher.double(),
        head=batch.head.double() if batch.head else None,
        companion=batch.companion.double() if batch.companion else None,
    )
    second = single.step(t.model.double(), double, memory, torch.Generator().manual_seed(seed)).loss
    torch.testing.assert_close(first.double(), second, rtol=1e-4, atol=1e-5)


def missing(name, card, method):
    """A sentence for every piece that a method lacks."""
    table, file = "ssl_core/method_cards.py", card.home(name)[0].replace(".", "/") + ".py"
    for piece in ("idea", "paper", "watch", "breaks"):
        if not getattr(method, piece, "").endswith("."):
            yield f"{file}: {name} has no {piece} that ends in a full stop."
    if not re.search(r"\b(19|20)\d\d\b", getattr(method, "paper", "")):
        yield f"{file}: the paper of {name} has no year."
    formula = getattr(method, "formula", "")
    if r"\frac1B\sum_b" not in formula or formula.count("{") != formula.count("}"):
        yield f"{file}: {name} has no formula that begins with the mean over the labelled batch."
    if card.family not in FAMILIES:
        yield f"{table}: {name} is of the family {card.family}, for which ssl_core/train/recipes.py has no recipe."
    if card.flow not in FLOWS:
        yield f"{table}: {name} flows like {card.flow}, which FLOWS does not have."
    if card.marker not in MARKERS or not re.fullmatch("#[0-9a-f]{6}", card.colour):
        yield f"{table}: {name} has no colour like #0072b2 or no marker of MARKERS."
    if not card.title:
        yield f"{table}: {name} has no title."
    if not re.search(rf"^\| `{name}` \|", README, re.MULTILINE):
        yield f"README.md: its tables have no row for {name}."


@every_method
def test_a_method_has_all_its_pieces(method):
    assert list(missing(method, CARDS[method], METHODS[method])) == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"family": "new"}, "no recipe"),
        ({"drawn_as": "new"}, "FLOWS"),
        ({"marker": "blob"}, "marker"),
        ({"colour": "blue"}, "colour"),
        ({"title": ""}, "title"),
    ],
)
def test_a_piece_missing_from_a_card_is_one_sentence(changes, says):
    sentences = list(missing("fixmatch", CARDS["fixmatch"]._replace(**changes), METHODS["fixmatch"]))
    assert any(says in sentence for sentence in sentences)
    assert all("fixmatch" in sentence for sentence in sentences)


@pytest.mark.parametrize("piece", ["idea", "paper", "watch", "breaks", "formula"])
def test_a_piece_missing_from_a_class_is_said_with_its_file(piece):
    bare = type("Bare", (METHODS["fixmatch"],), {piece: ""})
    sentences = list(missing("fixmatch", CARDS["fixmatch"], bare))
    assert sentences
    assert all(s.startswith("ssl_core/methods/fixmatch.py") and piece in s for s in sentences)


def test_a_card_without_a_class_is_one_sentence():
    for home in ("NoSuch", "nowhere:FixMatch"):
        with pytest.raises(
            ValueError, match=r"^The card of fixmatch names a class \w+ in [\w.]+, which is not there\.$"
        ):
            method_class("fixmatch", CARDS["fixmatch"]._replace(class_name=home))


def test_every_class_that_can_train_has_a_card():
    """A file without its line in the table would be a method that nobody can choose."""
    for file in sorted((HOUSE / "ssl_core" / "methods").glob("*.py")):
        module = importlib.import_module(f"ssl_core.methods.{file.stem}")
        for name, thing in vars(module).items():
            if isinstance(thing, type) and issubclass(thing, Method) and hasattr(thing, "idea"):
                assert thing in METHODS.values(), (
                    f"{file.name} defines {name}: give it a line in ssl_core/method_cards.py."
                )


def test_a_title_is_said_once():
    for name, method in METHODS.items():
        assert method.title == CARDS[name].title == look(name)[0]
    titles = [card.title for card in CARDS.values()]
    assert len(set(titles)) == len(titles)


def test_kin_are_the_methods_of_one_family_itself_first():
    assert like("vat")[0] == "vat"
    assert {CARDS[name].family for name in like("vat")} == {"consistency"}
    assert sorted(like("vat")) == sorted(like("ict"))


@every_method
def test_no_gradient_reaches_a_target(method):
    """Neither an averaged network nor what a method remembers is ever differentiated."""
    t = trainee(method)
    for _ in range(2):
        step, _ = one_step(t)
        step.loss.backward()
    averages = [average.shadow for average in (t.average, t.companion_average) if average]
    assert all(p.grad is None for network in averages for p in network.parameters())
    assert not any(value.requires_grad for value in t.state.values())


def assert_the_loss_is_made_of_its_rows(step):
    """Every part is the mean of its rows' losses, and the weighted parts add up to what is differentiated."""
    parts, seen = {name: part.detach() for name, part in step.parts.items()}, step.seen
    assert len(seen["weights"]) == len(parts)
    total = sum(w * part.detach().double() for w, part in zip(seen["weights"], parts.values(), strict=True))
    assert abs(total - step.loss.detach()) < 1e-6 * max(1.0, float(total))
    for name in parts.keys() - {"fairness"}:  # which is about a batch, not about a picture
        torch.testing.assert_close(seen[f"{name}_each"].mean(), parts[name], rtol=1e-5, atol=1e-6)
    for answers, part in (("labelled_answers", "labelled_each"), ("answers", "unlabelled_each")):
        if part in seen:
            assert len(seen[answers]) == len(seen[part])


@every_method
@pytest.mark.parametrize(
    "knobs",
    [
        {"threshold": 0.0, "weight": 3.0, "align": True, "ramp_counts": "fraction", "entropy_weight": 0.5},
        {"threshold": 0.11, "reduction": "selected", "annealing": "linear", "align_to": "model"},
    ],
    ids=["open", "selected"],
)
def test_the_loss_is_made_of_its_rows_with_other_knobs(method, knobs):
    t = trainee(method, **{name: value for name, value in knobs.items() if name in all_knobs(method)})
    t.watched, t.step = True, 3
    step, _ = one_step(t)
    assert_the_loss_is_made_of_its_rows(step)


@every_method
def test_a_step_that_is_watched_shows_its_guesses_and_is_the_same_step(method):
    """To the bit, also in what it remembers; unwatched it hands back nothing."""
    quiet, watched = trainee(method), trainee(method)
    watched.watched = True
    for _ in range(2):
        unseen, _ = one_step(quiet)
        step, _ = one_step(watched)
        assert unseen.seen == {}
        assert torch.equal(unseen.loss, step.loss)
    assert all(torch.equal(value, watched.state[name]) for name, value in quiet.state.items())
    batch, _, _ = watched.draw()
    seen = step.seen
    assert not any(value.requires_grad for value in seen.values())
    if watched.config.knobs.ratio:
        for name in ("guesses", "targets"):
            assert seen[name].shape[1] == 10
            assert len(seen[name]) % len(batch.u[0]) == 0
            torch.testing.assert_close(seen[name].sum(dim=1), torch.ones(len(seen[name])))
        pseudo = step.stats["pseudo"]
        assert torch.equal(seen["targets"][: len(pseudo)].argmax(dim=1), pseudo), "the chart counts what is learned"
    assert_the_loss_is_made_of_its_rows(step)
    if "lam" in seen:
        rows = torch.cat([batch.x, *batch.u]) if CARDS[method].flow == "mixmatch" else batch.u[0]
        assert seen["blends"].shape == rows.shape
        assert len(seen["lam"]) == len(seen["partner"]) == len(seen["blend_targets"]) == len(rows)


def spied(monkeypatch, method, change=lambda belief: belief):
    """What `believe` says from now on, noted and changed on the way."""
    heard, honest = [], METHODS[method].believe

    def believe(*asked):
        heard.append(change(honest(*asked)))
        return heard[-1]

    monkeypatch.setattr(METHODS[method], "believe", believe)
    return heard


@every_method
def test_a_step_goes_by_what_its_method_believes(method, monkeypatch):
    """Whoever shows `believe` shows what is learned: there is no second way to the same numbers. It changes nothing."""
    heard, t = spied(monkeypatch, method), trainee(method)
    t.watched = True
    for asked in (1, 2):
        step, _ = one_step(t)
        assert len(heard) == (asked if t.config.knobs.ratio else 0)
    for belief in heard[-1:]:
        assert torch.equal(step.seen["targets"], belief.targets)
        count = len(step.stats["pseudo"])
        assert torch.equal(step.stats["pseudo"], belief.pseudo[:count])
        assert torch.equal(step.stats["mask"], belief.mask[:count])
    before = {name: value.clone() for name, value in t.state.items()}
    logits = torch.randn(6, 10, generator=torch.Generator().manual_seed(0))
    belief = t.config.knobs.believe(logits, t.state, torch.arange(6))
    assert all(torch.equal(value, t.state[name]) for name, value in before.items())
    torch.testing.assert_close(belief.guess.sum(dim=1), torch.ones(6))
    assert belief.mask.float().ge(0).all()
    assert belief.mask.float().le(1).all()
    assert t.config.knobs.ratio or not belief.mask.any(), "it looks at no unlabelled picture, so none counts"


@every_method
def test_what_is_believed_is_what_the_loss_learns(method, monkeypatch):
    t = trainee(method, **({"threshold": 0.0} if "threshold" in knobs_of(METHODS[method]) else {}))
    if not t.config.knobs.ratio or method == "vat":
        pytest.skip("it learns no guess: VAT compares two answers as they are")
    batch, _, generator = t.draw()
    seed, memory = generator.initial_seed(), {name: value.clone() for name, value in t.state.items()}

    def unlabelled():
        state = {name: value.clone() for name, value in memory.items()}
        for _ in range(2):  # a method with a memory has one after its first look
            step = t.config.knobs.step(t.model, batch, state, torch.Generator().manual_seed(seed))
        return step.parts["unlabelled"]

    first = unlabelled()
    turned = lambda b: b._replace(pseudo=(b.pseudo + 1) % 10, soft=None if b.soft is None else b.soft.roll(1, 1))  # noqa: E731
    spied(monkeypatch, method, turned)
    assert not torch.equal(first, unlabelled())


@pytest.mark.parametrize("method", ["ict", "mixmatch", "remixmatch"])
def test_the_blends_that_a_step_shows_follow_from_its_lam_and_partners(method):
    t = trainee(method)
    t.watched = True
    batch, _, generator = t.draw()
    seen = t.config.knobs.step(t.model, batch, t.state, generator).seen
    rows = batch.u[0] if method == "ict" else torch.cat([batch.x, *batch.u])
    lam = seen["lam"][:, None, None, None]
    torch.testing.assert_close(seen["blends"], lam * rows + (1 - lam) * rows[seen["partner"]])


@every_method
def test_the_views_it_names_exist(method):
    t = trainee(method)
    batch, _, _ = t.draw()
    assert len(batch.u) == len(t.config.knobs.unlabelled_views)
    assert len(batch.more_x) == len(t.config.knobs.more_labelled)
    assert bool(t.config.knobs.ratio) == bool(batch.u)
    assert t.config.knobs.unlabelled_set in ("includes", "excludes")


class Dense(torch.nn.Sequential):
    """Vectors of twelve numbers to six classes, with batch norm."""

    def __init__(self):
        torch.manual_seed(0)
        super().__init__(torch.nn.Linear(12, 24), torch.nn.BatchNorm1d(24), torch.nn.ReLU(), torch.nn.Linear(24, 6))


@pytest.mark.parametrize("name", [name for name in METHODS if not METHODS[name].needs_pixels])
def test_it_trains_on_vectors_as_it_stands(name):
    """Whatever does not say that it needs pixels; two clouds a class, and the loss falls."""
    generator, method = torch.Generator().manual_seed(0), METHODS[name](**FAST.get(name, {}))
    centres = 3 * torch.randn(6, 12, generator=generator)
    truth = torch.arange(120) % 6
    rows = centres[truth] + 0.3 * torch.randn(120, 12, generator=generator)
    known, free = torch.arange(30), torch.arange(30, 120)
    net, state = Dense(), method.start(TrainingSet(6, rows, known, truth[known], free))
    companion = method.companion(Dense, (12,))
    both = torch.nn.ModuleList([net, *([companion] if companion else [])])
    teacher, optimizer, losses = copy.deepcopy(net), torch.optim.SGD(both.parameters(), lr=0.05), []
    for step in range(12):
        views = tuple(rows[free] + 0.1 * torch.randn(90, 12, generator=generator) for _ in method.unlabelled_views)
        more = tuple(rows[known] for _ in method.more_labelled)
        batch = Batch(
            rows[known], truth[known], views, torch.arange(90), 6, step / 12, 30 * step,
            torch.full((6,), 5), teacher, None, more, watched=True, companion=companion,
        )  # fmt: skip
        if method.ratio == 1 and method.unlabelled_views and CARDS[name].flow == "mixmatch":
            batch = batch._replace(u=tuple(view[:30] for view in views), index=batch.index[:30])
        result = method.step(net, batch, state, generator)
        optimizer.zero_grad()
        result.loss.backward()
        optimizer.step()
        losses.append(result.parts["labelled"].item())
    assert losses[-1] < 0.7 * losses[0]
    assert all(p.grad is not None and torch.isfinite(p.grad).all() for p in both.parameters())


@pytest.mark.parametrize("name", [name for name in METHODS if METHODS[name].needs_pixels])
def test_what_needs_pixels_cannot_do_without(name):
    """So that no method is kept from vectors for nothing."""
    if getattr(METHODS[name](), "strong_stages", ()):
        return  # its strong views are made of pixels before its step sees them
    with pytest.raises((RuntimeError, ValueError, IndexError, TypeError)):
        vectors = torch.rand(8, 12)
        method = METHODS[name]()
        state = method.start(TrainingSet(6, torch.rand(40, 12), torch.arange(6), torch.arange(6), torch.arange(6, 40)))
        views = tuple(vectors for _ in method.unlabelled_views)
        batch = Batch(vectors, torch.arange(8) % 6, views, torch.arange(8), 6, 0.5, 0, teacher=Dense(), head=Dense())
        method.step(Dense(), batch, state, torch.Generator().manual_seed(0))


@pytest.mark.parametrize("name", MODELS)
def test_every_parameter_of_every_network_gets_a_gradient(name):
    torch.manual_seed(0)
    side = 64 if name == "wrn_37_2" else 32
    net, size = MODELS[name](3, 10).train(), () if name in FOR_VECTORS else (side, side)
    torch.nn.init.normal_(net.head.weight)  # one that begins at zero hides the body from the first step
    torch.nn.functional.cross_entropy(net(torch.rand(4, 3, *size)), torch.arange(4)).backward()
    silent = [n for n, p in net.named_parameters() if p.grad is None or (p.dim() > 1 and not p.grad.abs().sum() > 0)]
    assert silent == []


@pytest.mark.parametrize("name", MODELS)
def test_networks_named_in_training_exist(name):
    assert name in knobs_of(Training)["model"].choices


@dataclasses.dataclass(frozen=True)
class Toy(METHODS["supervised"]):
    """What a new method's file would hold."""

    def step(self, model, batch, state, generator):
        step = super().step(model, batch, state, generator)
        return step._replace(loss=2 * step.loss)


def test_a_new_method_is_one_file_and_one_line(monkeypatch):
    """A toy method with a line in the table trains, resumes, has a recipe and a look, and passes the generic checks."""
    card = MethodCard("Toy", GREY, "x", "supervised", "toy:Toy")
    monkeypatch.setitem(sys.modules, "ssl_core.methods.toy", sys.modules[__name__])
    monkeypatch.setitem(CARDS, "toy", card)
    monkeypatch.setitem(METHODS, "toy", method_class("toy", card))
    assert defaults("digits", "toy") == defaults("digits", "supervised")
    assert look("toy") == ("Toy", GREY, "x")
    assert list(missing("toy", card, Toy)) == ["README.md: its tables have no row for toy."]
    test_the_loss_is_a_number_and_every_parameter_gets_a_gradient("toy", "digits")
    test_a_run_that_was_stopped_and_resumed_is_the_run_that_never_was("toy")
    test_hidden_labels_change_no_weight("toy")
