"""Finding the same people again: keyed look-up hashes, other names, and earlier cases for the coordinator alone."""
