"""A visitor without a browser: the websocket and the messages that Streamlit's pages speak."""

from __future__ import annotations

import asyncio
import base64
import os
import socket
import time
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

PATH = "/_stcore/stream"
ENDS = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


def request(host: str, origin: str | None, cookie: str | None = None) -> bytes:
    lines = [
        f"GET {PATH} HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Protocol: streamlit",
        *([f"Origin: {origin}"] if origin else []),
        *([f"Cookie: {cookie}"] if cookie else []),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def handshake(port: int, *, host: str, origin: str | None = None) -> int:
    """The status of an attempt to open the websocket: 101 where it was opened."""
    with socket.create_connection(("127.0.0.1", port), timeout=300) as line:
        line.sendall(request(host, origin))
        return int(line.recv(64).split()[1])


class Viewer:
    """One open page: `open` loads it, `tick` asks for its live part once, as the browser's timer does."""

    def __init__(self, port: int, page: str = "", **query: str) -> None:
        self.port, self.page, self.query = port, page, urlencode(query)
        self.live = ""  # the id of the live part
        self.problems: list[str] = []
        self.ticks: list[float] = []  # seconds each took, kept by who asks

    async def open(self) -> float:
        """Connect and run the page once; seconds that took."""
        self.line = await connect(
            f"ws://127.0.0.1:{self.port}{PATH}",
            subprotocols=["streamlit"],
            max_size=None,
            open_timeout=240,
            ping_interval=None,  # a server that fifty ask may be late with its pongs
        )
        return await self._ask(fragment="")

    async def tick(self) -> float:
        return await self._ask(fragment=self.live)

    async def close(self) -> None:
        await self.line.close()

    async def _ask(self, fragment: str) -> float:
        begun = time.monotonic()
        state = ClientState(query_string=self.query, page_name=self.page, fragment_id=fragment)
        state.is_auto_rerun = bool(fragment)
        await self.line.send(BackMsg(rerun_script=state).SerializeToString())
        while True:
            message = ForwardMsg.FromString(await asyncio.wait_for(self.line.recv(), 240))
            for part in message.batch.messages if message.WhichOneof("type") == "batch" else [message]:
                if self._heard(part):
                    return time.monotonic() - begun

    def _heard(self, message: ForwardMsg) -> bool:
        """Take one message; True when the script has run to its end."""
        kind = message.WhichOneof("type")
        if kind == "auto_rerun":
            self.live = message.auto_rerun.fragment_id
        elif kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
            self.problems.append(message.delta.new_element.exception.message)
        return kind == "script_finished" and message.script_finished in ENDS
