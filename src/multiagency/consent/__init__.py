"""Consent given and withdrawn: the live gate in front of every disclosure."""
