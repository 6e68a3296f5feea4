"""Asking a trained network about a picture: how sure it is, why, and whether that can be believed."""
