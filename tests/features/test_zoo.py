"""torchvision's classifiers by name: their weights come from torch.hub's folder alone, checked, and are never fetched."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torchvision import models

from ssl_core import zoo
from ssl_core.data import load
from ssl_core.features import card
from ssl_core.features.networks import assembled, begin, looker, marked, probe
from ssl_core.models import MODELS, ask
from ssl_core.models.classifier import Classifier
from ssl_core.models.pretrained import Standard
from ssl_core.runs.looking import looked_at
from ssl_core.runs.progress import describe
from ssl_core.runs.trained import load_trained
from ssl_core.runs.worker import work
from ssl_core.train.config import Config, all_knobs, configure, defaults
from ssl_core.train.loop import train
from tests.features import zoo as oracle
from tests.features.conftest import NAME

HOUSE = Path(__file__).resolve().parents[2]
SMALL = "mobilenet_v3_small"
# One of each family: another place of the last layer, other names, other wishes about the size of a picture.
FAMILIES = ("alexnet", "convnext_tiny", "densenet121", "efficientnet_b0", "googlenet", "inception_v3", "maxvit_t", "mnasnet0_5", "mobilenet_v2", SMALL, "resnet18", "shufflenet_v2_x0_5", "squeezenet1_1", "swin_t", "swin_v2_t", "vgg11_bn", "vit_b_32")  # fmt: skip


@pytest.fixture
def hub(tmp_path, monkeypatch) -> Path:
    """An empty folder of weights."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    zoo.folder().mkdir(parents=True)
    return zoo.folder()


def published(name: str) -> torch.nn.Module:
    """torchvision's own network with the weights that chance gave it."""
    torch.manual_seed(5)
    return models.get_model(name, weights=None).eval()


@pytest.fixture
def small(hub) -> torch.nn.Module:
    """A small classifier, whose file lies where torch.hub would have put it."""
    net = published(SMALL)
    for layer in net.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.momentum = 1.0
    with torch.no_grad():
        net.train()(torch.rand(16, 3, 64, 64))  # statistics of pictures, else it sees next to nothing
    torch.save(net.state_dict(), hub / zoo.table()[SMALL].file)
    return net


def test_the_table_is_that_of_the_torchvision_that_is_installed():
    assert list(zoo.table()) == oracle.names()
    for name in ("resnet18", SMALL, "squeezenet1_0", "vit_b_16", "vit_h_14", "inception_v3"):
        assert zoo.table()[name] == oracle.facts(name), "run python -m tests.features.zoo"
    for name, known in zoo.table().items():
        assert models.get_model_weights(name).DEFAULT.url.endswith("/" + known.file)


def test_the_folder_is_that_of_torch_hub(hub, monkeypatch):
    assert str(hub) == f"{torch.hub.get_dir()}/checkpoints"
    monkeypatch.delenv("TORCH_HOME")
    for cache in ("/elsewhere", None):
        monkeypatch.setenv("XDG_CACHE_HOME", cache) if cache else monkeypatch.delenv("XDG_CACHE_HOME")
        assert str(zoo.folder()) == f"{torch.hub.get_dir()}/checkpoints"


@torch.no_grad()
@pytest.mark.parametrize("name", FAMILIES)
def test_it_sees_what_the_last_layer_of_torchvisions_network_sees(name):
    options = {"transform_input": True, "init_weights": False} if name in ("googlenet", "inception_v3") else {}
    torch.manual_seed(5)
    whole, seen = models.get_model(name, weights=None, **options).eval(), []
    if name == "squeezenet1_1":
        whole.classifier[1].register_forward_hook(lambda layer, rows, out: seen.append(rows[0].mean((2, 3))))
    else:
        last = [layer for layer in whole.modules() if isinstance(layer, torch.nn.Linear) and layer.out_features == 1000]
        last[-1].register_forward_hook(lambda layer, rows, out: seen.append(rows[0]))
    body = Classifier(name).take(whole.state_dict()).eval()
    weights = models.get_model_weights(name).DEFAULT
    x = torch.rand(2, 3, body.side, body.side, generator=torch.Generator().manual_seed(0))
    from torchvision.transforms.v2.functional import normalize

    preset = weights.transforms()
    whole(normalize(x, preset.mean, preset.std))
    mine = body.features(x)
    assert mine.shape == (2, zoo.table()[name].width)
    assert body.side == zoo.table()[name].side == preset.crop_size[0]
    torch.testing.assert_close(mine, seen[0], rtol=1e-4, atol=1e-5)


