-- Corrections after the submission: who is a child since when, seats that can be given again, and representatives who
-- turn out to be suspected.

ALTER TABLE party ADD COLUMN role_since TIMESTAMP WITH TIME ZONE;
-- Until now the time in the id (UUIDv7, its first 48 bits are milliseconds) said since when somebody is a child.
ALTER TABLE party NO FORCE ROW LEVEL SECURITY;
UPDATE party SET role_since = to_timestamp(('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint / 1000.0);
ALTER TABLE party FORCE ROW LEVEL SECURITY;
ALTER TABLE party ALTER COLUMN role_since SET NOT NULL;
GRANT UPDATE (role_since) ON party TO multiagency_app;

-- A seat that ended stays as it was; a living one stands beside it when the consent is given anew.
ALTER TABLE seat DROP CONSTRAINT uq_seat_agenda_item_id_post_id;
CREATE UNIQUE INDEX uq_seat_living ON seat (agenda_item_id, post_id) WHERE ended_at IS NULL;

CREATE POLICY guard ON party FOR SELECT TO multiagency_guard USING (true);
GRANT SELECT (case_id, role, role_since) ON party TO multiagency_guard;
CREATE POLICY guard ON child_welfare_decision FOR SELECT TO multiagency_guard USING (true);
GRANT SELECT (case_id, decided_at) ON child_welfare_decision TO multiagency_guard;

-- Whether the decision on child welfare is missing, told only to who has a grant on the case: a child was recorded, or
-- turned out to be one, after the newest; or the client is a child and there is none.
CREATE FUNCTION child_welfare_undecided(wanted_case uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    WITH decided AS (
        SELECT coalesce(max(decided_at), '-infinity'::timestamptz) AS last
        FROM child_welfare_decision WHERE case_id = wanted_case
    ), judged AS (
        SELECT minor FROM decision_capacity WHERE case_id = wanted_case ORDER BY assessed_at DESC, id DESC LIMIT 1
    )
    SELECT wanted_case IN (SELECT granted_cases()) AND (
        EXISTS (SELECT FROM party p, decided d
                WHERE p.case_id = wanted_case AND p.role = 'child' AND p.role_since >= d.last)
        OR EXISTS (SELECT FROM judged j, decided d WHERE j.minor AND d.last = '-infinity'))
$$;

-- As before, but for a legal representative who is suspected: nobody decides then until somebody else is recorded.
SET LOCAL ROLE multiagency_guard;
CREATE OR REPLACE FUNCTION required_givers(wanted_case uuid) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    WITH judged AS (
        SELECT decides, representative_id FROM decision_capacity
        WHERE case_id = wanted_case AND wanted_case IN (SELECT granted_cases())
        ORDER BY assessed_at DESC, id DESC LIMIT 1
    ), known AS (
        SELECT DISTINCT ON (party_id) party_id, may_decide, suspected FROM guardian
        WHERE case_id = wanted_case ORDER BY party_id, recorded_at DESC, id DESC
    )
    SELECT wanted_case
    WHERE wanted_case IN (SELECT granted_cases()) AND NOT EXISTS (SELECT FROM judged WHERE decides <> 'self')
    UNION ALL
    SELECT k.party_id FROM known k, judged j WHERE k.may_decide AND NOT k.suspected AND j.decides = 'guardians'
    UNION ALL
    SELECT j.representative_id FROM judged j
    WHERE j.decides = 'legal_representative'
      AND NOT EXISTS (SELECT FROM known k WHERE k.party_id = j.representative_id AND k.suspected)
$$;
RESET ROLE;
