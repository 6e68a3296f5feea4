"""A run in other forms: command line, CSV, JSON, zip, event files, and one script that needs nothing of ours."""
