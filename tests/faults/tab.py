"""An open tab without a browser: it reads what the page says, lets its live part tick, and presses buttons."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from urllib.parse import urlencode

from google.protobuf.message import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

ENDS = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


class Tab:
    """A page of a running server. `words` is what its last run said, `live` the parts that tick."""

    def __init__(self, port: int, page: str, **query: str) -> None:
        self.page, self.query = page, urlencode(query)
        self.script = ""  # by which the server knows the page once it has told its name
        self.live: set[str] = set()
        self.buttons: dict[str, str] = {}  # the id of each, by what stands on it
        self.words, self.problems = "", []
        self.open = ExitStack()
        address = f"ws://127.0.0.1:{port}/_stcore/stream"
        self.line = self.open.enter_context(
            connect(address, subprotocols=["streamlit"], max_size=None, open_timeout=240, ping_interval=None)
        )
        self._ask()

    def close(self) -> None:
        self.open.close()

    def tick(self) -> None:
        """What the browser's timer does once a second."""
        for part in sorted(self.live):
            self._ask(fragment_id=part, is_auto_rerun=True)

    def press(self, words: str) -> None:
        self.until(lambda tab: words in tab.buttons)
        self._ask(pressed=self.buttons[words])

    def until(self, what: Callable[[Tab], bool], seconds: float = 600.0) -> int:
        """Tick until that holds; says how many ticks it took."""
        limit, ticks = time.monotonic() + seconds, 0
        while not what(self):
            assert time.monotonic() < limit, f"it took too long; the page says {self.words}"
            time.sleep(0.3)
            self.tick()
            ticks += 1
        return ticks

    def _ask(self, pressed: str = "", **state: object) -> None:
        message = BackMsg()
        message.rerun_script.query_string, message.rerun_script.page_script_hash = self.query, self.script
        message.rerun_script.page_name = "" if self.script else self.page
        for key, value in state.items():
            setattr(message.rerun_script, key, value)
        if pressed:
            widget = message.rerun_script.widget_states.widgets.add()
            widget.id, widget.trigger_value = pressed, True
        self.words = ""
        if "fragment_id" not in state:
            self.live.clear()  # the whole page runs, and says anew what of it ticks
        self.line.send(message.SerializeToString())
        while not self._heard(ForwardMsg.FromString(self.line.recv(timeout=300))):
            pass

    def _heard(self, message: ForwardMsg) -> bool:
        """Take one message; True when the script has run to its end."""
        kind = message.WhichOneof("type")
        if kind == "batch":
            return sum(map(self._heard, message.batch.messages)) > 0  # every one of them is heard
        if kind == "auto_rerun":
            self.live.add(message.auto_rerun.fragment_id)
        elif kind == "stop_auto_rerun":
            self.live -= set(message.stop_auto_rerun.fragment_ids)
        elif kind == "navigation":
            self.script = message.navigation.page_script_hash
        elif kind == "delta":
            self._read(message.delta.new_element)
        return kind == "script_finished" and message.script_finished in ENDS

    def _read(self, element: Message) -> None:
        kind = element.WhichOneof("type")
        if kind == "exception":
            self.problems.append(f"{element.exception.type}: {element.exception.message}")
        elif kind == "button":
            self.buttons[element.button.label] = element.button.id
        elif kind in ("markdown", "alert"):
            self.words += getattr(element, kind).body + "\n"
