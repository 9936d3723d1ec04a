"""The PostgreSQL and mail servers that demo and tests stand on."""
