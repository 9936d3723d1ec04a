SELECT pg_temp.protect_client_data('planned_action', 'action', '{coordinate}', '{coordinate,act}', false);
-- Nobody reports on an action that is not theirs; the coordinator may. No action moves to another case (SEC-0002).
CREATE POLICY own_action ON planned_action AS RESTRICTIVE FOR UPDATE TO multiagency_app
    USING (owner_id = (SELECT current_post()) OR case_id = ANY (ARRAY(SELECT acting_cases('action', '{coordinate}'))));
GRANT UPDATE (owner_id, state, outcome, done_at) ON planned_action TO multiagency_app;
