"""Networks that have seen other pictures, and what they see in ours: looked at once, kept, and shared by runs."""
