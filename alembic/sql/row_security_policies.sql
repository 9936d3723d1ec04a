-- Row security on every table. Client data follows one form; the rest is spelled out below it.

SELECT pg_temp.protect_client_data('client', 'identity', '{refer}', '{refer}', true);
SELECT pg_temp.protect_client_data('safe_contact', 'contact', '{refer}', '{refer}', true);
SELECT pg_temp.protect_client_data('party', 'party', '{refer}', '{refer}', true);
SELECT pg_temp.protect_client_data('case_part', 'narrative', '{refer,contribute}', '{refer,contribute}', true);
-- A withdrawal is a version of the consent it ends, so it belongs to the record of whoever recorded that.
SELECT pg_temp.protect_client_data('consent', 'consent', '{refer,coordinate}', '{}', false);
SELECT pg_temp.protect_client_data('consent_recipient', 'consent', '{refer,coordinate}', '{}', true);
SELECT pg_temp.protect_client_data('assessment', 'risk', '{refer}', '{refer}', true);
SELECT pg_temp.protect_client_data('assessment_answer', 'risk', '{refer}', '{refer}', true);
SELECT pg_temp.protect_client_data('agenda_item', 'meeting', '{coordinate}', '{refer,coordinate}', false);
SELECT pg_temp.protect_client_data('seat', 'meeting', '{coordinate}', '{refer,coordinate}', false);
SELECT pg_temp.protect_client_data('room_presence', 'meeting', '{read,act,refer,coordinate}',
                                   '{read,act,refer,coordinate}', false);
SELECT pg_temp.protect_client_data('minutes', 'minutes', '{coordinate}', '{}', true);
SELECT pg_temp.protect_client_data('planned_action', 'action', '{coordinate}', '{coordinate,act}', false);

-- The client's own worker sees who sits at the table about their client, whatever the consent says of data.
CREATE POLICY steering ON agenda_item FOR SELECT TO multiagency_app
    USING (case_id = ANY (ARRAY(SELECT acting_cases('meeting', '{refer,coordinate}'))));
CREATE POLICY steering ON seat FOR SELECT TO multiagency_app
    USING (case_id = ANY (ARRAY(SELECT acting_cases('meeting', '{refer,coordinate}'))));
CREATE POLICY steering ON room_presence FOR SELECT TO multiagency_app
    USING (case_id = ANY (ARRAY(SELECT acting_cases('meeting', '{refer,coordinate}'))));
-- Nobody reports on an action that is not theirs; the coordinator may.
CREATE POLICY own_action ON planned_action AS RESTRICTIVE FOR UPDATE TO multiagency_app
    USING (owner_id = (SELECT current_post()) OR case_id = ANY (ARRAY(SELECT acting_cases('action', '{coordinate}'))));
-- Nobody takes a place in a room but on their own seat.
CREATE POLICY own_seat ON room_presence AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (EXISTS (SELECT FROM seat s WHERE s.id = seat_id AND s.case_id = room_presence.case_id
                        AND s.post_id = (SELECT current_post()) AND s.ended_at IS NULL));
-- Nobody puts another out of a room, but whoever steers the case.
CREATE POLICY own_place ON room_presence AS RESTRICTIVE FOR UPDATE TO multiagency_app
    USING (EXISTS (SELECT FROM seat s WHERE s.id = seat_id AND s.post_id = (SELECT current_post()))
           OR case_id = ANY (ARRAY(SELECT acting_cases('meeting', '{refer,coordinate}'))));
-- A coordinator ends a consent; giving one is for whoever asks the client.
CREATE POLICY only_withdrawing ON consent AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (state = 'withdrawn' OR case_id = ANY (ARRAY(SELECT acting_cases('consent', '{refer}'))));
-- A child row under a parent of another case would be a way around the parent's policy.
CREATE POLICY same_case ON seat AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (EXISTS (SELECT FROM agenda_item a WHERE a.id = agenda_item_id AND a.case_id = seat.case_id));
CREATE POLICY same_case ON minutes AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (EXISTS (SELECT FROM agenda_item a WHERE a.id = agenda_item_id AND a.case_id = minutes.case_id));
CREATE POLICY same_case ON assessment_answer AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (EXISTS (SELECT FROM assessment a WHERE a.id = assessment_id AND a.case_id = assessment_answer.case_id));
CREATE POLICY same_case ON consent_recipient AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (EXISTS (SELECT FROM consent c WHERE c.id = consent_id AND c.case_id = consent_recipient.case_id));

