"""Every symbol of every formula is explained, and every stage of a step is a piece of it."""

from __future__ import annotations

import pytest

from ssl_core.knobs import knobs_of
from ssl_core.method_cards import CARDS, FLOWS
from ssl_core.methods import METHODS
from ssl_core.methods.flow import flow_of, in_lines, pieces
from ssl_core.methods.stages import STAGES
from ssl_core.methods.symbols import symbols_of, unexplained
from ssl_core.train.config import all_knobs

every_method = pytest.mark.parametrize("name", METHODS)


@every_method
def test_every_symbol_of_the_formula_is_explained(name):
    assert unexplained(METHODS[name]) == [], f"say what it is in ssl_core/methods/symbols.py or in the class of {name}"
    for symbol in symbols_of(METHODS[name]):
        assert symbol.words
        assert symbol.tex in METHODS[name].formula or any(text in METHODS[name].formula for text in symbol.also)


def test_what_nobody_explains_is_named():
    strange = type("Strange", (METHODS["fixmatch"],), {"formula": r"\frac1B\sum_b H(y_b, p(x_b)) + \omega\,Q"})
    assert unexplained(strange) == [r"\omega", "Q"]
    assert [symbol.tex for symbol in symbols_of(strange)] == ["B", r"\sum_b", "H", "y_b", "p", "x_b"]


def test_a_symbol_is_the_longest_that_stands_there_and_no_part_of_a_command():
    formula = r"\tau_t \tfrac1L \lambda_u(t) \lambda_u \lambda"
    free = type("Free", (METHODS["freematch"],), {"formula": formula})
    assert [symbol.tex for symbol in symbols_of(free)] == [r"\tau_t", "L", r"\lambda_u(t)", r"\lambda_u", r"\lambda"]


@every_method
def test_a_symbol_that_is_a_knob_names_one_that_the_method_has(name):
    named = {symbol.knob for symbol in symbols_of(METHODS[name]) if symbol.knob}
    assert named <= set(all_knobs(name))
    own = {knob for knob in ("threshold", "temperature", "views") if knob in knobs_of(METHODS[name])}
    in_formula = {"T": "temperature", "K": "views", r"\tau": "threshold"}
    assert {in_formula[s.tex] for s in symbols_of(METHODS[name]) if s.tex in in_formula} <= own


def balanced(text):
    depth = 0
    for sign in text.replace(r"\{", "").replace(r"\}", ""):
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            return False
    return depth == 0


@every_method
def test_the_stages_of_a_step_hang_together(name):
    stages = flow_of(name)
    names = [stage.name for stage in stages]
    assert len(set(names)) == len(names)
    assert names[0] == "pictures"
    assert names[-2:] == ["losses", "total"]
    for place, stage in enumerate(stages):
        assert set(stage.after) <= set(names[:place]), "it takes from what comes before it"
        assert bool(stage.after) == (place > 0)
        assert stage.sentence.endswith(".")
        assert stage.sentence[0].isupper() or stage.sentence[0] == "λ"
        assert stage.lane in ("labelled", "unlabelled", "both")
    fed = {before for stage in stages for before in stage.after}
    assert fed == set(names[:-1]), "nothing is computed for nobody"
    assert ("unlabelled" in {stage.lane for stage in stages}) == bool(METHODS[name]().unlabelled_views)


@every_method
def test_a_piece_of_a_formula_has_all_its_brackets_and_can_be_framed(name):
    formula = METHODS[name].formula
    for stage in flow_of(name):
        for piece in pieces(name, stage):
            assert piece
            assert balanced(piece)
            assert piece.count("(") == piece.count(")")
            assert not any(line_end in piece for line_end in (r",\quad", r"]\;", r")\;", r" + \lambda_")), (
                "a line ends in it"
            )
        ends = [place for span in stage.spans for place in span]
        assert ends == sorted(ends), "frames do not overlap"
        framed = in_lines(formula, stage.spans)
        assert framed.count(r"\boxed{") == len(stage.spans)
        assert balanced(framed)
        assert framed.replace(r"\boxed{", "{").count("&") == in_lines(formula).count("&")
    assert {stage.name: pieces(name, stage) for stage in flow_of(name)}["losses"]


def test_what_the_formula_shows_of_fixmatch_and_mixmatch():
    shown = {stage.name: pieces("fixmatch", stage) for stage in flow_of("fixmatch")}
    assert shown["gate"] == (r"\mathbf 1[\max p(u_b^w) \ge \tau]",)
    assert shown["strong"] == ("u_b^s",)
    assert shown["total"] == (r"\lambda_u",)
    shown = {stage.name: pieces("mixmatch", stage) for stage in flow_of("mixmatch")}
    assert shown["mean"] == (r"\tfrac1K\sum_k p(u_b^{(k)})",)
    assert shown["losses"] == (r"H(\tilde y_b,\,p(\tilde x_b))", r"\lVert \tilde q_b - p(\tilde u_b)\rVert^2")


def test_a_knob_is_said_in_the_sentence_it_decides():
    def sentence(name, stage, **knobs):
        return {s.name: s.sentence for s in flow_of(name, METHODS[name](**knobs))}[stage]

    assert "0.8;" in sentence("fixmatch", "gate", threshold=0.8)
    assert "K = 3" in sentence("mixmatch", "views", views=3)
    assert "K is 1" in sentence("mixmatch", "views", views=1)
    assert "T = 0.25" in sentence("mixmatch", "sharpen", temperature=0.25)
    assert "Beta(2, 2)" in sentence("mixmatch", "partner", alpha=2.0)
    assert "α is 0" in sentence("mixmatch", "partner", alpha=0.0)
    assert "Only labelled" in sentence("mixmatch", "partner", mixed="labelled")
    assert "λ is 1" in sentence("mixmatch", "partner", mixed="none")
    assert "average" in sentence("mixmatch", "guess", guesser="average")
    assert "T = 0.5" in sentence("fixmatch", "target", soft=0.5)
    assert "align" in {s.name for s in flow_of("fixmatch", METHODS["fixmatch"](align=True))}
    assert "blends" in {s.name for s in flow_of("supervised", METHODS["supervised"](mix="cutmix"))}


def test_every_flow_of_the_cards_has_stages():
    assert set(STAGES) == set(FLOWS) == {card.flow for card in CARDS.values()}
