-- A team's rhythm is nothing about anybody: whoever coordinates it sees and sets it, and it stays as it was set.
SELECT pg_temp.protect('meeting_rhythm');
CREATE POLICY sight ON meeting_rhythm FOR SELECT TO multiagency_app
    USING (team_id = ANY (ARRAY(SELECT coordinated_teams())));
CREATE POLICY adding ON meeting_rhythm FOR INSERT TO multiagency_app
    WITH CHECK (team_id = ANY (ARRAY(SELECT coordinated_teams())) AND set_by_id = (SELECT current_post()));
GRANT SELECT, INSERT ON meeting_rhythm TO multiagency_app;

SELECT pg_temp.protect('meeting');
CREATE POLICY sight ON meeting FOR SELECT TO multiagency_app
    USING (id = ANY (ARRAY(SELECT my_meetings())) OR team_id = ANY (ARRAY(SELECT coordinated_teams()))
           OR team_only AND state <> 'planned' AND team_id = ANY (ARRAY(SELECT member_teams()))
           OR id = ANY (ARRAY(SELECT referred_meetings())) OR chair_id = (SELECT current_post()));
CREATE POLICY adding ON meeting FOR INSERT TO multiagency_app
    WITH CHECK (team_id = ANY (ARRAY(SELECT coordinated_teams())));
-- Whoever refers a case calls its team at once, under their own name.
CREATE POLICY urgent ON meeting FOR INSERT TO multiagency_app WITH CHECK (
    urgently_called_by_id = (SELECT current_post()) AND state = 'open' AND team_id IN (SELECT referred_teams()));
CREATE POLICY by_name ON meeting AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    urgently_called_by_id IS NULL OR urgently_called_by_id = (SELECT current_post()));
CREATE POLICY changing ON meeting FOR UPDATE TO multiagency_app
    USING (team_id = ANY (ARRAY(SELECT coordinated_teams())));
-- What was cancelled or not held stays so.
CREATE POLICY for_good ON meeting AS RESTRICTIVE FOR UPDATE TO multiagency_app
    USING (state IN ('planned', 'open', 'recorded')) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE (starts_at, ends_at, state, reason, made_for, chair_id, writer_id) ON meeting TO multiagency_app;
-- Once it is run, what comes next is pressed (`press_run`), and its chair stays.
CREATE POLICY guard_running ON meeting FOR UPDATE TO multiagency_guard USING (state = 'open');
GRANT UPDATE (run_at, turn) ON meeting TO multiagency_guard;
CREATE POLICY same_chair ON meeting AS RESTRICTIVE FOR UPDATE TO multiagency_app
    USING (true) WITH CHECK (run_at IS NULL OR chair_id IS NOT DISTINCT FROM chair_of(id));
SELECT pg_temp.serve_guard('meeting');
-- The worker tells calendars what has ended; a meeting and who is invited to it say nothing about any client.
CREATE POLICY telling ON meeting FOR SELECT TO multiagency_worker USING ((SELECT current_post_role()) = 'worker');
GRANT SELECT ON meeting TO multiagency_worker;

-- The roster says who can be reached, and nothing of any case: whoever is signed in may know; the team's coordinators keep it.
SELECT pg_temp.protect('duty_shift');
CREATE POLICY register ON duty_shift FOR SELECT TO multiagency_app USING ((SELECT current_post()) IS NOT NULL);
CREATE POLICY adding ON duty_shift FOR INSERT TO multiagency_app
    WITH CHECK (ended_at IS NULL AND team_id = ANY (ARRAY(SELECT coordinated_teams())));
CREATE POLICY ending ON duty_shift FOR UPDATE TO multiagency_app
    USING (ended_at IS NULL AND team_id = ANY (ARRAY(SELECT coordinated_teams()))) WITH CHECK (ended_at IS NOT NULL);
CREATE POLICY administration ON duty_shift FOR ALL TO multiagency_owner USING (true);
GRANT SELECT, INSERT, UPDATE (ended_at) ON duty_shift TO multiagency_app;

-- A child row under a parent of another case, or of another team, would be a way around the parent's policy; and no row
-- moves to another parent later: what may change is named (SEC-0002). The client's own worker sees who sits at the
-- table about their client, whatever the consent says of data.
SELECT pg_temp.protect_client_data('agenda_item', 'meeting', '{coordinate}', '{refer,coordinate}', false);
CREATE POLICY steering ON agenda_item FOR SELECT TO multiagency_app
    USING (case_id = ANY (ARRAY(SELECT acting_cases('meeting', '{refer,coordinate}'))));
