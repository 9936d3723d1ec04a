"""Agencies, persons, posts, teams and sign-in."""