def test_files_of_before_2018_are_read_in_todays_names():
    now = published("densenet121").state_dict()
    then = {}
    for name, value in now.items():
        if not name.endswith("num_batches_tracked"):
            then[re.sub(r"(denselayer\d+\.(?:norm|conv))([12])\.", r"\1.\2.", name)] = value
    assert set(then) != set(now)
    ours = Classifier("densenet121").take(then).net.state_dict()
    assert all(torch.equal(value, now[name]) for name, value in ours.items())


def test_a_network_that_is_not_here_is_one_sentence_with_file_folder_and_command(hub, pets):
    says = (
        rf"^The weights of resnet18 are not here, and a run fetches none: put resnet18-f37072fd\.pth \(45 MB\) into "
        rf"{re.escape(str(hub))}, or run python -c .*get_model\('resnet18', weights='DEFAULT'\)\"$"
    )
    for name in ("resnet18", "resnet18_mlp", "resnet18_tuned"):
        with pytest.raises(ValueError, match=says):
            configure(NAME, "fixmatch", 4, 0, {"model": name})
    with pytest.raises(ValueError, match=r"^model must be one of .* such as resnet18, .* not 'resnet19'"):
        configure(NAME, "fixmatch", 4, 0, {"model": "resnet19"})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda state: state.pop("features.0.0.weight"), "lack the tensor 'features.0.0.weight'"),
        (lambda state: state.update({"features.0.0.weight": torch.zeros(3)}), r"has shape \[3\], this network needs"),
        (lambda state: state.update({"features.0.0.weight": torch.full((16, 3, 3, 3), torch.nan)}), "no numbers"),
        (lambda state: state.update({"extra": torch.zeros(3)}), "'extra' that this network does not have"),
    ],
)
def test_a_file_that_is_another_networks_is_one_sentence(small, hub, change, says):
    state = dict(small.state_dict())
    change(state)
    torch.save(state, hub / zoo.table()[SMALL].file)
    with pytest.raises(ValueError, match=rf"^.*{SMALL}-047dcff4\.pth does not hold the weights of {SMALL}: .*{says}"):
        begin(MODELS[SMALL](3, 2), SMALL)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"\x80\x02cos\nsystem\n"])
def test_a_file_that_is_damaged_or_holds_code_is_one_sentence(hub, content):
    (hub / zoo.table()[SMALL].file).write_bytes(content)
    with pytest.raises(ValueError, match=r"is damaged or holds more than plain tensors: delete it and run python -c"):
        begin(MODELS[SMALL](3, 2), SMALL)


def test_those_at_hand_are_offered_and_every_name_is_taken(small):
    choices = all_knobs("fixmatch", "digits")["model"].choices
    assert [name for name in choices if zoo.body(name)] == [SMALL, f"{SMALL}_mlp", f"{SMALL}_tuned"]
    assert "resnet18" in choices
    assert "resnet18_tuned" in choices
    assert "resnet18_tuned_tuned" not in choices
    assert "resnet19" not in choices
    assert "resnet18" in MODELS
    assert "resnet19" not in MODELS
    assert list(MODELS) == [name for name in MODELS if not zoo.body(name)]


def test_what_it_learned_from_is_said():
    assert card.learned_from("resnet18_tuned") == card.IMAGENET
    assert "Instagram" in card.learned_from("vit_h_14")
    assert card.frozen("resnet18")
    assert card.frozen("resnet18_mlp")
    assert not card.frozen("resnet18_tuned")


@torch.no_grad()
@pytest.mark.parametrize("name", [SMALL, f"{SMALL}_mlp"])
def test_a_frozen_network_on_pictures_answers_as_its_head_does_on_features(small, name):
    x = torch.rand(3, 1, 16, 16, generator=torch.Generator().manual_seed(0))
    seen = looker(name, torch.device("cpu"))(x).float()
    assert seen.shape == (3, 1024)
    units, head = Standard(1024).measure(seen, "length"), probe(name, 4).eval()
    torch.nn.init.normal_(head.head.weight)
    whole = assembled(name, 1, 4, head.state_dict(), units.state_dict())
    torch.testing.assert_close(whole(x), head(units(seen)), rtol=2e-2, atol=0.5)  # features are kept in float16


def test_kept_views_are_of_these_weights(small, hub):
    before = marked(SMALL)
    assert before.startswith(f"{SMALL}-")
    assert marked(f"{SMALL}_mlp") == before
    torch.save({k: v + 1 for k, v in small.state_dict().items()}, hub / zoo.table()[SMALL].file)
    assert marked(SMALL) != before
    assert marked("efficientnet_lite0_mlp") == "efficientnet_lite0"


