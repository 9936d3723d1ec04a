-- Legal grounds, disclosures with an inbox, child-welfare decisions, sharing on a ground.
SELECT 1;
