"""Agents that learn what to do from rewards alone; they know nothing of pictures."""
