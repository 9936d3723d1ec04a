"""The service that decides, lawfully and provably, who sits at the table."""

__version__ = "0.1.0"
