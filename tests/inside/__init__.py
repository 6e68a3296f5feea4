"""Looking inside a step: the page shows what training computes."""
