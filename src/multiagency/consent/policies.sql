-- A withdrawal is a version of the consent it ends, so it belongs to the record of whoever recorded that.
SELECT pg_temp.protect_client_data('consent', 'consent', '{refer,coordinate}', '{}', false);
SELECT pg_temp.goes_with_the_case('consent');
-- A coordinator ends a consent; giving one is for whoever asks the client.
CREATE POLICY only_withdrawing ON consent AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (state = 'withdrawn' OR case_id = ANY (ARRAY(SELECT acting_cases('consent', '{refer}'))));
-- Only who decides is recorded as answering; a suspected guardian never is. Ending a consent is always possible.
CREATE POLICY only_who_decides ON consent AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (state = 'withdrawn' OR coalesce(giver_id, case_id) = ANY (ARRAY(SELECT required_givers(case_id))));
SELECT pg_temp.serve_guard('consent');

-- What a withdrawal takes out belongs, like its version, to the record of whoever recorded the consent.
SELECT pg_temp.protect_client_data('consent_pair', 'consent', '{refer,coordinate}', '{}', false);
SELECT pg_temp.goes_with_the_case('consent_pair');
CREATE POLICY same_case ON consent_pair AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (EXISTS (SELECT FROM consent c WHERE c.id = consent_id AND c.case_id = consent_pair.case_id));
CREATE POLICY as_its_version ON consent_pair AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (EXISTS (
        SELECT FROM consent c
        WHERE c.id = consent_id AND c.controller_id = consent_pair.controller_id
          AND (c.state = 'withdrawn' OR c.case_id = ANY (ARRAY(SELECT acting_cases('consent', '{refer}'))))));
SELECT pg_temp.serve_guard('consent_pair');

-- Rows are only ever added: what was judged, who was entitled and what was forbidden stays provable.
SELECT pg_temp.protect_client_data('decision_capacity', 'consent', '{refer}', '{}', true);
SELECT pg_temp.goes_with_the_case('decision_capacity');
CREATE POLICY same_case ON decision_capacity AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (representative_id IS NULL OR EXISTS (
        SELECT FROM party p WHERE p.id = representative_id AND p.case_id = decision_capacity.case_id));
SELECT pg_temp.serve_guard('decision_capacity');

SELECT pg_temp.protect_client_data('guardian', 'consent', '{refer}', '{}', true);
SELECT pg_temp.goes_with_the_case('guardian');
CREATE POLICY same_case ON guardian AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (EXISTS (SELECT FROM party p WHERE p.id = party_id AND p.case_id = guardian.case_id));
SELECT pg_temp.serve_guard('guardian');

SELECT pg_temp.protect_client_data('prohibition', 'consent', '{refer}', '{}', true);
SELECT pg_temp.goes_with_the_case('prohibition');
CREATE POLICY same_case ON prohibition AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (EXISTS (SELECT FROM party p WHERE p.id = party_id AND p.case_id = prohibition.case_id));
SELECT pg_temp.serve_guard('prohibition');

-- Whoever refers or coordinates records who agreed to meet, and only of whom it is asked.
SELECT pg_temp.protect_client_data('meeting_agreement', 'consent', '{refer,coordinate}', '{}', true);
CREATE POLICY of_whom_it_is_asked ON meeting_agreement AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    recorded_by_id = (SELECT current_post())
    AND coalesce(giver_id, case_id) IN (SELECT g.giver FROM asked_to_meet(case_id) g WHERE g.asked));

SELECT pg_temp.protect_client_data('consent_scan', 'consent', '{refer}', '{}', true);
SELECT pg_temp.goes_with_the_case('consent_scan');
CREATE POLICY same_case ON consent_scan AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (EXISTS (SELECT FROM consent c WHERE c.id = consent_id AND c.case_id = consent_scan.case_id));
