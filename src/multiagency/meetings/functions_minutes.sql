-- Minutes: who sits where, who was named to write, and masking what was approved.

-- Places on agendas at which I sit by a seat, my own or one that I stand in for, which shows me the minutes now.
CREATE FUNCTION my_places() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT s.agenda_item_id FROM access_grant g
    JOIN seat s ON s.id = g.occasion_id AND s.case_id = g.case_id AND s.ended_at IS NULL
    JOIN lawful_basis b ON b.id = g.basis_id AND b.case_id = g.case_id AND b.agency_id = (SELECT current_agency())
    WHERE g.post_id = (SELECT current_post()) AND g.occasion = 'seat'
      AND 'minutes' = ANY (g.kinds) AND 'minutes' = ANY (b.kinds)
      AND g.ended_at IS NULL AND g.valid_from <= statement_timestamp()
      AND (g.valid_to IS NULL OR g.valid_to > statement_timestamp())
      AND b.ended_at IS NULL AND b.valid_from <= statement_timestamp()
      AND (b.valid_to IS NULL OR b.valid_to > statement_timestamp())
      AND g.case_id IN (SELECT granted_cases())
$$;

-- Those of them whose minutes I was named to write, until they are approved: the name alone shows nothing.
CREATE FUNCTION written_places() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT a.id FROM agenda_item a JOIN meeting m ON m.id = a.meeting_id AND m.writer_id = (SELECT current_post())
    WHERE a.id = ANY (ARRAY(SELECT my_places())) AND a.discussed_at IS NULL AND a.ended_at IS NULL
$$;

-- What was approved for single agencies in a case from which the caller has struck somebody in this transaction: the
-- service looks for the name in it, and shows none of it.
CREATE FUNCTION parts_to_mask(wanted_case uuid)
RETURNS TABLE (id uuid, case_id uuid, controller_id uuid, retention_class text, sealed bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT m.id, m.case_id, m.controller_id, m.retention_class, m.text FROM minutes_part m
    WHERE m.case_id = wanted_case AND m.approved_at IS NOT NULL AND m.text IS NOT NULL AND EXISTS (
        SELECT FROM party p WHERE p.case_id = wanted_case AND p.struck_at >= transaction_timestamp()
                              AND p.struck_by_id = current_post())
$$;

-- Masks the name of somebody whom the caller has struck from the case in this transaction, in minutes that the caller
-- reads; the first wording is kept. Nobody may change what was approved otherwise, and nobody reads what was kept.
CREATE FUNCTION mask_minutes(wanted_table text, wanted uuid, masked bytea, kept bytea) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    struck uuid[] := ARRAY(SELECT p.case_id FROM party p WHERE p.struck_at >= transaction_timestamp()
                           AND p.struck_by_id = current_post());
    read uuid[] := ARRAY(SELECT shared_cases('minutes') INTERSECT SELECT unnest(struck));
    own uuid[] := ARRAY(SELECT own_cases('minutes') INTERSECT SELECT unnest(struck));
BEGIN
    IF wanted_table = 'minutes' THEN
        UPDATE minutes SET text = masked, original = coalesce(original, kept)
        WHERE id = wanted AND (case_id = ANY (read) OR controller_id = current_agency() AND case_id = ANY (own))
          AND (approved_at IS NOT NULL OR case_id IN (SELECT acting_cases('minutes', '{coordinate}')));
    ELSIF wanted_table = 'minutes_part' THEN
        UPDATE minutes_part SET text = masked, original = coalesce(original, kept)
        WHERE id = wanted AND case_id = ANY (struck) AND approved_at IS NOT NULL;
    ELSE
        UPDATE minutes_addendum SET text = masked, original = coalesce(original, kept)
        WHERE id = wanted AND (case_id = ANY (read) OR controller_id = current_agency() AND case_id = ANY (own));
    END IF;
    RETURN FOUND;
END $$;
