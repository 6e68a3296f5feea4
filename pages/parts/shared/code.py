"""A component's code under an address of its own, which browsers keep.

Streamlit sends the code of a component anew with every change of its data: on a live page that was most of what each
tick sent to each viewer.
"""

from __future__ import annotations

import hashlib

KEPT: dict[str, bytes] = {}  # by the name in the address: all that the modules of the pages have said
_LOADER = """
const address = new URL("lab/code/%s.js", document.baseURI).href;
const wait = (time) => new Promise((done) => setTimeout(done, time));
const again = (time) => wait(time).then(() => import(address + "?again=" + Date.now()));
const code = await import(address).catch(() => again(500)).catch(() => again(3000));
export default code.default;
"""


def kept(js: str) -> str:
    """The few lines that fetch this code; the address changes with it."""
    content = js.encode()
    name = hashlib.sha256(content).hexdigest()[:20]
    KEPT[name] = content
    return _LOADER % name
