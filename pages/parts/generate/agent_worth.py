"""Does it help? The agent against random choice, RandAugment and CTAugment with the same steps, as measured once."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from pages.parts.methods.tables import ASSETS
from pages.parts.shared.live_chart import live_chart
from pages.parts.shared.plain import plain
from ssl_core.data.catalog import find_card
from ssl_core.figures.ablation import ablation_chart, height
from ssl_core.figures.agent_worth import effects_of, more_time, read_table, seeds_of, sentence, worth_rows, worth_words
from ssl_core.method_cards import BLUE

FAIR = (
    "All rows have the same network, recipe and number of steps; random choice is the same agent, which never "
    "uses what it learned. The agent's reward looks at the labels of the validation pictures, which other rows "
    "never see. The last two say what that is worth: an agent rewarded by its own labelled pictures, and "
    "RandAugment that trains on as many labels more."
)


def worth() -> None:
    """Charts and sentences for each setting that was measured."""
    st.subheader("Does it help?")
    table = read_table(ASSETS / "agent.json")
    shown = [(data, labels) for data, counts in table.get("sets", {}).items() for labels in counts]
    shown = [(data, labels) for data, labels in shown if find_card(data) and effects_of(table, data, labels)]
    if not shown:
        st.caption("Nobody has measured this yet: `python -m tests.benchmarks.agent`.")
        return
    for data, labels in shown:
        made, about = effects_of(table, data, labels), find_card(data)
        st.markdown(f"**{about.title.split(',')[0]}, {labels} labels.** {plain(sentence(made), 1000)}")
        live_chart(
            ablation_chart(made, BLUE, f"{about.title.split(',')[0]}, {labels} labels"), alt=worth_words(made),
            key=f"agent_worth_{data}_{labels}", height=height(made),
        )  # fmt: skip
        slower = more_time(table, data, labels)
        time = "" if slower is None else f" The agent itself takes {100 * slower:+.0f} % processor time."
        st.caption(
            f"Error on the test, mean of {len(seeds_of(table, data, labels))} seeds with its 95 % interval; dots are "
            f"seeds. {FAIR}{time} Made by `{table['command']}`."
        )
        with st.expander("As a table", key=f"agent_table_{data}_{labels}"):
            st.dataframe(pd.DataFrame(worth_rows(made)), hide_index=True, key=f"agent_rows_{data}_{labels}")
