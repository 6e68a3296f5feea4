"""Nicknames: one rule for whatever people type, and when two are the same."""

from __future__ import annotations

import unicodedata

import pytest

from ssl_core.label.journal import person
from ssl_core.people import names

HOSTILE = [
    "<b onclick=x>Anna</b>", "[a](http://x)", "x" * 10_000, "Anna\u202eevil", "\u2066Anna\u2069", "../../etc/passwd",
    "C:\\Windows", "a\0b", "\ud800Anna", "**Anna**", ":red[Anna]", "$x^2$", "=1+1", "Anna\nBob", "　Anna　", "\U0001f600 Anna",
]  # fmt: skip
NOTHING = ["", "   ", "\u200b", "\u3164", "\u115f\uffa0", "...", "/../", "\u0301", "<>", "--", "\u202e", "\u034f"]


@pytest.mark.parametrize("nickname", HOSTILE)
def test_whatever_is_typed_becomes_a_short_name_without_marks(nickname):
    name = names.clean(nickname)
    assert 1 <= len(name) <= names.MOST and not set(name) & set("<>[]()/\\*:$=^\n\0`|&~#'\"")
    assert not [sign for sign in name if unicodedata.category(sign)[0] in "CZ" and sign != " "]
    assert names.clean(name) == name == person(nickname), "cleaned once, by one rule"


@pytest.mark.parametrize("nickname", NOTHING)
def test_what_shows_nothing_is_no_name(nickname):
    assert names.clean(nickname) == "" and names.trouble(nickname).endswith("a letter or a digit.")


@pytest.mark.parametrize("nickname", ["Anna", "José", "李雷", "محمد", "Анна", "अनिता", "Anna-Lena 2"])
def test_names_of_any_script_stay_as_they_are(nickname):
    assert names.clean(nickname) == nickname and names.trouble(nickname) == ""


def test_names_that_mean_anybody_are_refused():
    assert all(names.trouble(name) for name in ("me", "Me", "SOMEBODY", "\uff4d\uff45", "No nickname"))


def test_the_same_name_is_seen_through_capitals_and_width():
    assert names.key("Anna") == names.key("ANNA") == names.key("\uff21nna") != names.key("Anne")


def test_a_number_behind_makes_a_name_free():
    assert names.beside("Anna", ["anna", "Bob"]) == "Anna 2"
    assert names.beside("Anna", ["Anna", "ANNA 2", "anna 3"]) == "Anna 4"
    long = "x" * names.MOST
    assert len(names.beside(long, [long])) == names.MOST and names.clean(names.beside(long, [long])).endswith(" 2")


def test_a_class_is_asked_for(monkeypatch):
    monkeypatch.delenv("SSL_CLASS", raising=False)
    assert not names.class_mode()
    monkeypatch.setenv("SSL_CLASS", "0")
    assert not names.class_mode()
    monkeypatch.setenv("SSL_CLASS", "1")
    assert names.class_mode()
