-- Research. That an agency is asked is seen by whoever coordinates, and by who sits there for that agency; from the
-- beginning of the meeting by everybody who sits there. The same sees the answer only where data that agencies tell are
-- given to their agency; whoever coordinates too. A seat lets its holder say that their agency has answered, and no more.
SELECT pg_temp.protect_client_data('research_request', 'meeting', '{coordinate}', '{}', true);
CREATE POLICY of_whom ON research_request AS RESTRICTIVE FOR SELECT TO multiagency_app
    USING (id = ANY (ARRAY(SELECT research_at_my_seats()))
           OR case_id = ANY (ARRAY(SELECT acting_cases('meeting', '{coordinate}'))));
CREATE POLICY same_case ON research_request AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    asked_by_id = (SELECT current_post()) AND returned_at IS NULL AND ended_at IS NULL
    AND EXISTS (SELECT FROM agenda_item a WHERE a.id = agenda_item_id AND a.case_id = research_request.case_id));
CREATE POLICY changing ON research_request FOR UPDATE TO multiagency_app
    USING (ended_at IS NULL AND (case_id = ANY (ARRAY(SELECT acting_cases('meeting', '{coordinate}')))
                                 OR id = ANY (ARRAY(SELECT my_research()))))
    WITH CHECK (ended_at IS NOT NULL AND case_id = ANY (ARRAY(SELECT acting_cases('meeting', '{coordinate}')))
                OR ended_at IS NULL AND returned_at IS NOT NULL AND id = ANY (ARRAY(SELECT my_research())));
GRANT UPDATE (returned_at, ended_at) ON research_request TO multiagency_app;
SELECT pg_temp.serve_guard('research_request');
CREATE POLICY guard_following ON research_request FOR UPDATE TO multiagency_guard USING (ended_at IS NULL) WITH CHECK (true);
GRANT UPDATE (due_on, ended_at) ON research_request TO multiagency_guard;

SELECT pg_temp.protect_client_data('research_answer', 'narrative', '{}', '{}', true);
CREATE POLICY own_answer ON research_answer FOR SELECT TO multiagency_app
    USING (request_id = ANY (ARRAY(SELECT my_research())));
CREATE POLICY while_it_lives ON research_answer AS RESTRICTIVE FOR SELECT TO multiagency_app
    USING (EXISTS (SELECT FROM research_request r JOIN agenda_item a ON a.id = r.agenda_item_id
                   WHERE r.id = request_id AND r.ended_at IS NULL AND a.ended_at IS NULL AND a.discussed_at IS NULL));
CREATE POLICY answering ON research_answer FOR INSERT TO multiagency_app WITH CHECK (
    answered_by_id = (SELECT current_post()) AND controller_id = (SELECT current_agency())
    AND request_id = ANY (ARRAY(SELECT my_research()))
    AND EXISTS (SELECT FROM research_request r WHERE r.id = request_id AND r.case_id = research_answer.case_id));
