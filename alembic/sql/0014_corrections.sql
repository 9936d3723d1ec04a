-- Corrections after a case was submitted.
SELECT 1;
