"""How fast style transfer is: seconds to the first changed picture, to half the style loss, and what 30 seconds give.

python -m tests.benchmarks.style [--side 160] [--lens efficientnet_lite0 random] [--seconds 30]

Wall and processor seconds of one thread, in this process; a run's own process starts 0.2 s later (forkserver).
"""

from __future__ import annotations

import argparse
import time

import torch

from ssl_core.generate.config import configure
from ssl_core.generate.loop import make


class Watch:
    """Notes, for every row and picture, what the clocks say; the run ends when its processor time is up."""

    def __init__(self, seconds: float) -> None:
        self.wall, self.spent, self.seconds = time.monotonic(), time.process_time(), seconds
        self.first, self.rows = (0.0, 0.0), []

    def now(self) -> tuple[float, float]:
        return time.monotonic() - self.wall, time.process_time() - self.spent

    def look(self, step: int, views: dict[str, torch.Tensor]) -> None:
        if step and not self.first[0]:
            self.first = self.now()

    def report(self, row: dict) -> None:
        if "loss_style" in row:
            self.rows.append((*self.now(), row))

    def over(self) -> bool:
        return self.now()[1] > self.seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--side", type=int, default=160)
    parser.add_argument("--lens", nargs="+", default=["efficientnet_lite0", "random"])
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--style", nargs="+", default=["strokes", "mosaic", "flower"])
    args = parser.parse_args()
    for lens in args.lens:
        for style in args.style:
            values = {"side": args.side, "lens": lens, "style": style, "device": "cpu"}
            watch = Watch(args.seconds)
            make(configure("", "style", values=values), None, watch.report, look=watch.look, stop=watch.over)
            begun, rows = watch.rows[0][2]["loss_style"], watch.rows
            half = next((row for row in rows if row[2]["loss_style"] < begun / 2), rows[-1])
            wall, spent, last = rows[-1]
            print(
                f"{lens:<20} {style:<9} first change {watch.first[0]:.1f} s (processor {watch.first[1]:.1f})  "
                f"half the style loss after {half[0]:.1f} s ({half[1]:.1f})  step {last['step']} after {wall:.1f} s "
                f"({spent:.1f}): style {last['loss_style']:.3f} of {begun:.3f}, content {last['loss_content']:.2f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
