"""Legal grounds, disclosures and what arrives by them, child-welfare notifications, sharing on a ground."""
