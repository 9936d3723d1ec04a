-- Takes revision 0014 back.
SET LOCAL ROLE multiagency_guard;
CREATE OR REPLACE FUNCTION required_givers(wanted_case uuid) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    WITH judged AS (
        SELECT decides, representative_id FROM decision_capacity
        WHERE case_id = wanted_case AND wanted_case IN (SELECT granted_cases())
        ORDER BY assessed_at DESC, id DESC LIMIT 1
    ), entitled AS (
        SELECT DISTINCT ON (party_id) party_id, may_decide AND NOT suspected AS now FROM guardian
        WHERE case_id = wanted_case ORDER BY party_id, recorded_at DESC, id DESC
    )
    SELECT wanted_case
    WHERE wanted_case IN (SELECT granted_cases()) AND NOT EXISTS (SELECT FROM judged WHERE decides <> 'self')
    UNION ALL
    SELECT e.party_id FROM entitled e, judged j WHERE e.now AND j.decides = 'guardians'
    UNION ALL
    SELECT representative_id FROM judged WHERE decides = 'legal_representative'
$$;
DROP FUNCTION child_welfare_undecided(uuid);
RESET ROLE;
REVOKE SELECT (case_id, decided_at) ON child_welfare_decision FROM multiagency_guard;
DROP POLICY guard ON child_welfare_decision;
REVOKE SELECT (case_id, role, role_since) ON party FROM multiagency_guard;
DROP POLICY guard ON party;
DROP INDEX uq_seat_living;
ALTER TABLE seat ADD CONSTRAINT uq_seat_agenda_item_id_post_id UNIQUE (agenda_item_id, post_id);
ALTER TABLE party DROP COLUMN role_since;
