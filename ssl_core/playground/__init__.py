"""A plane to play in: two numbers a row, a handful of labels, and the same methods that train on pictures."""