-- The shell of a case.
SELECT pg_temp.protect('case_file');
CREATE POLICY sight ON case_file FOR SELECT TO multiagency_app USING (
    id = ANY (ARRAY(SELECT shared_cases('shell'))) OR
    controller_id = (SELECT current_agency()) AND id = ANY (ARRAY(SELECT own_cases('shell'))));
CREATE POLICY adding ON case_file FOR INSERT TO multiagency_app
    WITH CHECK (opened_by_id = (SELECT current_post()) AND controller_id = (SELECT current_agency()));
CREATE POLICY changing ON case_file FOR UPDATE TO multiagency_app
    USING (id = ANY (ARRAY(SELECT acting_cases('shell', '{refer,coordinate}'))));
GRANT SELECT, INSERT, UPDATE (stage, submitted_at, withdrawn_at) ON case_file TO multiagency_app;

-- Bases, grants and bars: who steers a case sees and makes them, within what a consent or a task allows.
SELECT pg_temp.protect('lawful_basis');
CREATE POLICY sight ON lawful_basis FOR SELECT TO multiagency_app USING (
    agency_id = (SELECT current_agency()) AND case_id = ANY (ARRAY(SELECT granted_cases()))
    OR case_id = ANY (ARRAY(SELECT acting_cases('shell', '{refer,coordinate}'))));
CREATE POLICY adding ON lawful_basis FOR INSERT TO multiagency_app WITH CHECK (
    reason = 'own_record' AND agency_id = (SELECT current_agency()) AND case_id = ANY (ARRAY(SELECT unopened_cases()))
    OR reason = 'own_record' AND kinds <@ '{action}' AND agency_has_consent(case_id, agency_id)
       AND case_id = ANY (ARRAY(SELECT acting_cases('action', '{coordinate}')))
    OR reason = 'coordination' AND kinds <@ '{shell,meeting}' AND agency_id = convener_of(case_id)
       AND case_id = ANY (ARRAY(SELECT acting_cases('shell', '{refer}')))
    OR reason = 'consent' AND consent_names(case_id, consent_id, agency_id, kinds)
       AND case_id = ANY (ARRAY(SELECT acting_cases('consent', '{refer}'))));
CREATE POLICY ending ON lawful_basis FOR UPDATE TO multiagency_app
    USING (ended_at IS NULL AND case_id = ANY (ARRAY(SELECT acting_cases('shell', '{refer,coordinate}'))))
    WITH CHECK (ended_at IS NOT NULL);
GRANT SELECT, INSERT, UPDATE (ended_at) ON lawful_basis TO multiagency_app;

SELECT pg_temp.protect('access_grant');
CREATE POLICY sight ON access_grant FOR SELECT TO multiagency_app USING (
    post_id = (SELECT current_post()) OR case_id = ANY (ARRAY(SELECT acting_cases('shell', '{refer,coordinate}'))));
CREATE POLICY adding ON access_grant FOR INSERT TO multiagency_app WITH CHECK (
    grant_fits(case_id, basis_id, post_id, kinds) AND (
        post_id = (SELECT current_post()) AND case_id = ANY (ARRAY(SELECT unopened_cases()))
        OR post_id = (SELECT current_post()) AND capability = 'refer' AND occasion = 'referral'
           AND case_id = ANY (ARRAY(SELECT acting_cases('shell', '{refer}')))
        OR capability <> 'refer' AND case_id = ANY (ARRAY(SELECT acting_cases('shell', '{refer,coordinate}')))));
CREATE POLICY ending ON access_grant FOR UPDATE TO multiagency_app
    USING (ended_at IS NULL AND case_id = ANY (ARRAY(SELECT acting_cases('shell', '{refer,coordinate}'))))
    WITH CHECK (ended_at IS NOT NULL);
GRANT SELECT, INSERT, UPDATE (ended_at) ON access_grant TO multiagency_app;

