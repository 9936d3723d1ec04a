"""Consultation without identity: a professional asks a team about a situation, and nobody says who it is about."""
