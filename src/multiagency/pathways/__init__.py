"""The declared models of work: MARAK first."""
