-- Consultation without identity: what is in sight, and how it ends.

-- The open questions of mine, or to teams that I coordinate: their words, and the keys of these, are mine to read.
CREATE FUNCTION consultations_in_sight() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.id FROM consultation c WHERE c.ended_how IS NULL AND c.asker_id = (SELECT current_post())
    UNION ALL
    SELECT c.id FROM consultation c WHERE c.ended_how IS NULL AND c.team_id = ANY (ARRAY(SELECT coordinated_teams()))
$$;

-- Ends a question for good: its words and their key are deleted, and the row tells no more who asked. What is left is a
-- count. For whoever asked; for the worker once its last day is over. False where there is no such question.
CREATE FUNCTION end_consultation(wanted uuid, how text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE consultation c SET ended_how = how, asker_id = NULL, changed_at = NULL
    WHERE c.id = wanted AND c.ended_how IS NULL AND (
        how IN ('became_case', 'ended') AND c.asker_id = current_post()
        OR how = 'ran_out' AND current_post_role() = 'worker'
           AND c.ends_on < (statement_timestamp() AT TIME ZONE 'Europe/Helsinki')::date);
    IF NOT FOUND THEN RETURN false; END IF;
    DELETE FROM consultation_words w WHERE w.consultation_id = wanted;
    DELETE FROM data_key k WHERE k.case_id IS NULL AND k.retention_class = 'consultation-' || wanted;
    RETURN true;
END $$;
