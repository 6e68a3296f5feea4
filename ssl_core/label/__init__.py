"""Spending a budget of labels: which picture is asked about next, what people said of it, and what it has brought."""
