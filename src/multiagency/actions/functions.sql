-- The worker's list: open actions that are due until then, with when their owners, and who coordinates the case, were last
-- told of what is near or late. Who has just been given an action, or another day for it, has been told of that day.
CREATE FUNCTION actions_due(before date) RETURNS TABLE (id uuid, reference text, case_id uuid, case_reference text,
    pathway text, team_id uuid, controller_id uuid, owner_id uuid, due_on date, action_due timestamptz,
    action_overdue timestamptz, plan_overdue timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT a.id, a.reference, a.case_id, c.reference, c.pathway, c.team_id, a.controller_id, a.owner_id, a.due_on,
           greatest(a.assigned_at, last_told('action_due', '/actions/' || a.reference),
                    last_told('action_moved', '/actions/' || a.reference),
                    last_told('action_handed_over', '/actions/' || a.reference)),
           last_told('action_overdue', '/actions/' || a.reference),
           last_told('plan_overdue', '/cases/' || c.reference || '/plan')
    FROM planned_action a JOIN case_file c ON c.id = a.case_id
    WHERE current_post_role() = 'worker' AND a.state = 'open' AND a.due_on <= before
$$;
