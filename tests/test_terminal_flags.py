"""What a person types nearly right, or pipes into something that stops reading."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ssl_core.__main__ import COMMANDS, main
from ssl_core.data.catalog import find_card

HOUSE = Path(__file__).resolve().parent.parent


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """folder:... with two classes of pictures, and a store beside it, neither prepared."""
    for name, level in (("dark", 20), ("light", 220)):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        for number in range(12):
            pixels = np.full((8, 8), level + number, np.uint8)
            Image.fromarray(pixels).save(tmp_path / "pictures" / name / f"{number}.png")
    monkeypatch.setenv("SSL_ROOTS", str(tmp_path))
    monkeypatch.setenv("SSL_STORE", str(tmp_path / "runs"))
    return f"folder:{tmp_path / 'pictures'}"


@pytest.mark.parametrize(
    "words",
    [
        ["knobs"],
        ["search", "--labels", "2", "--knob", "lr=0.05:0.5", "--method", "supervised", "--runs", "99999"],
    ],
    ids=lambda words: words[0],
)
def test_every_command_with_a_data_set_prepares_a_folder(folder, capsys, words):
    main([*words, "--data", folder])
    assert "not prepared" not in capsys.readouterr().err
    assert find_card(folder) is not None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("FixMatch", "fixmatch"),
        ("fix-match", "fixmatch"),
        ("fixmatsch", "fixmatch"),
        ("Mean Teacher", "mean_teacher"),
        ("Π-model", "pi_model"),
    ],
)
@pytest.mark.parametrize("command", [["train", "--method"], ["knobs", "--method"], ["experiment", "--methods"]])
def test_a_method_written_otherwise_is_named_as_it_is_written(tmp_path, capsys, command, typed, meant):
    more = [] if command[0] == "knobs" else ["--steps", "5", "--store", str(tmp_path)]
    assert main([*command, typed, *more]) == 2
    told = capsys.readouterr().err.strip()
    assert f"{typed!r}" in told
    assert f"is written {meant}." in told or f"Did you mean {meant}?" in told
    assert "\n" not in told


def test_a_method_like_no_other_lists_them_all(capsys):
    assert main(["train", "--method", "zzz", "--steps", "5"]) == 2
    told = capsys.readouterr().err
    assert "no method 'zzz'" in told
    assert "fixmatch, " in told


def test_a_flag_goes_to_every_method_that_has_it_or_to_the_one_it_names():
    from ssl_core.terminal.flags import read_knobs

    words = ["--steps", "7", "--threshold=0.5", "--fixmatch.threshold", "0.8"]
    assert read_knobs(words, ["supervised", "fixmatch", "flexmatch"]) == {
        "supervised": {"steps": 7},
        "fixmatch": {"steps": 7, "threshold": 0.8},
        "flexmatch": {"steps": 7, "threshold": 0.5},
    }


def test_a_value_that_suits_only_some_of_the_methods_says_which(monkeypatch):
    from ssl_core.knobs import Knob
    from ssl_core.terminal.flags import read_knobs
    from ssl_core.train import config

    tables = {
        "supervised": {"lr": Knob(0.1, "Rate.", 0.0, 1.0)},
        "fixmatch": {"ramp": Knob(0.5, "Share.", 0.0, 1.0)},
        "mixmatch": {"ramp": Knob("none", "How.", choices=("none", "fraction"))},
    }
    monkeypatch.setattr(config, "all_knobs", tables.__getitem__)
    with pytest.raises(ValueError, match=r"^MixMatch does not take --ramp 0\.1: .* --fixmatch\.ramp 0\.1\.$"):
        read_knobs(["--ramp", "0.1"], list(tables))
    assert read_knobs(["--fixmatch.ramp", "0.1"], list(tables))["fixmatch"] == {"ramp": 0.1}
    with pytest.raises(ValueError, match=r"^ramp must .*\.$"):
        read_knobs(["--mixmatch.ramp", "0.1"], list(tables))
    with pytest.raises(ValueError, match="Supervised has no knob 'ramp'"):
        read_knobs(["--supervised.ramp", "0.1"], list(tables))
    with pytest.raises(ValueError, match=r"^--uda\.ramp names a method that is not trained here"):
        read_knobs(["--uda.ramp", "0.1"], list(tables))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_reader_that_stops_reading_is_no_traceback(name, monkeypatch, tmp_path):
    """The command's own output, larger than any pipe, into `head -1`."""
    code = (
        "import sys; from ssl_core import __main__ as terminal\n"
        f"command = terminal.COMMANDS[{name!r}]\n"
        "command.flags = lambda parser: None\n"
        "command.run = lambda *words: [print('line ' * 100) for _ in range(2000)] and 0\n"
        f"sys.exit(terminal.main([{name!r}]))"
    )
    line = f'{sys.executable} -c "$CODE" | head -1'
    seen = subprocess.run(["bash", "-c", line], cwd=HOUSE, env={"CODE": code}, capture_output=True, text=True)
    assert seen.stdout.startswith("line")
    assert seen.stderr == ""


def test_knobs_into_head_is_quiet_even_when_it_fits_a_pipe():
    line = f"{sys.executable} -m ssl_core knobs | true"
    seen = subprocess.run(["bash", "-c", line], cwd=HOUSE, capture_output=True, text=True)
    assert seen.stderr == ""


def test_variants_are_flags_and_alone_are_an_experiment(tmp_path, capfd):
    words = ["--labels", "20", "--steps", "3", "--evaluations", "1", "--store", str(tmp_path), "--json"]
    low, named = ["--variant", "fixmatch", "threshold=0.8"], ["--variant", "fixmatch", "soft=1", "name=soft one"]
    assert main(["experiment", *low, *named, *words]) == 0
    rows = json.loads(capfd.readouterr().out.splitlines()[-1])["runs"]
    assert [(row["method"], row["variant"]) for row in rows] == [("fixmatch", "τ = 0.8"), ("fixmatch", "soft one")]
    assert main(["experiment", "--variant", "fixmatch", "tau=0.8", *words]) == 2
    assert capfd.readouterr().err.count("\n") == 1


def test_ablate_says_what_each_change_does_and_keeps_it(tmp_path, capfd):
    words = ["ablate", "--method", "mixmatch", "--seeds", "0", "--steps", "1", "--evaluations", "1", "--batch", "4"]
    words += ["--store", str(tmp_path / "runs"), "--out", str(tmp_path / "table.json")]
    assert main(words) == 0
    said = capfd.readouterr().out
    assert "Published errors: Berthelot et al. 2019" in said
    assert "One seed has no interval" in said
    entry = json.loads((tmp_path / "table.json").read_text())["methods"]["mixmatch"]["digits"]["20"]
    assert list(entry["test"])[:2] == ["as it is", "K = 1"]
    assert entry["command"].endswith("--seeds 0 --steps 1 --evaluations 1 --batch 4")
    assert main(["ablate", "--method", "vat", "--store", str(tmp_path / "runs")]) == 2
    assert "Nobody has taken VAT apart yet" in capfd.readouterr().err
