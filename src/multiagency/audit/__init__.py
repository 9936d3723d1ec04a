"""The log that proves itself: entries, their numbering, the tree, checkpoints and the verifier."""
