"""Pictures as files: what is read at all, reading a stranger's, and writing our own."""
