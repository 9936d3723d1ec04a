"""Agenda, seats, invitations, remote rooms and minutes."""