SELECT pg_temp.protect('access_bar');
CREATE POLICY steering ON access_bar FOR ALL TO multiagency_app
    USING (case_id = ANY (ARRAY(SELECT acting_cases('shell', '{refer,coordinate}'))));
GRANT SELECT, INSERT ON access_bar TO multiagency_app;

-- Wrapped data keys: those of cases in sight, and (case_id null) the yearly keys of the log.
SELECT pg_temp.protect('data_key');
CREATE POLICY sight ON data_key FOR ALL TO multiagency_app
    USING (case_id = ANY (ARRAY(SELECT granted_cases())) OR case_id IS NULL AND (SELECT current_post()) IS NOT NULL);
CREATE POLICY log_keys ON data_key FOR ALL TO multiagency_worker
    USING (case_id IS NULL AND (SELECT current_post_role()) = 'worker');
CREATE POLICY sign_in ON data_key FOR ALL TO multiagency_signin USING (case_id IS NULL);
GRANT SELECT, INSERT ON data_key TO multiagency_app, multiagency_worker, multiagency_signin;

-- Meetings and invitations.
SELECT pg_temp.protect('meeting');
CREATE POLICY sight ON meeting FOR SELECT TO multiagency_app
    USING (id = ANY (ARRAY(SELECT my_meetings())) OR id = ANY (ARRAY(SELECT steered_meetings())));
CREATE POLICY adding ON meeting FOR INSERT TO multiagency_app
    WITH CHECK (team_id = ANY (ARRAY(SELECT coordinated_teams())));
CREATE POLICY changing ON meeting FOR UPDATE TO multiagency_app USING (team_id = ANY (ARRAY(SELECT coordinated_teams())));
GRANT SELECT, INSERT, UPDATE (starts_at, ends_at, state) ON meeting TO multiagency_app;

SELECT pg_temp.protect('invitation');
CREATE POLICY sight ON invitation FOR SELECT TO multiagency_app
    USING (post_id = (SELECT current_post()) OR meeting_id = ANY (ARRAY(SELECT steered_meetings())));
CREATE POLICY adding ON invitation FOR INSERT TO multiagency_app
    WITH CHECK (meeting_id = ANY (ARRAY(SELECT steered_meetings())));
CREATE POLICY changing ON invitation FOR UPDATE TO multiagency_app
    USING (post_id = (SELECT current_post()) OR meeting_id = ANY (ARRAY(SELECT steered_meetings())));
GRANT SELECT, INSERT, UPDATE (sequence, answer, answered_at, cancelled_at) ON invitation TO multiagency_app;

SELECT pg_temp.protect('join_address');
CREATE POLICY sight ON join_address FOR SELECT TO multiagency_app USING (
    invitation_id = ANY (ARRAY(SELECT my_invitations())) OR invitation_id = ANY (ARRAY(SELECT steered_invitations())));
CREATE POLICY adding ON join_address FOR INSERT TO multiagency_app
    WITH CHECK (invitation_id = ANY (ARRAY(SELECT steered_invitations())));
CREATE POLICY ending ON join_address FOR UPDATE TO multiagency_app
    USING (ended_at IS NULL AND invitation_id = ANY (ARRAY(SELECT steered_invitations())))
    WITH CHECK (ended_at IS NOT NULL);
GRANT SELECT, INSERT, UPDATE (ended_at) ON join_address TO multiagency_app;

-- The outbox: the application writes and sees how delivery went, only the worker reads bodies.
SELECT pg_temp.protect('outbox');
CREATE POLICY progress ON outbox FOR SELECT TO multiagency_app USING (stream_id = ANY (ARRAY(SELECT steered_invitations())));
CREATE POLICY adding ON outbox FOR INSERT TO multiagency_app
    WITH CHECK (stream_id = ANY (ARRAY(SELECT steered_invitations())));
GRANT INSERT, SELECT (id, stream_id, ordinal, purpose, state, attempts, finished_at) ON outbox TO multiagency_app;
CREATE POLICY delivery ON outbox FOR ALL TO multiagency_worker USING ((SELECT current_post_role()) = 'worker');
GRANT SELECT, UPDATE ON outbox TO multiagency_worker;

