-- An auditor who is a party to a case does not read its log.
SELECT 1;
