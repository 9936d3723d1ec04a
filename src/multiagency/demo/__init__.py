"""A fictitious Lapland, and everything that a demonstration of it needs."""
