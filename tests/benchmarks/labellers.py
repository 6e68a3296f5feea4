"""Many people label one set at once: how long each waits from a key to the next picture, and whether anything is lost.

    python -m tests.benchmarks.labellers [--people 10] [--labels 40] [--pause 1.0] [--data digits] [--order typical]
                                         [--store FOLDER]

A real server; each of the people is a websocket that speaks as a browser does (tests/faults/viewer.py) and presses class
buttons of the Label page, `--pause` seconds after the picture came, with the two networks learning meanwhile. A wait ends
when the buttons of the next picture have arrived; what a browser needs to draw them is not in it. At the end the journal
must hold every press, under the right nickname, and no picture twice. The set's features are kept in --store.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import time
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from ssl_core.data import card
from ssl_core.label.journal import Journal
from tests.benchmarks.app import cpu_seconds
from tests.browser.conftest import Server
from tests.faults.viewer import ENDS, Viewer

SAY = re.compile(r"label_say_(\d+)_([0-9a-f]+)$")
LIMIT = 600.0  # seconds for the first look at the pictures


class Labeller(Viewer):
    """A person with a nickname: `choices` are the class buttons of the picture in front, by place."""

    def __init__(self, port: int, who: str, **query: str) -> None:
        super().__init__(port, "label", **query)
        self.who, self.ids, self.fragment = who, {}, ""
        self.choices: dict[int, str] = {}
        self.number, self.waits, self.presses = "", [], []

    async def sit_down(self) -> None:
        """Open the page, say the nickname, and wait until there is a picture."""
        await self.open()
        state = WidgetState(id=self.ids["label_who"], string_value=self.who)
        limit = time.monotonic() + LIMIT
        await self.send(state)
        while not self.choices:
            assert time.monotonic() < limit, f"{self.who} sees no picture"
            await asyncio.sleep(0.5)
            await self.send()

    async def press(self, place: int) -> None:
        """Say a class, and wait for another picture or for the end of the script."""
        number, begun = self.number, time.perf_counter()
        self.presses.append((number, place))
        button = WidgetState(id=self.choices[place], trigger_value=True)
        self.choices = {}
        await self.send(button, fragment=self.fragment, until=lambda: self.number != number)
        self.waits.append(time.perf_counter() - begun)
        await self.rest()

    async def send(self, *widgets: WidgetState, fragment: str = "", until=lambda: False) -> None:
        """Ask for a run with these widgets, and hear it until it says enough or has ended."""
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_name, state.fragment_id = self.query, self.page, fragment
        state.widget_states.widgets.extend(widgets)
        await self.line.send(message.SerializeToString())
        self._ended = False
        while not self._ended and not until():
            await self._hear()

    async def rest(self) -> None:
        """Hear the run to its end."""
        while not self._ended:
            await self._hear()

    async def _hear(self) -> None:
        message = ForwardMsg.FromString(await asyncio.wait_for(self.line.recv(), 60))
        for part in message.batch.messages if message.WhichOneof("type") == "batch" else [message]:
            if self._heard(part):
                self._ended = True

    def _heard(self, message: ForwardMsg) -> bool:
        ended = super()._heard(message)
        if message.WhichOneof("type") == "delta":
            element = message.delta.new_element
            kind = element.WhichOneof("type")
            if kind == "text_input" and element.text_input.id.endswith("label_who"):
                self.ids["label_who"] = element.text_input.id
            if kind == "button" and (found := SAY.search(element.button.id)):
                self.choices[int(found[1])] = element.button.id
                self.number, self.fragment = found[2], message.delta.fragment_id
        return ended or (message.WhichOneof("type") == "script_finished" and message.script_finished in ENDS)


async def label(server: Server, args: argparse.Namespace) -> tuple[list[Labeller], float]:
    """Everybody's sitting; the people, and CPU seconds of the server meanwhile."""
    query = {"label_data": args.data, "label_begun": args.data, "label_order": args.order}
    people = [Labeller(server.port, f"person {n}", **query) for n in range(args.people)]
    await people[0].sit_down()
    await asyncio.gather(*(person.sit_down() for person in people[1:]))

    async def sit(person: Labeller) -> None:
        draws = random.Random(person.who)
        for _ in range(args.labels):
            await asyncio.sleep(draws.uniform(0.5, 1.5) * args.pause)
            await person.press(draws.choice(sorted(person.choices)))
            if not person.choices:
                return  # no picture is left

    spent = cpu_seconds(server.process.pid)
    await asyncio.gather(*map(sit, people))
    return people, cpu_seconds(server.process.pid) - spent


def check(people: list[Labeller], data: str) -> str:
    """What the journal says of all that was pressed; raises AssertionError where a press is lost or a picture twice."""
    classes = card(data).classes
    journal = Journal(data, classes)
    pressed = {(person.who, number, classes[place]) for person in people for number, place in person.presses}
    written = [(act["who"], *next(iter(act["says"].items()))) for act in journal.acts() if "says" in act]
    numbers = [number for _, number, _ in written]
    assert sorted(written) == sorted(pressed), "a press was lost or written otherwise"
    assert len(numbers) == len(set(numbers)), "a picture was asked about twice"
    assert not any(person.problems for person in people), [person.problems for person in people]
    return f"{len(written)} presses, all in the journal, no picture asked about twice"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=10)
    parser.add_argument("--labels", type=int, default=40)
    parser.add_argument("--pause", type=float, default=1.0)
    parser.add_argument("--data", default="digits")
    parser.add_argument("--order", default="typical")
    parser.add_argument("--store", type=Path, default=Path("/tmp/few-label-lab-labellers"))
    args = parser.parse_args()
    args.store.mkdir(parents=True, exist_ok=True)
    server = Server(args.store)
    os.environ["SSL_STORE"] = str(server.store.root)
    journal = Journal(args.data).path
    journal.unlink(missing_ok=True)
    try:
        people, cpu = asyncio.run(label(server, args))
    finally:
        server.close()
    waits = sorted(1000 * wait for person in people for wait in person.waits)
    p50, p95 = (waits[int(share * (len(waits) - 1))] for share in (0.5, 0.95))
    print(check(people, args.data))
    print(
        f"{args.people} people, {len(waits)} labels, asked by {args.order}: key to next picture p50 {p50:.0f} ms, "
        f"p95 {p95:.0f} ms, longest {waits[-1]:.0f} ms; {1000 * cpu / len(waits):.0f} ms of the server's processor a "
        f"label, lines that learn included; load of this box {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )


if __name__ == "__main__":
    main()
