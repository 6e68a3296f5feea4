"""Makers of pictures: networks that learn what pictures look like, and what their pictures are worth."""