def test_a_run_on_kept_views_trains_says_what_it_saw_and_predicts(store, pets, small):
    run = store.add(configure(NAME, "fixmatch", 4, 0, {"model": SMALL, "steps": 4, "batch": 8}).to_dict())
    assert work(run.folder)["state"] == "done", run.end
    assert describe(run)["features"] == card.IMAGENET
    config, model = load_trained(run)
    assert model(torch.zeros(2, 3, 16, 16)).shape == (2, 2)
    seen = looked_at(config, load(NAME), lambda text, left: None, lambda: False)
    assert seen.images.shape == (30, 1024)
    assert Config.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_tuned_trains_every_number_and_a_resumed_run_is_the_run_that_was_never_stopped(pets, small):
    name = f"{SMALL}_tuned"
    values = {"model": name, "steps": 4, "batch": 4, "mu": 1, "evaluations": 4}
    config = configure(NAME, "fixmatch", 4, 0, values)
    whole, before, after, saved, left = [], [], [], [], iter([False, False])
    train(config, load(NAME), whole.append, save=saved.append)
    first = begin(MODELS[name](3, 2), name).state_dict()
    moved = {key: not torch.equal(value, saved[-1]["model"][key]) for key, value in first.items()}
    assert all(moved[key] for key in moved if key.startswith("body.net.features.0") and "weight" in key)
    cut = []
    train(config, load(NAME), before.append, save=cut.append, stop=lambda: next(left, True))
    train(config, load(NAME), after.append, checkpoint=cut[-1])

    def plain(rows):
        return [{key: value for key, value in row.items() if key != "seconds"} for row in rows]

    assert plain(before + after) == plain(whole)


def test_a_strangers_file_makes_nobody_build_a_giant(monkeypatch):
    import safetensors.torch

    from ssl_core.predict import weights

    facts = {"network": "vit_h_14_tuned", "classes": ["a", "b"], "input": [3, 16, 16], "data": "shapes"}
    content = safetensors.torch.save({"a": torch.zeros(1)}, {weights.OURS: json.dumps(facts)})
    monkeypatch.setattr("ssl_core.models.classifier.Classifier.__init__", lambda self, name: pytest.fail("built"))
    with pytest.raises(ValueError, match=r"^vit_h_14_tuned is larger than any weights file that is read: 128 MB\.$"):
        weights.from_bytes(content, "shapes", "small_convnet")


def test_a_network_that_enlarges_is_asked_about_fewer_pictures_at_once(small):
    model, shown = MODELS[SMALL](3, 2), []
    monkey = model.body.features
    model.body.features = lambda x: shown.append(len(x)) or monkey(x)
    assert ask.logits(model, torch.zeros(20, 3, 8, 8, dtype=torch.uint8)).shape == (20, 2)
    assert shown == [16, 4]
    assert ask.logits(model, torch.zeros(3, 3, 8, 8, dtype=torch.uint8), 1).shape == (3, 2)
    assert shown[2:] == [1, 1, 1], "never more than was asked for"


def test_a_tuned_network_has_the_recipe_of_a_tuned_network():
    assert defaults("digits", "fixmatch", "resnet18_tuned")["lr"] < defaults("digits", "fixmatch")["lr"]
    assert defaults("digits", "fixmatch", "resnet18")["model"] == "resnet18"


def test_the_terminal_lists_the_values_of_the_network_that_is_named(hub, capsys):
    from ssl_core.__main__ import main

    assert main(["knobs", "--method", "fixmatch", "--model", "resnet18"]) == 0
    shown = capsys.readouterr().out
    values = defaults("digits", "fixmatch", "resnet18")
    for name in ("model", "lr", "threshold", "scale", "steps"):
        assert f"--{name} {values[name]}" in shown
    assert main(["knobs", "--model", "resnet19"]) == 2
    assert main(["experiment", "--data", "digits", "--methods", "supervised", "--model", "resnet18"]) == 2
    assert "The weights of resnet18 are not here" in capsys.readouterr().err


def test_naming_one_imports_no_torchvision(small):
    """The lists of a page, a refusal and a description: all of it before anything of torchvision is imported."""
    code = (
        "import sys; from ssl_core.train.config import all_knobs, configure; from ssl_core.features.card import find\n"
        f"assert {SMALL!r} in list(all_knobs('fixmatch', 'digits')['model'].choices); assert find({SMALL!r}).width\n"
        f"configure('digits', 'fixmatch', 20, 0, {{'model': {SMALL!r}}})\n"
        "try: configure('digits', 'fixmatch', 20, 0, {'model': 'resnet18'})\n"
        "except ValueError: pass\n"
        "print('torchvision' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=HOUSE, capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("False", "")
