-- What auditors ask, in ids; and what is kept from an auditor who is a party to a case, or biased in it: they read
-- neither its log nor its rights, and handle no request for log data about the people in it: it would tell who helps,
-- when and where. Bars of an agency do not count here, or nobody could audit. Nobody is told by this that such a case
-- exists: what is kept out looks like what is not there.

-- Everything that is kept from the auditor who asks: cases in which a personal bar stands against them, and cases that
-- name their identity code now, also when they came to the staff later and no bar was ever found (one that was lifted is
-- somebody's decision and stays so); whoever is in those cases; requests for log data that the auditor made, or that
-- are about them or about somebody in those cases, or that such a case was attached to.
CREATE FUNCTION kept_from_auditor() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    WITH me AS (
        SELECT l.person_id, n.identity_hash FROM live_session() l JOIN person n ON n.id = l.person_id
        WHERE l.role = 'auditor'
    ), biased AS (
        SELECT x.case_id FROM me JOIN access_bar x ON x.person_id = me.person_id
        WHERE x.valid_from <= statement_timestamp() AND (x.valid_to IS NULL OR x.valid_to > statement_timestamp())
        UNION
        SELECT h.case_id FROM me JOIN lookup_hash h ON h.hash = me.identity_hash AND h.what = 'identity_code'
            AND NOT h.former
        WHERE NOT EXISTS (SELECT FROM access_bar x WHERE x.case_id = h.case_id AND x.person_id = me.person_id)
    ), people AS (
        SELECT h.subject_id, h.hash, h.what FROM lookup_hash h WHERE h.case_id IN (SELECT b.case_id FROM biased b)
    ), codes AS (
        SELECT p.hash FROM people p WHERE p.what = 'identity_code' UNION SELECT me.identity_hash FROM me
    )
    SELECT b.case_id FROM biased b
    UNION SELECT p.subject_id FROM people p
    UNION SELECT r.id FROM log_request r
    WHERE r.subject_hash IN (SELECT c.hash FROM codes c) OR r.requester_hash IN (SELECT c.hash FROM codes c)
    UNION SELECT t.request_id FROM log_request_attachment t
    WHERE t.detached_at IS NULL AND t.matter_id IN (SELECT b.case_id FROM biased b)
$$;

-- The same cases and requests by reference: an entry of a refusal names no more.
CREATE FUNCTION references_kept_from_auditor() RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.reference FROM case_file c WHERE c.id IN (SELECT kept_from_auditor())
    UNION SELECT r.reference FROM log_request r WHERE r.id IN (SELECT kept_from_auditor())
$$;

-- The entries about those: without a detail they would look erased. Nothing is read where nothing is kept.
CREATE FUNCTION entries_kept_from_auditor() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT d.entry_id FROM audit_detail d WHERE d.case_id = ANY (ARRAY(SELECT kept_from_auditor()))
    UNION
    SELECT d.entry_id FROM audit_detail d WHERE d.subject_id = ANY (ARRAY(SELECT kept_from_auditor()))
    UNION
    SELECT d.entry_id FROM audit_detail d
    WHERE EXISTS (SELECT FROM references_kept_from_auditor()) AND d.case_id IS NULL
      AND d.case_reference = ANY (ARRAY(SELECT references_kept_from_auditor()))
$$;

-- The rights register (703/2023 section 9): auditors read who held which right and why, and no client data.
-- Of these cases, or of the one with this reference: by their indexes, however many cases there are.
CREATE FUNCTION case_references(wanted uuid[], wanted_reference text) RETURNS TABLE (id uuid, reference text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT c.id, c.reference FROM case_file c
    WHERE (SELECT current_post_role()) = 'auditor' AND c.id = ANY (wanted)
      AND c.id <> ALL (ARRAY(SELECT kept_from_auditor()))
    UNION
    SELECT c.id, c.reference FROM case_file c
    WHERE (SELECT current_post_role()) = 'auditor' AND c.reference = wanted_reference
      AND c.id <> ALL (ARRAY(SELECT kept_from_auditor()))
$$;

-- Whom one of these hashes belongs to, as the log names its subjects: the case of a client, and the record of anybody.
-- Ids only, for an auditor; whoever is kept out of a case is not told that somebody stands in it.
CREATE FUNCTION logged_subjects(wanted bytea[]) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    WITH found AS (
        SELECT h.case_id, h.subject_id, h.role FROM lookup_hash h
        WHERE (SELECT current_post_role()) = 'auditor' AND h.hash = ANY (wanted)
          AND h.what IN ('identity_code', 'name', 'similar_name')
          AND h.case_id <> ALL (ARRAY(SELECT barred_cases((SELECT l.person_id FROM live_session() l)))))
    SELECT case_id FROM found WHERE role = 'client' UNION SELECT subject_id FROM found
$$;

-- When the meeting of a seat ends: an auditor asks whether somebody who read was to sit at a table.
CREATE FUNCTION seat_ends() RETURNS TABLE (seat_id uuid, ends_at timestamptz) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT s.id, m.ends_at FROM seat s
    JOIN agenda_item a ON a.id = s.agenda_item_id JOIN meeting m ON m.id = a.meeting_id
    WHERE (SELECT current_post_role()) = 'auditor'
$$;
