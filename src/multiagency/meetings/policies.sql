SELECT pg_temp.protect('meeting');
CREATE POLICY sight ON meeting FOR SELECT TO multiagency_app
    USING (id = ANY (ARRAY(SELECT my_meetings())) OR team_id = ANY (ARRAY(SELECT coordinated_teams()))
           OR id = ANY (ARRAY(SELECT referred_meetings())));
CREATE POLICY adding ON meeting FOR INSERT TO multiagency_app
    WITH CHECK (team_id = ANY (ARRAY(SELECT coordinated_teams())));
CREATE POLICY changing ON meeting FOR UPDATE TO multiagency_app
    USING (team_id = ANY (ARRAY(SELECT coordinated_teams())));
-- What was cancelled or not held stays so.
CREATE POLICY for_good ON meeting AS RESTRICTIVE FOR UPDATE TO multiagency_app
    USING (state IN ('planned', 'open', 'recorded')) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE (starts_at, ends_at, state, reason) ON meeting TO multiagency_app;
SELECT pg_temp.serve_guard('meeting');
-- The worker tells calendars what has ended; a meeting and who is invited to it say nothing about any client.
CREATE POLICY telling ON meeting FOR SELECT TO multiagency_worker USING ((SELECT current_post_role()) = 'worker');
GRANT SELECT ON meeting TO multiagency_worker;

-- A child row under a parent of another case, or of another team, would be a way around the parent's policy; and no row
-- moves to another parent later: what may change is named (SEC-0002). The client's own worker sees who sits at the
-- table about their client, whatever the consent says of data.
SELECT pg_temp.protect_client_data('agenda_item', 'meeting', '{coordinate}', '{refer,coordinate}', false);
CREATE POLICY steering ON agenda_item FOR SELECT TO multiagency_app
    USING (case_id = ANY (ARRAY(SELECT acting_cases('meeting', '{refer,coordinate}'))));
CREATE POLICY own_team ON agenda_item AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (EXISTS (SELECT FROM meeting m
                        JOIN case_file c ON c.team_id = m.team_id -- SEC-0014
                        WHERE m.id = meeting_id AND c.id = agenda_item.case_id
                          AND m.team_id = ANY (ARRAY(SELECT coordinated_teams()))));
-- What has come off an agenda does not come back: it is placed anew.
CREATE POLICY for_good ON agenda_item AS RESTRICTIVE FOR UPDATE TO multiagency_app
    USING (ended_at IS NULL) WITH CHECK (true);
GRANT UPDATE (position, discussed_at, ended_at, ended_because) ON agenda_item TO multiagency_app;
SELECT pg_temp.serve_guard('agenda_item');

SELECT pg_temp.protect_client_data('seat', 'meeting', '{coordinate}', '{refer,coordinate}', false);
CREATE POLICY steering ON seat FOR SELECT TO multiagency_app
    USING (case_id = ANY (ARRAY(SELECT acting_cases('meeting', '{refer,coordinate}'))));
CREATE POLICY same_case ON seat AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (EXISTS (SELECT FROM agenda_item a WHERE a.id = agenda_item_id AND a.case_id = seat.case_id));
-- Who declares a conflict leaves their own seats, rooms and addresses.
CREATE POLICY leaving ON seat FOR UPDATE TO multiagency_app
    USING (ended_at IS NULL AND post_id = (SELECT current_post()) AND case_id = ANY (ARRAY(SELECT granted_cases())))
    WITH CHECK (ended_at IS NOT NULL AND post_id = (SELECT current_post()));
CREATE POLICY for_good ON seat AS RESTRICTIVE FOR UPDATE TO multiagency_app
    USING (ended_at IS NULL) WITH CHECK (true);
GRANT UPDATE (ended_at) ON seat TO multiagency_app;
SELECT pg_temp.serve_guard('seat');
CREATE POLICY guard_ending ON seat FOR UPDATE TO multiagency_guard
    USING (ended_at IS NULL) WITH CHECK (ended_at IS NOT NULL);
GRANT UPDATE (ended_at) ON seat TO multiagency_guard;

SELECT pg_temp.protect_client_data('room_presence', 'meeting', '{read,act,refer,coordinate}',
                                   '{read,act,refer,coordinate}', false);
CREATE POLICY steering ON room_presence FOR SELECT TO multiagency_app
    USING (case_id = ANY (ARRAY(SELECT acting_cases('meeting', '{refer,coordinate}'))));
-- Nobody takes a place in a room but on their own seat.
CREATE POLICY own_seat ON room_presence AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (EXISTS (SELECT FROM seat s WHERE s.id = seat_id AND s.case_id = room_presence.case_id
                        AND s.post_id = (SELECT current_post()) AND s.ended_at IS NULL));
