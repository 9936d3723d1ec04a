-- Cases in which the keeper may delete: closed, withdrawn, or still a draft, and under no hold. The command counts the
-- years; this is the net below it.
CREATE FUNCTION over_cases() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.id FROM case_file c
    WHERE (SELECT current_post_role()) = 'keeper'
      AND (c.closed_at IS NOT NULL OR c.withdrawn_at IS NOT NULL OR c.stage_kind = 'draft')
      AND NOT EXISTS (SELECT FROM legal_hold h WHERE h.case_id = c.id AND h.lifted_at IS NULL)
$$;
GRANT EXECUTE ON FUNCTION over_cases() TO multiagency_keeper;

-- The cases that the caller's agency opened and the caller refers, or follows since somebody else has taken them over.
CREATE FUNCTION opened_and_followed() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.id FROM case_file c
    WHERE c.controller_id = current_agency() AND c.id IN (SELECT acting_cases('shell', '{read,refer}'))
      AND EXISTS (SELECT FROM access_grant g
                  WHERE g.case_id = c.id AND g.post_id = current_post() AND g.ended_at IS NULL
                    AND g.occasion IN ('referral', 'opener'))
$$;
