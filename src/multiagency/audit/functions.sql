-- When an entry was made, as its hashed bytes say: what counts for the law's twelve years. Null where they cannot be read:
-- such an entry is kept.
CREATE FUNCTION hashed_at(body bytea) RETURNS timestamptz LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN (convert_from(body, 'UTF8')::jsonb ->> 'at')::timestamptz;
EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
END $$;
GRANT EXECUTE ON FUNCTION hashed_at(bytea) TO multiagency_keeper;

-- An entry waits for its number from the moment that it exists, and no sooner for others: in its own transaction.
CREATE FUNCTION await_number() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO audit_waiting SELECT id FROM written;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION await_number() FROM PUBLIC;
CREATE TRIGGER await_number AFTER INSERT ON audit_entry REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION await_number();
