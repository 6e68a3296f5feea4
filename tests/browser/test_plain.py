"""Whatever a stranger's text holds, Streamlit shows its letters: no link, picture, colour, icon, emoji or formula."""

from __future__ import annotations

import pytest

from tests.browser.conftest import HOUSE, Server

HOSTILE = [
    "![see](http://evil.example/pixel.png)",
    "[click](http://evil.example) and [ref][1] and [^1]",
    "<http://evil.example> http://evil.example/a_b https://evil.example HTTPS://EVIL.EXAMPLE",
    "www.evil.example WWW.evil.example (www.evil.example) me@evil.example mailto:me@evil.example",
    "<img src=x onerror=alert(1)> <b>bold</b> <!-- gone --> &lt; &#58;smile&#58; &copy;",
    ":red[blood] :red-background[blood] :blue-badge[b] :small[s] :shimmer[s] :color[x]{foreground=red}",
    ":unknown[what stands here is lost] ::leaf[x]{a=b} :::container",
    ":material/home: :material_home: :streamlit: :smile: :+1: :-1: :100: a:smile:b ::smile::",
    r"\:smile\: \[x](y) \\ \$x\$ \`code\` \<b> end\ ",
    "$x^2$ $$x^2$$ costs $5 and $6 \\(x\\)",
    "# heading",
    "###### heading",
    "- item",
    "+ item",
    "* item",
    "1. item",
    "99) item",
    "> quote",
    "---",
    "***",
    "===",
    "- [ ] task",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "```python\nprint(1)\n```",
    "~~~\ncode\n~~~",
    "    indented",
    "`code` ``co`de`` `",
    "**bold** __bold__ *it* _it_ ~~gone~~ ~gone~ ***both*** a_b_c _a_b_ __a",
    "a -> b <- c <-> d -- e >= f <= g ~= h",
    "-> b <-",
    "[1]: http://evil.example",
    "[^1]: note",
    "a  \nb\n\nc",
    "![x][1]\n\n[1]: http://evil.example/p.png",
    "xmpp:me@evil.example http:/evil http:// www. www.a me@ @you ftp://evil.example",
    "{{x}} {x} !x (x) \"x\" 'x' %s %00 #x =x",
    "\u202etxt.exe",
]
PAGE = """
import sys
sys.path.insert(0, {house!r})
import streamlit as st
from pages.parts.shared.plain import plain
for number, text in enumerate({hostile!r}):
    text = plain(text)
    with st.container(key=f"error-{{number}}"):
        st.error(text)
    with st.container(key=f"caption-{{number}}"):
        st.caption(text)
    with st.container(key=f"markdown-{{number}}"):
        st.markdown(text)
    with st.container(key=f"inside-{{number}}"):
        st.markdown(f"At 12:30:45 **{{text}}** :material/home: :red[**{{text}}**] $x$")
    with st.container(key=f"cell-{{number}}"):
        st.markdown(f"| name |\\n|---|\\n| {{text}} |")
    with st.container(key=f"button-{{number}}"):
        st.button(text, key=number)
    with st.container(key=f"expander-{{number}}"):
        st.expander(text, key=f"e{{number}}").write("x")
    with st.container(key=f"radio-{{number}}"):
        st.radio("r", ["a"], format_func=lambda _: text, key=f"r{{number}}", label_visibility="collapsed")
    with st.container(key=f"toggle-{{number}}"):
        st.toggle(text, key=f"t{{number}}")
    with st.container(key=f"tab-{{number}}"):
        st.tabs([text], key=f"b{{number}}")
"""
SEEN = """() => Object.fromEntries([...document.querySelectorAll("[class*='st-key-']")].map((box) => {
  const name = [...box.classList].find((word) => /st-key-[a-z]+-[0-9]+$/.test(word));
  if (!name) return null;
  const kind = name.split("-")[2];
  const part = kind === "cell" ? box.querySelector("td")
    : kind === "inside" ? box.querySelector("strong")
    : [...box.querySelectorAll("[data-testid=stMarkdownContainer], [data-testid=stCaptionContainer]")].at(kind === "radio" ? -1 : 0);
  const tags = part ? [...part.querySelectorAll("*")].map((tag) => tag.localName) : ["nothing"];
  return [name.slice(7), [part ? part.textContent : "", tags.filter((tag) => tag !== "p")]];
}).filter(Boolean))"""


def expected(text: str) -> str:
    return " ".join(text.split()).replace("\u202e", "\ufffd")


@pytest.fixture(scope="module")
def shown(tmp_path_factory, chromium):
    folder = tmp_path_factory.mktemp("plain")
    (folder / "page.py").write_text(PAGE.format(house=str(HOUSE), hostile=HOSTILE))
    server, asked = Server(folder, script=str(folder / "page.py")), []
    try:
        page = chromium.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto(server.url)
        page.locator(f".st-key-tab-{len(HOSTILE) - 1}").wait_for()
        page.wait_for_function(f"Object.values(({SEEN})()).every(([text]) => text)")
        page.locator(".katex").last.wait_for()
        page.wait_for_timeout(500)  # emoji, which must not come, come later than that
        yield page.evaluate(SEEN), asked
        page.close()
    finally:
        server.close()


@pytest.mark.parametrize("number", range(len(HOSTILE)), ids=[text[:20] for text in HOSTILE])
def test_it_is_shown_letter_by_letter(shown, number):
    seen, _ = shown
    mine = {name: found for name, found in seen.items() if name.endswith(f"-{number}")}
    assert len(mine) == 10
    wrong = {
        name: found
        for name, (text, tags) in mine.items()
        if (found := (text.replace("\u2060", ""), tags)) != (expected(HOSTILE[number]), [])
    }
    assert wrong == {}


def test_no_other_host_is_asked(shown):
    _, asked = shown
    assert [url for url in asked if "127.0.0.1" not in url and not url.startswith("data:")] == []
