"""The augmentation studio without its widgets: pictures to look at, and what a pipeline does to them."""
