"""How the log is kept honest: self-check, alarms, witnesses, proofs and numbers for monitoring."""