CREATE POLICY own_team ON agenda_item AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (EXISTS (SELECT FROM meeting m
                        JOIN case_file c ON c.team_id = m.team_id -- SEC-0014
                        WHERE m.id = meeting_id AND c.id = agenda_item.case_id AND NOT m.team_only
                          AND m.team_id = ANY (ARRAY(SELECT coordinated_teams())))
                OR is_place_at_once(meeting_id, case_id));
CREATE POLICY urgent ON agenda_item FOR INSERT TO multiagency_app WITH CHECK (
    case_id = ANY (ARRAY(SELECT acting_cases('meeting', '{refer}'))) AND is_place_at_once(meeting_id, case_id));
-- What has come off an agenda does not come back: it is placed anew.
CREATE POLICY for_good ON agenda_item AS RESTRICTIVE FOR UPDATE TO multiagency_app
    USING (ended_at IS NULL) WITH CHECK (true);
GRANT UPDATE (position, discussed_at, ended_at, ended_because) ON agenda_item TO multiagency_app;
SELECT pg_temp.serve_guard('agenda_item');
CREATE POLICY guard_running ON agenda_item FOR UPDATE TO multiagency_guard USING (ended_at IS NULL);
GRANT UPDATE (begun_at, begun_by_id, handled_at, handled_by_id, more_minutes) ON agenda_item TO multiagency_guard;

SELECT pg_temp.protect_client_data('seat', 'meeting', '{coordinate}', '{refer,coordinate}', false);
CREATE POLICY steering ON seat FOR SELECT TO multiagency_app
    USING (case_id = ANY (ARRAY(SELECT acting_cases('meeting', '{refer,coordinate}'))));
CREATE POLICY urgent ON seat FOR INSERT TO multiagency_app WITH CHECK (
    case_id = ANY (ARRAY(SELECT acting_cases('meeting', '{refer}'))) AND EXISTS (
        SELECT FROM agenda_item a WHERE a.id = agenda_item_id AND is_place_at_once(a.meeting_id, a.case_id)));
CREATE POLICY same_case ON seat AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (EXISTS (SELECT FROM agenda_item a WHERE a.id = agenda_item_id AND a.case_id = seat.case_id));
-- Who declares a conflict leaves their own seats, rooms and addresses.
CREATE POLICY leaving ON seat FOR UPDATE TO multiagency_app
    USING (ended_at IS NULL AND post_id = (SELECT current_post()) AND case_id = ANY (ARRAY(SELECT granted_cases())))
    WITH CHECK (ended_at IS NOT NULL AND post_id = (SELECT current_post()));
CREATE POLICY for_good ON seat AS RESTRICTIVE FOR UPDATE TO multiagency_app
    USING (ended_at IS NULL) WITH CHECK (true);
GRANT UPDATE (ended_at, observes) ON seat TO multiagency_app;
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
-- Nobody comes in who has not promised, for this meeting, that nobody else hears and sees.
CREATE POLICY promised ON room_presence AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (EXISTS (SELECT FROM room_promise p JOIN agenda_item a ON a.meeting_id = p.meeting_id
                        JOIN seat s ON s.agenda_item_id = a.id
                        WHERE s.id = seat_id AND p.wording !~ '^interpreter' AND p.post_id = (SELECT current_post())));
-- That a room is empty is said by whoever steers the case, and never of oneself while one comes in.
CREATE POLICY emptied_by_the_chair ON room_presence AS RESTRICTIVE FOR UPDATE TO multiagency_app USING (true)
    WITH CHECK (emptied_at IS NULL OR case_id = ANY (ARRAY(SELECT acting_cases('meeting', '{coordinate}'))));
GRANT UPDATE (entered_at, left_at, ticket, connected_at, emptied_at) ON room_presence TO multiagency_app;
-- While somebody runs the meeting, only the room of the case that is handled can be entered.
CREATE POLICY case_by_case ON room_presence AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (left_at IS NOT NULL OR room_is_on(seat_id));
CREATE POLICY case_by_case_again ON room_presence AS RESTRICTIVE FOR UPDATE TO multiagency_app
    USING (true) WITH CHECK (left_at IS NOT NULL OR room_is_on(seat_id));
