"""Few-label learning: data, augmentation, mixing, methods, training and runs, without a user interface."""