-- Nobody puts another out of a room, but whoever steers the case.
CREATE POLICY own_place ON room_presence AS RESTRICTIVE FOR UPDATE TO multiagency_app
    USING (EXISTS (SELECT FROM seat s WHERE s.id = seat_id AND s.post_id = (SELECT current_post()))
           OR case_id = ANY (ARRAY(SELECT acting_cases('meeting', '{refer,coordinate}'))));
GRANT UPDATE (entered_at, left_at, ticket) ON room_presence TO multiagency_app;
SELECT pg_temp.serve_guard('room_presence');
CREATE POLICY guard_ending ON room_presence FOR UPDATE TO multiagency_guard
    USING (left_at IS NULL) WITH CHECK (left_at IS NOT NULL);
GRANT UPDATE (left_at) ON room_presence TO multiagency_guard;

-- How a missing office was made up for is noted by whoever coordinates, about a table of that case.
SELECT pg_temp.protect_client_data('secured_office', 'meeting', '{coordinate}', '{}', true);
CREATE POLICY same_case ON secured_office AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    noted_by_id = (SELECT current_post())
    AND EXISTS (SELECT FROM agenda_item a WHERE a.id = agenda_item_id AND a.case_id = secured_office.case_id));

-- Drafts are for those who coordinate; approval is given once, by name, and nothing else of minutes changes.
SELECT pg_temp.protect_client_data('minutes', 'minutes', '{coordinate}', '{coordinate}', true);
CREATE POLICY drafts ON minutes AS RESTRICTIVE FOR SELECT TO multiagency_app
    USING (approved_at IS NOT NULL OR case_id = ANY (ARRAY(SELECT acting_cases('minutes', '{coordinate}'))));
CREATE POLICY approved_once ON minutes AS RESTRICTIVE FOR UPDATE TO multiagency_app
    USING (approved_at IS NULL) WITH CHECK (approved_at IS NOT NULL AND approved_by_id = (SELECT current_post()));
GRANT UPDATE (approved_at, approved_by_id) ON minutes TO multiagency_app;
CREATE POLICY same_case ON minutes AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (EXISTS (SELECT FROM agenda_item a WHERE a.id = agenda_item_id AND a.case_id = minutes.case_id));
-- Nothing comes in approved: approval has its own policy.
CREATE POLICY drafts_first ON minutes AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (approved_at IS NULL AND approved_by_id IS NULL);

SELECT pg_temp.protect_client_data('minutes_addendum', 'minutes', '{coordinate}', '{}', true);
CREATE POLICY to_what_is_approved ON minutes_addendum AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (author_id = (SELECT current_post()) AND EXISTS (
        SELECT FROM minutes m WHERE m.id = minutes_id AND m.case_id = minutes_addendum.case_id
                                AND m.approved_at IS NOT NULL));

-- What was masked keeps its first wording where the application does not read it.
DO $$
DECLARE kept text;
BEGIN
    FOREACH kept IN ARRAY ARRAY['minutes', 'minutes_addendum'] LOOP
        EXECUTE format('REVOKE SELECT ON %I FROM multiagency_app', kept);
        EXECUTE (SELECT format('GRANT SELECT (%s) ON %I TO multiagency_app', string_agg(quote_ident(attname), ', '), kept)
                 FROM pg_attribute WHERE attrelid = kept::regclass AND attnum > 0 AND attname <> 'original');
        PERFORM pg_temp.serve_guard(kept::regclass);
        EXECUTE format('CREATE POLICY guard_masking ON %I FOR UPDATE TO multiagency_guard USING (true)', kept);
        EXECUTE format('GRANT UPDATE (text, original) ON %I TO multiagency_guard', kept);
    END LOOP;
END $$;

-- How it is recorded at home is said by whoever keeps the minutes, about people of the case, and is said anew and never
-- changed; whoever sat there says for themselves that it is done.
SELECT pg_temp.protect_client_data('minutes_instruction', 'minutes', '{coordinate}', '{}', true);
CREATE POLICY of_this_case ON minutes_instruction AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    given_by_id = (SELECT current_post())
    AND EXISTS (SELECT FROM agenda_item a WHERE a.id = agenda_item_id AND a.case_id = minutes_instruction.case_id)
    AND NOT EXISTS (SELECT FROM unnest(ARRAY[record_of_id, hidden_guardian_id]) who
                    WHERE who IS NOT NULL AND NOT EXISTS (
                        SELECT FROM party p WHERE p.id = who AND p.case_id = minutes_instruction.case_id)));
