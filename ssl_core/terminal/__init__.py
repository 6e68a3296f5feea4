"""The commands of `python -m ssl_core`, a file each: what it is for, its flags, and what it does."""
