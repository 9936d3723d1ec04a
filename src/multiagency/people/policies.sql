-- Whoever is signed in may see the directory; only the owner, that is an administrator's migration, changes it.
DO $$
DECLARE directory text;
BEGIN
    FOREACH directory IN ARRAY ARRAY['agency', 'person', 'post', 'team', 'team_member', 'deputy'] LOOP
        PERFORM pg_temp.protect(directory::regclass);
        EXECUTE format('CREATE POLICY directory ON %I FOR SELECT TO multiagency_app, multiagency_worker '
                       'USING ((SELECT current_post()) IS NOT NULL)', directory);
        EXECUTE format('CREATE POLICY administration ON %I FOR ALL TO multiagency_owner USING (true)', directory);
        EXECUTE format('GRANT SELECT ON %I TO multiagency_app, multiagency_worker', directory);
        PERFORM pg_temp.serve_guard(directory::regclass);
    END LOOP;
    FOREACH directory IN ARRAY ARRAY['agency', 'person', 'post'] LOOP
        EXECUTE format('CREATE POLICY sign_in ON %I FOR SELECT TO multiagency_signin USING (true)', directory);
        EXECUTE format('GRANT SELECT ON %I TO multiagency_signin', directory);
    END LOOP;
END $$;

-- Deputies, and their membership of teams for a period: written by the guard, for those who may name them.
CREATE POLICY guard_adding ON deputy FOR INSERT TO multiagency_guard WITH CHECK (true);
CREATE POLICY guard_ending ON deputy FOR UPDATE TO multiagency_guard USING (true) WITH CHECK (ended_at IS NOT NULL);
GRANT INSERT, UPDATE (ended_at) ON deputy TO multiagency_guard;
CREATE POLICY guard_adding ON team_member FOR INSERT TO multiagency_guard WITH CHECK (deputy_id IS NOT NULL);
CREATE POLICY guard_ending ON team_member FOR UPDATE TO multiagency_guard
    USING (deputy_id IS NOT NULL) WITH CHECK (valid_to IS NOT NULL);
GRANT INSERT, UPDATE (valid_to) ON team_member TO multiagency_guard;

SELECT pg_temp.protect('credential');
CREATE POLICY administration ON credential FOR ALL TO multiagency_owner USING (true);
CREATE POLICY sign_in ON credential FOR SELECT TO multiagency_signin USING (true);
GRANT SELECT ON credential TO multiagency_signin;

SELECT pg_temp.protect('session');
CREATE POLICY sign_in ON session FOR INSERT TO multiagency_signin WITH CHECK (true);
CREATE POLICY own_session ON session FOR SELECT TO multiagency_app, multiagency_worker
    USING (id = (SELECT current_session_id()));
CREATE POLICY sign_out ON session FOR UPDATE TO multiagency_app, multiagency_worker
    USING (id = (SELECT current_session_id())) WITH CHECK (ended_at IS NOT NULL);
GRANT INSERT ON session TO multiagency_signin;
GRANT SELECT (id, expires_at), UPDATE (ended_at) ON session TO multiagency_app, multiagency_worker;
SELECT pg_temp.serve_guard('session');
CREATE POLICY over ON session FOR SELECT TO multiagency_worker USING (
    (SELECT current_post_role()) = 'worker' AND expires_at < statement_timestamp() - interval '7 days');
CREATE POLICY forgetting ON session FOR DELETE TO multiagency_worker USING (
    (SELECT current_post_role()) = 'worker' AND expires_at < statement_timestamp() - interval '7 days');
GRANT DELETE ON session TO multiagency_worker;

-- A notice is told to one post and is nobody else's; it goes with the sight of what it leads to. Whoever tells writes it,
-- and only the worker mails.
SELECT pg_temp.protect('notice');
CREATE POLICY mine ON notice FOR SELECT TO multiagency_app
    USING (post_id = (SELECT current_post()) AND id = ANY (ARRAY(SELECT my_notices())));
CREATE POLICY reading ON notice FOR UPDATE TO multiagency_app
    USING (post_id = (SELECT current_post())) WITH CHECK (read_at IS NOT NULL);
CREATE POLICY telling ON notice FOR INSERT TO multiagency_app, multiagency_worker
    WITH CHECK (sender_id = (SELECT current_post()) AND mail_id IS NULL);
GRANT SELECT, INSERT, UPDATE (read_at) ON notice TO multiagency_app;
GRANT INSERT ON notice TO multiagency_worker;
CREATE POLICY over ON notice FOR SELECT TO multiagency_worker
    USING ((SELECT current_post_role()) = 'worker' AND read_at IS NOT NULL);
CREATE POLICY forgetting ON notice FOR DELETE TO multiagency_worker
    USING ((SELECT current_post_role()) = 'worker' AND read_at IS NOT NULL);
GRANT SELECT (read_at), DELETE ON notice TO multiagency_worker;
SELECT pg_temp.serve_keeper('notice');
SELECT pg_temp.serve_guard('notice');
CREATE POLICY guard_adding ON notice FOR INSERT TO multiagency_guard
    WITH CHECK (what IN ('break_glass', 'break_glass_by_colleague') AND urgent AND mailed_at IS NULL);
CREATE POLICY guard_settling ON notice FOR UPDATE TO multiagency_guard USING (read_at IS NULL) WITH CHECK (true);
GRANT INSERT, UPDATE (read_at, mailed_at, mail_id) ON notice TO multiagency_guard;

-- How a person wants to be mailed is theirs to say, in whichever of their posts.
SELECT pg_temp.protect('mail_choice');
CREATE POLICY mine ON mail_choice FOR ALL TO multiagency_app USING (person_id = (SELECT person_id FROM live_session()));
GRANT SELECT, INSERT, UPDATE (daily) ON mail_choice TO multiagency_app;
SELECT pg_temp.serve_guard('mail_choice');
