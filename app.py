"""The app: `streamlit run app.py`. Serves the pages and the chart library, and loads PyTorch out of the way."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import os
import sys
from collections.abc import AsyncIterator
from functools import lru_cache
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

HOUSE = Path(__file__).resolve().parent
if "--class" in sys.argv[1:]:  # streamlit run app.py -- --class
    os.environ["SSL_CLASS"] = "1"
if str(HOUSE) not in sys.path:  # so that pages can be imported from wherever the server was started
    sys.path.insert(0, str(HOUSE))

from pages.parts.shared.class_begins import begin_class  # noqa: E402
from pages.parts.shared.code import KEPT as KEPT_CODE  # noqa: E402
from pages.parts.shared.door import Door  # noqa: E402
from pages.parts.shared.first_paint import FirstPaint  # noqa: E402
from pages.parts.shared.garbage import collect_at_a_pace  # noqa: E402
from pages.parts.shared.wall_sheet import wall_png  # noqa: E402

KEPT = "max-age=31536000, immutable"  # by the browser, for a year: what lies under such an address never changes


@lru_cache(maxsize=1)
def _plotly_js() -> bytes:
    import importlib.util

    package = Path(importlib.util.find_spec("plotly").origin).parent
    return gzip.compress((package / "package_data" / "plotly.min.js").read_bytes(), 6)


def plotly_js(request: Request) -> Response:
    """The chart library from the installed plotly, a third of its size on the wire, kept by the browser."""
    headers = {"Content-Encoding": "gzip", "Cache-Control": f"public, {KEPT}"}
    return Response(_plotly_js(), media_type="text/javascript", headers=headers)


def wall_sheet(request: Request) -> Response:
    """The pictures of a run's wall."""
    content = wall_png(request.path_params["run"])
    if content is None:
        return Response("There is no such sheet of pictures.\n", 404, media_type="text/plain")
    return Response(content, media_type="image/png", headers={"Cache-Control": f"private, {KEPT}"})


def component_code(request: Request) -> Response:
    """The code of one of our components."""
    content = KEPT_CODE.get(request.path_params["name"])
    if content is None:
        return Response("There is no such code.\n", 404, media_type="text/plain")
    return Response(content, media_type="text/javascript", headers={"Cache-Control": f"public, {KEPT}"})


@contextlib.asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """What goes on for as long as the server does."""
    collecting = asyncio.create_task(collect_at_a_pace(), name="collect garbage")
    shrinking = asyncio.create_task(asyncio.to_thread(_plotly_js))  # while the browser fetches Streamlit's own code
    yield
    await shrinking
    collecting.cancel()


begin_class()
CODE = Route("/lab/code/{name}.js", component_code)
app = st.App(
    HOUSE / "pages" / "_frame.py",  # not app.py itself, so that a deep link can never run a page without its frame
    routes=[Route("/lab/plotly.js", plotly_js), Route("/lab/wall/{run}.png", wall_sheet), CODE],
    middleware=[Middleware(Door), Middleware(FirstPaint)],
    lifespan=lifespan,
)