SELECT pg_temp.serve_guard('room_presence');
CREATE POLICY guard_ending ON room_presence FOR UPDATE TO multiagency_guard
    USING (left_at IS NULL) WITH CHECK (left_at IS NOT NULL);
GRANT UPDATE (left_at) ON room_presence TO multiagency_guard;
-- A room out of which one person cannot be put goes on under another name.
CREATE POLICY guard_renaming ON agenda_item FOR UPDATE TO multiagency_guard USING (ended_at IS NULL);
GRANT UPDATE (room) ON agenda_item TO multiagency_guard;

-- What is promised is promised for oneself, and stays; whoever leads the meeting sees who has.
SELECT pg_temp.protect('room_promise');
CREATE POLICY sight ON room_promise FOR SELECT TO multiagency_app
    USING (post_id = (SELECT current_post()) OR EXISTS (
        SELECT FROM meeting m WHERE m.id = meeting_id AND (
            m.chair_id = (SELECT current_post()) OR m.team_id = ANY (ARRAY(SELECT coordinated_teams())))));
CREATE POLICY adding ON room_promise FOR INSERT TO multiagency_app
    WITH CHECK (post_id = (SELECT current_post()) AND meeting_id = ANY (ARRAY(SELECT my_meetings())));
GRANT SELECT, INSERT ON room_promise TO multiagency_app;
SELECT pg_temp.serve_guard('room_promise');

-- Rooms are made for who comes in and ended by the guard; whoever leads sees what is not done, and says when it is.
SELECT pg_temp.protect('room_call');
CREATE POLICY sight ON room_call FOR SELECT TO multiagency_app USING (EXISTS (
    SELECT FROM meeting m WHERE m.id = meeting_id AND m.team_id = ANY (ARRAY(SELECT coordinated_teams()))));
CREATE POLICY making ON room_call FOR INSERT TO multiagency_app
    WITH CHECK (what = 'open' AND meeting_id = ANY (ARRAY(SELECT my_meetings())));
CREATE POLICY settling ON room_call FOR UPDATE TO multiagency_app
    USING (told_at IS NOT NULL AND settled_at IS NULL AND EXISTS (
        SELECT FROM meeting m WHERE m.id = meeting_id AND m.team_id = ANY (ARRAY(SELECT coordinated_teams()))))
    WITH CHECK (settled_by_id = (SELECT current_post()));
GRANT SELECT, INSERT, UPDATE (settled_at, settled_by_id) ON room_call TO multiagency_app;
CREATE POLICY asking ON room_call FOR ALL TO multiagency_worker USING ((SELECT current_post_role()) = 'worker');
GRANT SELECT, UPDATE (attempts, next_attempt_at, told_at, settled_at) ON room_call TO multiagency_worker;
SELECT pg_temp.serve_guard('room_call');
CREATE POLICY guard_asking ON room_call FOR INSERT TO multiagency_guard WITH CHECK (what <> 'open');
GRANT INSERT ON room_call TO multiagency_guard;

-- Why somebody was called at once is said once, by whoever called, and read by those who steer the case.
SELECT pg_temp.protect_client_data('seat_necessity', 'meeting', '{refer,coordinate}', '{}', true);
CREATE POLICY steering ON seat_necessity AS RESTRICTIVE FOR SELECT TO multiagency_app
    USING (case_id = ANY (ARRAY(SELECT acting_cases('meeting', '{refer,coordinate}'))));
CREATE POLICY coordinating ON seat_necessity FOR SELECT TO multiagency_app
    USING (case_id = ANY (ARRAY(SELECT acting_cases('meeting', '{refer,coordinate}'))));
CREATE POLICY same_case ON seat_necessity AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    author_id = (SELECT current_post())
    AND EXISTS (SELECT FROM seat s WHERE s.id = seat_id AND s.case_id = seat_necessity.case_id));

-- What whoever leads a case notes: for its author, and for those who write the minutes.
SELECT pg_temp.protect_client_data('chair_note', 'minutes', '{read,coordinate}', '{read,coordinate}', true);
CREATE POLICY own_or_writing ON chair_note AS RESTRICTIVE FOR SELECT TO multiagency_app
    USING (author_id = (SELECT current_post()) OR case_id = ANY (ARRAY(SELECT acting_cases('minutes', '{coordinate}'))));
