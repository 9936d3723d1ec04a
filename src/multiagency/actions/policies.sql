SELECT pg_temp.protect_client_data('planned_action', 'action', '{coordinate}', '{coordinate,act}', false);
-- Nobody reports on an action that is not theirs; the coordinator may. No action moves to another case (SEC-0002).
CREATE POLICY own_action ON planned_action AS RESTRICTIVE FOR UPDATE TO multiagency_app
    USING (owner_id = (SELECT current_post()) OR id = ANY (ARRAY(SELECT deputised_actions()))
           OR case_id = ANY (ARRAY(SELECT acting_cases('action', '{coordinate}'))));
GRANT UPDATE (owner_id, state, outcome, done_at, due_on, told_on, told_how) ON planned_action TO multiagency_app;
-- Who looks after what others hold asks without content, and hands it on.
SELECT pg_temp.serve_guard('planned_action', '(id, case_id, controller_id, reference, owner_id, due_on, state, assigned_at)');
CREATE POLICY guard_handing_on ON planned_action FOR UPDATE TO multiagency_guard USING (state = 'open');
GRANT UPDATE (owner_id) ON planned_action TO multiagency_guard;

-- Who came when, and how the period ended: the service's own record; a mistake is struck, and nothing else changes.
SELECT pg_temp.protect_client_data('attendance', 'attendance', '{refer,coordinate}', '{refer,coordinate}', true);
GRANT UPDATE (struck_at, struck_by_id) ON attendance TO multiagency_app;
-- Whether an action of an earlier plan helped: answered at a place on an agenda of the same case, once and for good.
SELECT pg_temp.protect_client_data('action_review', 'action', '{coordinate}', '{}', false);
CREATE POLICY of_this_action ON action_review AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    reviewed_by_id = (SELECT current_post())
    AND EXISTS (SELECT FROM planned_action a WHERE a.id = action_id AND a.case_id = action_review.case_id
                AND a.controller_id = action_review.controller_id)
    AND EXISTS (SELECT FROM agenda_item i WHERE i.id = agenda_item_id AND i.case_id = action_review.case_id));

-- How the client is some months later: answered by whoever was to ask, once and for good.
SELECT pg_temp.protect_client_data('follow_up', 'action', '{act}', '{}', false);
CREATE POLICY of_this_action ON follow_up AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    EXISTS (SELECT FROM planned_action a WHERE a.id = action_id AND a.case_id = follow_up.case_id
            AND a.controller_id = follow_up.controller_id
            AND (a.owner_id = (SELECT current_post()) OR a.id = ANY (ARRAY(SELECT deputised_actions())))));

-- Corrections stand beside the action, in its owner's agency's record like it.
SELECT pg_temp.protect_client_data('action_change', 'action', '{coordinate}', '{}', false);
CREATE POLICY of_this_action ON action_change AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    made_by_id = (SELECT current_post())
    AND EXISTS (SELECT FROM planned_action a WHERE a.id = action_id AND a.case_id = action_change.case_id
                AND a.controller_id = action_change.controller_id));

-- How it is recorded stands beside the action too; its owner says that it is done, and changes nothing else.
SELECT pg_temp.protect_client_data('recording_instruction', 'action', '{coordinate}', '{act}', false);
CREATE POLICY of_this_action ON recording_instruction AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    given_by_id = (SELECT current_post())
    AND EXISTS (SELECT FROM planned_action a WHERE a.id = action_id AND a.case_id = recording_instruction.case_id
                AND a.controller_id = recording_instruction.controller_id));
CREATE POLICY about_people_of_this_case ON recording_instruction AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    NOT EXISTS (SELECT FROM unnest(ARRAY[record_of_id, hidden_guardian_id]) who
                WHERE who IS NOT NULL AND NOT EXISTS (
                    SELECT FROM party p WHERE p.id = who AND p.case_id = recording_instruction.case_id)));
CREATE POLICY confirmed_by_its_owner ON recording_instruction AS RESTRICTIVE FOR UPDATE TO multiagency_app
    USING (EXISTS (SELECT FROM planned_action a WHERE a.id = action_id AND (
        a.owner_id = (SELECT current_post()) OR a.id = ANY (ARRAY(SELECT deputised_actions())))));
GRANT UPDATE (confirmed_for_id, confirmed_at) ON recording_instruction TO multiagency_app;
