"""From a configuration to a trained network: the loop, averaging, evaluation, checkpoints."""