-- The log: inserts only. Auditors read entries and details; the worker reads hashed bytes and numbers them.
SELECT pg_temp.protect('audit_entry');
CREATE POLICY writing ON audit_entry FOR INSERT TO multiagency_app, multiagency_worker
    WITH CHECK ((SELECT current_post()) IS NOT NULL);
CREATE POLICY sign_in ON audit_entry FOR INSERT TO multiagency_signin WITH CHECK (true);
CREATE POLICY reading ON audit_entry FOR SELECT TO multiagency_app, multiagency_worker
    USING ((SELECT current_post_role()) IN ('auditor', 'worker'));
GRANT SELECT, INSERT ON audit_entry TO multiagency_app, multiagency_worker;
GRANT INSERT ON audit_entry TO multiagency_signin;

SELECT pg_temp.protect('audit_detail');
CREATE POLICY writing ON audit_detail FOR INSERT TO multiagency_app, multiagency_worker
    WITH CHECK (post_id = (SELECT current_post()));
CREATE POLICY sign_in ON audit_detail FOR INSERT TO multiagency_signin WITH CHECK (true);
CREATE POLICY reading ON audit_detail FOR SELECT TO multiagency_app USING ((SELECT current_post_role()) = 'auditor');
GRANT SELECT, INSERT ON audit_detail TO multiagency_app;
GRANT INSERT ON audit_detail TO multiagency_worker, multiagency_signin;

SELECT pg_temp.protect('audit_sequence');
CREATE POLICY numbering ON audit_sequence FOR INSERT TO multiagency_worker
    WITH CHECK ((SELECT current_post_role()) = 'worker');
CREATE POLICY reading ON audit_sequence FOR SELECT TO multiagency_app, multiagency_worker
    USING ((SELECT current_post_role()) IN ('auditor', 'worker'));
GRANT SELECT ON audit_sequence TO multiagency_app;
GRANT SELECT, INSERT ON audit_sequence TO multiagency_worker;

SELECT pg_temp.protect('audit_checkpoint');
CREATE POLICY publishing ON audit_checkpoint FOR INSERT TO multiagency_worker
    WITH CHECK ((SELECT current_post_role()) = 'worker');
CREATE POLICY reading ON audit_checkpoint FOR SELECT TO multiagency_app, multiagency_worker
    USING ((SELECT current_post_role()) IN ('auditor', 'worker'));
GRANT SELECT ON audit_checkpoint TO multiagency_app;
GRANT SELECT, INSERT ON audit_checkpoint TO multiagency_worker;

-- People: whoever is signed in may see the directory; only the owner, that is an administrator's migration, changes it.
DO $$
DECLARE directory text;
BEGIN
    FOREACH directory IN ARRAY ARRAY['agency', 'person', 'post', 'team', 'team_member', 'dated_parameter'] LOOP
        PERFORM pg_temp.protect(directory::regclass);
        EXECUTE format('CREATE POLICY directory ON %I FOR SELECT TO multiagency_app, multiagency_worker '
                       'USING ((SELECT current_post()) IS NOT NULL)', directory);
        EXECUTE format('CREATE POLICY administration ON %I FOR ALL TO multiagency_owner USING (true)', directory);
        EXECUTE format('GRANT SELECT ON %I TO multiagency_app, multiagency_worker', directory);
    END LOOP;
    FOREACH directory IN ARRAY ARRAY['agency', 'person', 'post'] LOOP
        EXECUTE format('CREATE POLICY sign_in ON %I FOR SELECT TO multiagency_signin USING (true)', directory);
        EXECUTE format('GRANT SELECT ON %I TO multiagency_signin', directory);
    END LOOP;
END $$;

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

-- The guard reads what the questions above need, and nothing else.
DO $$
DECLARE asked text;
BEGIN
    FOREACH asked IN ARRAY ARRAY['session', 'post', 'person', 'agency', 'team', 'team_member', 'case_file', 'consent',
        'consent_recipient', 'lawful_basis', 'access_grant', 'access_bar', 'meeting', 'agenda_item', 'seat',
        'invitation'] LOOP
        EXECUTE format('CREATE POLICY guard ON %I FOR SELECT TO multiagency_guard USING (true)', asked);
        EXECUTE format('GRANT SELECT ON %I TO multiagency_guard', asked);
    END LOOP;
END $$;
