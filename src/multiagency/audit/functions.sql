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
