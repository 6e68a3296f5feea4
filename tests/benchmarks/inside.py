"""What looking inside a step costs: the traced step, and the whole page once everything is loaded.

    python -m tests.benchmarks.inside

Processor time, the median of several: it is the same on a busy machine.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]


def median(work: Callable[[], object], times: int = 7) -> float:
    """Milliseconds of processor time."""
    taken = []
    for _ in range(times):
        began = time.process_time()
        work()
        taken.append(1000 * (time.process_time() - began))
    return statistics.median(taken)


def main() -> None:
    """Print both, and what keeping two moments costs a run."""
    import io
    import os

    import torch
    from streamlit.testing.v1 import AppTest

    os.environ["SSL_STORE"] = tempfile.mkdtemp()
    from ssl_core.data import load
    from ssl_core.inside.rows import view_of
    from ssl_core.inside.trace import trace
    from ssl_core.train.config import configure
    from ssl_core.train.moments import moment_of
    from ssl_core.train.trainee import Trainee

    for data in ("digits", "shapes"):
        for method in ("supervised", "fixmatch", "mixmatch", "remixmatch", "mean_teacher"):
            config, rows = configure(data, method, 40, 0), load(data)
            cost = median(lambda c=config, r=rows: view_of(trace(c, r)))
            print(f"{data:7} {method:13} one slider: {cost:6.1f} ms")
    trainee = Trainee(configure("digits", "fixmatch", 40, 0), load("digits"))
    print(f"keeping one moment: {median(lambda: torch.save(moment_of(trainee), io.BytesIO())):.1f} ms, twice a run")

    page = AppTest.from_file(str(HOUSE / "pages" / "_frame.py"), default_timeout=300).run()
    page.switch_page(str(HOUSE / "pages" / "inside.py")).run()
    print(f"the page, warm: {median(page.run):.0f} ms")
    slider = next(s for s in page.slider if s.key == "fixmatch-threshold")
    values = iter(range(1, 50))
    print(f"the page after a slider: {median(lambda: slider.set_value(next(values) / 50).run()):.0f} ms")


if __name__ == "__main__":
    main()
