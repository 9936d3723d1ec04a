"""The plan: who does what by when, and how it went."""
