"""The auditor's view: who saw what and why, never the case itself."""
