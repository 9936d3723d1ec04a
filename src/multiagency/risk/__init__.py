"""Risk checklists and professional judgement."""
