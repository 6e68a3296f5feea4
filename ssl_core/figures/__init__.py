"""Data in, plotly figure out, with a sentence that says what the figure shows."""
