"""A fictitious Lapland and the embedded servers it runs on."""