CREATE POLICY by_who_leads ON chair_note AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    author_id = (SELECT current_post())
    AND EXISTS (SELECT FROM agenda_item a WHERE a.id = agenda_item_id AND a.case_id = chair_note.case_id)
    AND (agenda_item_id = ANY (ARRAY(SELECT chaired_items()))
         OR case_id = ANY (ARRAY(SELECT acting_cases('minutes', '{coordinate}')))));
CREATE POLICY own ON chair_note AS RESTRICTIVE FOR UPDATE TO multiagency_app USING (
    author_id = (SELECT current_post())
    AND (agenda_item_id = ANY (ARRAY(SELECT chaired_items()))
         OR case_id = ANY (ARRAY(SELECT acting_cases('minutes', '{coordinate}')))));
GRANT UPDATE (text, saved_at) ON chair_note TO multiagency_app;

-- What an agency tells a table at which it cannot be: said on one's own living seat, in one's own record, and never changed.
SELECT pg_temp.protect_client_data('sent_instead', 'minutes', '{read,contribute,refer,coordinate,act}', '{}', true);
CREATE POLICY own_seat ON sent_instead AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (EXISTS (SELECT FROM seat s WHERE s.id = seat_id AND s.case_id = sent_instead.case_id
                        AND s.post_id = (SELECT current_post()) AND s.ended_at IS NULL));

-- How a missing office was made up for is noted by whoever coordinates, about a table of that case.
SELECT pg_temp.protect_client_data('secured_office', 'meeting', '{coordinate}', '{}', true);
CREATE POLICY same_case ON secured_office AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    noted_by_id = (SELECT current_post())
    AND EXISTS (SELECT FROM agenda_item a WHERE a.id = agenda_item_id AND a.case_id = secured_office.case_id));

-- The client takes part beside somebody who sits at their own case, by the word of whoever coordinates; what was
-- arranged ends and is not changed.
SELECT pg_temp.protect_client_data('client_beside', 'meeting', '{coordinate}', '{coordinate}', true);
CREATE POLICY beside_a_seat ON client_beside AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    arranged_by_id = (SELECT current_post()) AND ended_at IS NULL
    AND EXISTS (SELECT FROM seat s WHERE s.id = seat_id AND s.agenda_item_id = client_beside.agenda_item_id
                AND s.case_id = client_beside.case_id AND s.ended_at IS NULL)
    AND (interpreter_seat_id IS NULL OR interpreter_seat_id <> seat_id AND EXISTS (
        SELECT FROM seat s WHERE s.id = interpreter_seat_id AND s.agenda_item_id = client_beside.agenda_item_id
                             AND s.case_id = client_beside.case_id AND s.ended_at IS NULL)));
CREATE POLICY for_good ON client_beside AS RESTRICTIVE FOR UPDATE TO multiagency_app
    USING (ended_at IS NULL) WITH CHECK (ended_at IS NOT NULL);
GRANT UPDATE (ended_at) ON client_beside TO multiagency_app;

SELECT pg_temp.protect('invitation');
CREATE POLICY sight ON invitation FOR SELECT TO multiagency_app
    USING (post_id = (SELECT current_post()) OR meeting_id = ANY (ARRAY(SELECT referred_meetings()))
           OR EXISTS (SELECT FROM meeting m
                      WHERE m.id = meeting_id AND m.team_id = ANY (ARRAY(SELECT coordinated_teams()))));
CREATE POLICY adding ON invitation FOR INSERT TO multiagency_app WITH CHECK (steers_meeting(meeting_id));
CREATE POLICY changing ON invitation FOR UPDATE TO multiagency_app
    USING (post_id = (SELECT current_post()) OR steers_meeting(meeting_id));
GRANT SELECT, INSERT, UPDATE (sequence, answer, answered_at, cancelled_at, reminded_at, needed_from,
    needed_until, instead_id, email) ON invitation TO multiagency_app;
SELECT pg_temp.serve_guard('invitation');
CREATE POLICY telling ON invitation FOR ALL TO multiagency_worker USING ((SELECT current_post_role()) = 'worker');
GRANT SELECT, UPDATE (sequence, cancelled_at, reminded_at, needed_from, needed_until) ON invitation TO multiagency_worker;

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
