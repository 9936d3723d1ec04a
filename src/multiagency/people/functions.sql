-- What the actor told others, and whether somebody may still be told.

CREATE FUNCTION sent_notices() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$ SELECT id FROM notice WHERE sender_id = current_post() $$;

-- Asked just before a notice's mail leaves: is the post still held, by somebody whom no bar keeps out of the case?
CREATE FUNCTION may_be_noticed(wanted_notice uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM notice n JOIN post p ON p.id = n.post_id
        WHERE n.id = wanted_notice
          AND (current_post_role() = 'worker' OR n.sender_id = current_post())
          AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp())
          AND (n.case_id IS NULL OR n.case_id <> ALL (ARRAY(SELECT barred_cases(p.person_id)))))
$$;
