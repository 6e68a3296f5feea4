"""A run is a folder; a worker is a command. Everything about starting, watching, stopping and resuming runs."""