SELECT pg_temp.protect_client_data('minutes_recorded', 'minutes', '{read,contribute,refer,coordinate}', '{}', true);
CREATE POLICY by_whoever_sat_there ON minutes_recorded AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    post_id = (SELECT current_post())
    AND EXISTS (SELECT FROM minutes_instruction i JOIN seat s ON s.agenda_item_id = i.agenda_item_id
                WHERE i.id = instruction_id AND i.case_id = minutes_recorded.case_id
                  AND s.post_id = minutes_recorded.post_id AND s.ended_at IS NULL));

SELECT pg_temp.protect('invitation');
CREATE POLICY sight ON invitation FOR SELECT TO multiagency_app
    USING (post_id = (SELECT current_post()) OR meeting_id = ANY (ARRAY(SELECT referred_meetings()))
           OR EXISTS (SELECT FROM meeting m
                      WHERE m.id = meeting_id AND m.team_id = ANY (ARRAY(SELECT coordinated_teams()))));
CREATE POLICY adding ON invitation FOR INSERT TO multiagency_app WITH CHECK (steers_meeting(meeting_id));
CREATE POLICY changing ON invitation FOR UPDATE TO multiagency_app
    USING (post_id = (SELECT current_post()) OR steers_meeting(meeting_id));
GRANT SELECT, INSERT, UPDATE (sequence, answer, answered_at, cancelled_at, reminded_at, instead_id, email) ON invitation TO multiagency_app;
SELECT pg_temp.serve_guard('invitation');
CREATE POLICY telling ON invitation FOR ALL TO multiagency_worker USING ((SELECT current_post_role()) = 'worker');
GRANT SELECT, UPDATE (sequence, cancelled_at, reminded_at) ON invitation TO multiagency_worker;

SELECT pg_temp.protect('join_address');
CREATE POLICY with_its_invitation ON join_address FOR ALL TO multiagency_app
    USING (EXISTS (SELECT FROM invitation i WHERE i.id = invitation_id));
GRANT SELECT, INSERT ON join_address TO multiagency_app;
CREATE POLICY telling ON join_address FOR ALL TO multiagency_worker USING ((SELECT current_post_role()) = 'worker');
GRANT SELECT, INSERT ON join_address TO multiagency_worker;

-- Whoever may write to somebody sees how it went; only the worker says how.
SELECT pg_temp.protect('invitation_mail');
CREATE POLICY with_its_invitation ON invitation_mail FOR SELECT TO multiagency_app
    USING (EXISTS (SELECT FROM invitation i WHERE i.id = invitation_id));
CREATE POLICY adding ON invitation_mail FOR INSERT TO multiagency_app
    WITH CHECK (state IN ('waiting', 'refused') AND NOT may_have_left
                AND EXISTS (SELECT FROM invitation i WHERE i.id = invitation_id));
GRANT SELECT, INSERT ON invitation_mail TO multiagency_app;
CREATE POLICY telling ON invitation_mail FOR ALL TO multiagency_worker USING ((SELECT current_post_role()) = 'worker');
GRANT SELECT, INSERT, UPDATE (state, may_have_left, words) ON invitation_mail TO multiagency_worker;
SELECT pg_temp.serve_guard('invitation_mail');

-- What was answered by mail: the worker writes it, whoever sees the invitation reads it, and only whose invitation it is
-- says whether it was them.
SELECT pg_temp.protect('invitation_remark');
CREATE POLICY with_its_invitation ON invitation_remark FOR SELECT TO multiagency_app
    USING (EXISTS (SELECT FROM invitation i WHERE i.id = invitation_id));
CREATE POLICY by_its_owner ON invitation_remark FOR UPDATE TO multiagency_app
    USING (invitation_id = ANY (ARRAY(SELECT my_invitations())) AND state = 'unconfirmed')
    WITH CHECK (state IN ('confirmed', 'disowned'));
GRANT SELECT, UPDATE (state) ON invitation_remark TO multiagency_app;
CREATE POLICY telling ON invitation_remark FOR ALL TO multiagency_worker USING ((SELECT current_post_role()) = 'worker');
GRANT SELECT, INSERT, UPDATE (kind, sequence, stamped_at, starts_at, ends_at, arrived_at, state) ON invitation_remark
    TO multiagency_worker;

-- Each post keeps its own feed; at a calendar program's call nobody is signed in, and calendar_of() answers.
SELECT pg_temp.protect('calendar_feed');
CREATE POLICY own ON calendar_feed FOR ALL TO multiagency_app USING (post_id = (SELECT current_post()));
GRANT SELECT, INSERT, UPDATE (secret_hash, made_at, fetched_at), DELETE ON calendar_feed TO multiagency_app;
SELECT pg_temp.serve_guard('calendar_feed');
CREATE POLICY guard_fetching ON calendar_feed FOR UPDATE TO multiagency_guard USING (true);
GRANT UPDATE (fetched_at) ON calendar_feed TO multiagency_guard;
