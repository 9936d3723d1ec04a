-- Meetings of a team about its own work: for its members, a draft for who prepares it; about no client, so nothing hangs
-- on a case.
DO $$
DECLARE of_team text;
BEGIN
    FOREACH of_team IN ARRAY ARRAY['team_meeting', 'team_attendee', 'team_point'] LOOP
        PERFORM pg_temp.protect(of_team::regclass);
        EXECUTE format('CREATE POLICY sight ON %I FOR SELECT TO multiagency_app '
                       'USING (meeting_id = ANY (ARRAY(SELECT team_meetings_in_sight())))', of_team);
        EXECUTE format('CREATE POLICY adding ON %I FOR INSERT TO multiagency_app '
                       'WITH CHECK (meeting_id = ANY (ARRAY(SELECT team_meetings_led())))', of_team);
        EXECUTE format('CREATE POLICY changing ON %I FOR UPDATE TO multiagency_app '
                       'USING (meeting_id = ANY (ARRAY(SELECT team_meetings_led())))', of_team);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO multiagency_app', of_team);
        PERFORM pg_temp.serve_guard(of_team::regclass);
    END LOOP;
END $$;
GRANT UPDATE (title, place, memo_by_id) ON team_meeting TO multiagency_app;
GRANT UPDATE (ended_at) ON team_attendee, team_point TO multiagency_app;
CREATE POLICY members ON team_meeting AS RESTRICTIVE FOR ALL TO multiagency_app
    USING (true) WITH CHECK (memo_by_id IS NULL OR is_member_for(meeting_id, memo_by_id));
CREATE POLICY members ON team_attendee AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (is_member_for(meeting_id, post_id));
CREATE POLICY members ON team_point AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (responsible_id IS NULL OR is_member_for(meeting_id, responsible_id));

-- Drafts of its memo are for who writes them and who leads; approved it is every member's, and never changes.
SELECT pg_temp.protect('team_memo');
CREATE POLICY sight ON team_memo FOR SELECT TO multiagency_app
    USING (meeting_id = ANY (ARRAY(SELECT team_meetings_in_sight()))
           AND (approved_at IS NOT NULL OR author_id = (SELECT current_post())
                OR meeting_id = ANY (ARRAY(SELECT team_meetings_led()))));
CREATE POLICY adding ON team_memo FOR INSERT TO multiagency_app
    WITH CHECK (author_id = (SELECT current_post()) AND approved_at IS NULL AND approved_by_id IS NULL
                AND (meeting_id = ANY (ARRAY(SELECT team_meetings_led()))
                     OR EXISTS (SELECT FROM team_meeting t
                                WHERE t.meeting_id = team_memo.meeting_id AND t.memo_by_id = (SELECT current_post()))));
CREATE POLICY approving ON team_memo FOR UPDATE TO multiagency_app
    USING (approved_at IS NULL AND meeting_id = ANY (ARRAY(SELECT team_meetings_led())))
    WITH CHECK (approved_at IS NOT NULL AND approved_by_id = (SELECT current_post()));
GRANT SELECT, INSERT, UPDATE (approved_at, approved_by_id) ON team_memo TO multiagency_app;
SELECT pg_temp.serve_guard('team_memo');

-- When somebody can meet is theirs: others are told times at which they cannot, in a proposal, and nothing more.
DO $$
DECLARE own_times text;
BEGIN
    FOREACH own_times IN ARRAY ARRAY['availability', 'busy_source', 'busy_time'] LOOP
        PERFORM pg_temp.protect(own_times::regclass);
        EXECUTE format('CREATE POLICY mine ON %I FOR ALL TO multiagency_app USING (post_id = (SELECT current_post()))',
                       own_times);
        EXECUTE format('GRANT SELECT, DELETE ON %I TO multiagency_app', own_times);
    END LOOP;
END $$;
GRANT INSERT ON availability, busy_source TO multiagency_app;
GRANT UPDATE (kind, address, login, password, set_at, asked_at, trouble) ON busy_source TO multiagency_app;
SELECT pg_temp.serve_guard('availability');
SELECT pg_temp.serve_guard('busy_time');
-- The worker asks the calendars: it reads where they are, and writes times and how it went.
CREATE POLICY asking ON busy_source FOR ALL TO multiagency_worker USING ((SELECT current_post_role()) = 'worker');
GRANT SELECT, UPDATE (asked_at, trouble), DELETE ON busy_source TO multiagency_worker;
CREATE POLICY asking ON busy_time FOR ALL TO multiagency_worker USING ((SELECT current_post_role()) = 'worker');
GRANT SELECT, INSERT, DELETE ON busy_time TO multiagency_worker;
CREATE POLICY forgetting ON availability FOR ALL TO multiagency_worker USING ((SELECT current_post_role()) = 'worker');
GRANT SELECT, DELETE ON availability TO multiagency_worker;
