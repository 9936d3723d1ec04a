-- Consent in depth: givers and capacities, guardians, texts, withdrawal for one recipient, scans.
SELECT 1;
