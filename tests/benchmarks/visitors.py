"""Visitors for tests/benchmarks/viewers.py: they ask as a browser's timer does, whether the last answer came or not."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import random
import secrets
import time
from collections import deque

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from pages.parts.shared.door import COOKIE
from tests.faults.viewer import PATH, Viewer

FULL = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_WITH_COMPILE_ERROR)
PART = ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY
PATIENCE = 60.0  # seconds, after which a page that did not come is one that did not open
GONE = (OSError, TimeoutError, WebSocketException)


class Visitor(Viewer):
    """One tab. `opened`: seconds until the first page was whole, None where it never was."""

    def __init__(self, port: int, page: str = "", **query: str) -> None:
        super().__init__(port, page, **query)
        self.token = secrets.token_urlsafe(32)  # of a browser of its own
        self.opened: float | None = None
        self.every = 0.0  # seconds between two ticks, as the page asks for them; 0: none
        self.asked = self.bytes = 0
        self.clicks: list[float] = []  # seconds until the page that was clicked for was whole
        self._waiting: deque[float] = deque()  # when each tick was asked for that has no answer
        self._known: dict[str, int] = {}  # big messages that a browser keeps and need not be sent again
        self._page: asyncio.Future[None] | None = None

    @property
    def browser(self) -> str:
        """As pages/parts/shared/visitor.py knows it."""
        return hashlib.sha256(f"few-label-lab {self.token}".encode()).hexdigest()[:32]

    async def come(self) -> None:
        """Open the page and go on listening."""
        begun = time.monotonic()
        try:
            self.line = await connect(
                f"ws://127.0.0.1:{self.port}{PATH}",
                subprotocols=["streamlit"],
                max_size=None,
                open_timeout=PATIENCE,
                additional_headers={"Cookie": f"{COOKIE}={self.token}"},
            )
            self._listening = asyncio.create_task(self._listen())
            await self._whole(self.page)
            self.opened = time.monotonic() - begun
        except GONE as wrong:
            self.problems.append(f"did not open: {type(wrong).__name__}")

    async def watch(self, end: float) -> None:
        """Let the live part tick until `end`, on the clock of time.monotonic."""
        await self.come()
        while time.monotonic() < end:
            await asyncio.sleep(self.every or 1.0)
            if self.live and self.every and time.monotonic() < end:
                self.asked += 1
                self._waiting.append(time.monotonic())
                await self._send(fragment=self.live)

    async def click(self, end: float, pages: list[str], chance: random.Random) -> None:
        """Go from page to page, with a look of 2 to 6 seconds at each."""
        await self.come()
        while time.monotonic() < end and self.opened is not None:
            await asyncio.sleep(chance.uniform(2, 6))
            begun, page = time.monotonic(), chance.choice(pages)
            try:
                await self._whole(page)
                self.clicks.append(time.monotonic() - begun)
            except GONE as wrong:
                self.problems.append(f"{page} did not open: {type(wrong).__name__}")

    async def leave(self) -> None:
        if hasattr(self, "line"):
            await self.line.close()
            with contextlib.suppress(*GONE):
                await self._listening

    async def _whole(self, page: str) -> None:
        self.live, self.every, self.page = "", 0.0, page
        self._page = asyncio.get_running_loop().create_future()
        await self._send()
        await asyncio.wait_for(self._page, PATIENCE)

    async def _send(self, fragment: str = "") -> None:
        state = ClientState(query_string=self.query, page_name=self.page, fragment_id=fragment)
        state.is_auto_rerun = bool(fragment)
        state.cached_message_hashes.extend(self._known)
        with contextlib.suppress(*GONE):
            await self.line.send(BackMsg(rerun_script=state).SerializeToString())

    async def _listen(self) -> None:
        with contextlib.suppress(*GONE):
            async for data in self.line:
                self.bytes += len(data)
                message = ForwardMsg.FromString(data)
                for part in message.batch.messages if message.WhichOneof("type") == "batch" else [message]:
                    self._hear(part)

    def _hear(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if message.metadata.cacheable:
            self._known[message.hash] = len(self.ticks)
        if kind == "auto_rerun":
            self.live, self.every = message.auto_rerun.fragment_id, message.auto_rerun.interval
        elif kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
            self.problems.append(message.delta.new_element.exception.message)
        elif kind == "script_finished" and message.script_finished == PART and self._waiting:
            self.ticks.append(time.monotonic() - self._waiting[0])
            self._waiting.clear()  # those behind it were asked for while it was on its way: one answer for all
            self._known = {name: at for name, at in self._known.items() if at >= len(self.ticks) - 3}
        elif kind == "script_finished" and message.script_finished in FULL and self._page and not self._page.done():
            self._page.set_result(None)
