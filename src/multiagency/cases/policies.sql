-- The shell of a case is the same for all: any live grant that holds it shows it, in one's own record or a shared one.
-- One question with all capabilities, so that it is looked for once and not twice.
SELECT pg_temp.protect('case_file');
CREATE POLICY sight ON case_file FOR SELECT TO multiagency_app
    USING (id = ANY (ARRAY(SELECT acting_cases('shell', '{read,contribute,refer,coordinate,act,support}'))));
CREATE POLICY adding ON case_file FOR INSERT TO multiagency_app
    WITH CHECK (opened_by_id = (SELECT current_post()) AND controller_id = (SELECT current_agency()));
CREATE POLICY changing ON case_file FOR UPDATE TO multiagency_app
    USING (id = ANY (ARRAY(SELECT acting_cases('shell', '{refer,coordinate}'))));
GRANT SELECT, INSERT, UPDATE (pathway_version, stage, stage_kind, submitted_at, agenda_by, withdrawn_at, closed_at, round_began_at,
    retention_class)
    ON case_file TO multiagency_app;
CREATE POLICY keeper_sight ON case_file FOR SELECT TO multiagency_keeper
    USING ((SELECT current_post_role()) = 'keeper');
CREATE POLICY keeper_expiry ON case_file FOR DELETE TO multiagency_keeper
    USING (id = ANY (ARRAY(SELECT over_cases())));
GRANT SELECT, DELETE ON case_file TO multiagency_keeper;
SELECT pg_temp.serve_guard('case_file');
CREATE POLICY guard_taking_over ON case_file FOR UPDATE TO multiagency_guard
    USING (taken_over_at IS NULL) WITH CHECK (taken_over_at IS NOT NULL AND opener_keeps IS NOT NULL);
GRANT UPDATE (taken_over_at, opener_keeps) ON case_file TO multiagency_guard;

-- That a case goes on anew, and since when, is for whoever refers it to say.
SELECT pg_temp.protect_client_data('case_round', 'shell', '{refer}', '{}', true);

-- Why it was opened, for whoever may be told what the case is about.
SELECT pg_temp.protect_client_data('case_origin', 'narrative', '{refer}', '{}', true);

-- When and why it came into each stage: the database itself keeps every move (`keep_move`), whoever made it adds why.
SELECT pg_temp.protect_client_data('stage_history', 'shell', '{}', '{refer,coordinate}', true);
GRANT UPDATE (reason) ON stage_history TO multiagency_app;
CREATE POLICY once ON stage_history AS RESTRICTIVE FOR UPDATE TO multiagency_app -- SEC-0049
    USING (reason IS NULL AND moved_by_id = (SELECT current_post())) WITH CHECK (moved_by_id = (SELECT current_post()));
CREATE POLICY guard_adding ON stage_history FOR INSERT TO multiagency_guard WITH CHECK (moved_by_id = current_post());
GRANT INSERT ON stage_history TO multiagency_guard;
SELECT pg_temp.serve_guard('stage_history');

-- What was found, and by whom it was decided: whoever steers the case records it; once it is taken over, its opener may
-- still record what its agency decided.
SELECT pg_temp.protect_client_data('finding', 'shell', '{refer,coordinate}', '{}', true);
CREATE POLICY opener ON finding FOR INSERT TO multiagency_app WITH CHECK (
    what = 'decision' AND controller_id = (SELECT current_agency())
    AND case_id = ANY (ARRAY(SELECT acting_cases('shell', '{read}')))
    AND EXISTS (SELECT FROM case_file c WHERE c.id = case_id AND c.controller_id = finding.controller_id));

-- The people in a case, and each agency's own part. What may change is named: no row moves to another case or another
-- agency's record, even of one's own (SEC-0002).
SELECT pg_temp.protect_client_data('client', 'identity', '{refer}', '{refer}', true);
SELECT pg_temp.goes_with_the_case('client');
GRANT UPDATE (name, identity_code, birth_date, changed_by_id, changed_at) ON client TO multiagency_app;

SELECT pg_temp.protect_client_data('safe_contact', 'contact', '{refer}', '{refer}', true);
SELECT pg_temp.goes_with_the_case('safe_contact');
CREATE POLICY protected ON safe_contact AS RESTRICTIVE FOR ALL TO multiagency_app USING (
    case_id <> ALL (ARRAY(SELECT protected_cases(false))) OR case_id = ANY (ARRAY(SELECT cleared_cases())));
GRANT UPDATE (phone, safe_days, safe_from, safe_until, when_to_call, do_not_talk_to, address, municipality, interpreter,
    must_not_interpret, may_leave_message, language, changed_by_id, changed_at) ON safe_contact TO multiagency_app;

SELECT pg_temp.protect_client_data('party', 'party', '{refer}', '{refer}', true);
SELECT pg_temp.goes_with_the_case('party');
GRANT UPDATE (role, role_since, name, identity_code, birth_date, relation, employer_id, changed_by_id, changed_at)
    ON party TO multiagency_app;
SELECT pg_temp.serve_guard('party', '(id, case_id, controller_id, role, role_since, employer_id, struck_at, struck_by_id)');
-- Who was recorded by mistake is in the case for nobody; only the keeper still finds the row, to delete it in its time.
CREATE POLICY not_struck ON party AS RESTRICTIVE FOR ALL TO multiagency_app USING (struck_at IS NULL);
CREATE POLICY guard_striking ON party FOR UPDATE TO multiagency_guard
    USING (struck_at IS NULL) WITH CHECK (struck_at IS NOT NULL AND struck_by_id IS NOT NULL AND struck_reason IS NOT NULL);
GRANT UPDATE (struck_at, struck_by_id, struck_reason), SELECT (struck_reason) ON party TO multiagency_guard;

SELECT pg_temp.protect_client_data('case_part', 'narrative', '{refer,contribute}', '{refer,contribute}', true);
GRANT UPDATE (author_id, narrative, written_at) ON case_part TO multiagency_app;

-- What an agency told before: its own history, whoever else may read what it tells now. Nothing of it changes.
SELECT pg_temp.protect_client_data('earlier_part', 'narrative', '{refer,contribute}', '{}', true);
CREATE POLICY own_agency ON earlier_part AS RESTRICTIVE FOR SELECT TO multiagency_app
    USING (controller_id = (SELECT current_agency()));
CREATE POLICY same_part ON earlier_part AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    EXISTS (SELECT FROM case_part p WHERE p.id = part_id AND p.case_id = earlier_part.case_id
            AND p.controller_id = earlier_part.controller_id));

-- What the client wishes and asks, and a child's own view: recorded by whoever refers the case; the client's also by who
-- stands beside them, who sees no more of it than their own agency recorded.
SELECT pg_temp.protect_client_data('voice', 'narrative', '{refer}', '{refer}', true);
CREATE POLICY supporting ON voice FOR ALL TO multiagency_app USING (
    party_id IS NULL AND controller_id = (SELECT current_agency())
    AND case_id = ANY (ARRAY(SELECT acting_cases('shell', '{support}'))));
CREATE POLICY of_a_child_here ON voice AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    party_id IS NULL OR EXISTS (SELECT FROM party p WHERE p.id = party_id AND p.case_id = voice.case_id));
GRANT UPDATE (said, question, changed_by_id, changed_at) ON voice TO multiagency_app;

-- Bases: who steers a case sees and makes them, within what a consent, a ground or a task allows; auditors read who
-- held which right and why (703/2023 section 9), but not of a case that they are a party to.
SELECT pg_temp.protect('lawful_basis');
CREATE POLICY sight ON lawful_basis FOR SELECT TO multiagency_app USING (
    agency_id = (SELECT current_agency()) AND case_id = ANY (ARRAY(SELECT granted_cases()))
    OR case_id = ANY (ARRAY(SELECT acting_cases('shell', '{refer,coordinate}'))));
CREATE POLICY oversight ON lawful_basis FOR SELECT TO multiagency_app
    USING ((SELECT current_post_role()) = 'auditor' AND case_id <> ALL (ARRAY(SELECT kept_from_auditor())));
CREATE POLICY adding ON lawful_basis FOR INSERT TO multiagency_app WITH CHECK (
    reason = 'own_record' AND agency_id = (SELECT current_agency()) AND case_id = ANY (ARRAY(SELECT unopened_cases()))
    OR reason = 'own_record' AND kinds <@ '{action}' AND agency_has_consent(case_id, agency_id)
       AND case_id = ANY (ARRAY(SELECT acting_cases('action', '{coordinate}')))
    OR reason = 'coordination' AND kinds <@ '{shell,meeting}' AND agency_id = convener_of(case_id)
       AND case_id = ANY (ARRAY(SELECT acting_cases('shell', '{refer}')))
    OR reason = 'consent' AND consent_names(case_id, consent_id, agency_id, kinds)
       AND case_id = ANY (ARRAY(SELECT acting_cases('consent', '{refer}'))));
CREATE POLICY no_longer_than_consent ON lawful_basis AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (reason <> 'consent' OR coalesce(valid_to <= consent_until(case_id), consent_until(case_id) IS NULL));
-- A basis names what it rests on, and nothing else: its consent, its ground, or a disclosure that its maker made.
CREATE POLICY as_its_reason ON lawful_basis AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    (consent_id IS NULL OR reason = 'consent') AND (ground_id IS NULL OR reason = 'ground')
    AND (disclosure_id IS NULL OR i_disclosed(disclosure_id, case_id, agency_id)
         AND case_id = ANY (ARRAY(SELECT discloser_cases()))));
-- What an agency lawfully wrote stays in its own part: a basis of its own with the shell, and sight for its author.
CREATE POLICY own_part ON lawful_basis FOR INSERT TO multiagency_app WITH CHECK (
    reason = 'own_record' AND kinds <@ '{shell,narrative}' AND agency_id = (SELECT current_agency())
    AND case_id = ANY (ARRAY(SELECT acting_cases('narrative', '{contribute}'))));
-- My agency's own part for what I disclose; the recipient's own part for what it was given.
CREATE POLICY disclosing ON lawful_basis FOR INSERT TO multiagency_app WITH CHECK (
    reason = 'own_record' AND kinds <@ '{disclosure}' AND valid_to IS NULL AND (
        disclosure_id IS NULL AND agency_id = (SELECT current_agency())
        AND case_id = ANY (ARRAY(SELECT discloser_cases()))
        OR i_disclosed(disclosure_id, case_id, agency_id)));
-- To the table on a ground: only where the team has so decided, only what may be shared, recorded as a decision first.
CREATE POLICY sharing ON lawful_basis FOR INSERT TO multiagency_app WITH CHECK (
    reason = 'ground' AND kinds <@ '{shell,meeting,minutes,action,identity,contact,party,narrative,risk}'
    AND (team_shares_on_ground(case_id) OR is_called_at_once(case_id)) AND ground_lets(ground_id, case_id, agency_id, NULL)
    AND case_id = ANY (ARRAY(SELECT acting_cases('shell', '{refer}')))
    AND EXISTS (SELECT FROM ground_sharing s
                WHERE s.case_id = lawful_basis.case_id AND s.agency_id = lawful_basis.agency_id
                  AND s.ground_id = lawful_basis.ground_id
                  AND lawful_basis.kinds <@ (s.kinds || '{shell,meeting,minutes,action}'::text[])));
CREATE POLICY ending ON lawful_basis FOR UPDATE TO multiagency_app
    USING (ended_at IS NULL AND case_id = ANY (ARRAY(SELECT acting_cases('shell', '{refer,coordinate}'))))
    WITH CHECK (ended_at IS NOT NULL);
GRANT SELECT, INSERT, UPDATE (ended_at) ON lawful_basis TO multiagency_app;
SELECT pg_temp.serve_keeper('lawful_basis');
-- A consent may expire before the basis that names it.
CREATE POLICY keeper_unlinking ON lawful_basis FOR UPDATE TO multiagency_keeper
    USING (case_id = ANY (ARRAY(SELECT over_cases()))) WITH CHECK (consent_id IS NULL);
GRANT UPDATE (consent_id) ON lawful_basis TO multiagency_keeper;
SELECT pg_temp.serve_guard('lawful_basis');
-- What is left when a consent is narrowed is no more than it names.
CREATE POLICY guard_adding ON lawful_basis FOR INSERT TO multiagency_guard WITH CHECK (
    reason = 'break_glass' OR reason = 'consent' AND consent_names(case_id, consent_id, agency_id, kinds)
    OR reason = 'own_record' AND EXISTS (SELECT FROM case_file c WHERE c.id = case_id AND c.taken_over_at IS NOT NULL));
-- Once a case is taken over, its opener is given no more than it keeps, on no reason and by nobody; what its agency
-- discloses or is disclosed by a decision of its own is a record of that.
CREATE POLICY opener_keeps ON lawful_basis AS RESTRICTIVE FOR INSERT TO multiagency_app, multiagency_guard
    WITH CHECK (opener_may_be_given(case_id, agency_id, reason, kinds));
CREATE POLICY guard_ending ON lawful_basis FOR UPDATE TO multiagency_guard
    USING (ended_at IS NULL) WITH CHECK (ended_at IS NOT NULL);
GRANT INSERT, UPDATE (ended_at) ON lawful_basis TO multiagency_guard;
-- The worker warns of what runs out.
CREATE POLICY running_out ON lawful_basis FOR SELECT TO multiagency_worker
    USING ((SELECT current_post_role()) = 'worker');
CREATE POLICY warned ON lawful_basis FOR UPDATE TO multiagency_worker
    USING (ended_at IS NULL AND (SELECT current_post_role()) = 'worker') WITH CHECK (warned_at IS NOT NULL);
GRANT SELECT (id, case_id, reason, valid_to, ended_at, warned_at), UPDATE (warned_at)
    ON lawful_basis TO multiagency_worker;

SELECT pg_temp.protect('access_grant');
CREATE POLICY sight ON access_grant FOR SELECT TO multiagency_app USING (
    post_id = (SELECT current_post()) OR case_id = ANY (ARRAY(SELECT acting_cases('shell', '{refer,coordinate}'))));
CREATE POLICY oversight ON access_grant FOR SELECT TO multiagency_app
    USING ((SELECT current_post_role()) = 'auditor' AND case_id <> ALL (ARRAY(SELECT kept_from_auditor())));
CREATE POLICY adding ON access_grant FOR INSERT TO multiagency_app WITH CHECK (
    grant_fits(case_id, basis_id, post_id, kinds) AND (
        post_id = (SELECT current_post()) AND case_id = ANY (ARRAY(SELECT unopened_cases()))
        OR post_id = (SELECT current_post()) AND capability = 'refer' AND occasion = 'referral'
           AND case_id = ANY (ARRAY(SELECT acting_cases('shell', '{refer}')))
        OR capability <> 'refer' AND case_id = ANY (ARRAY(SELECT acting_cases('shell', '{refer,coordinate}')))));
-- Coordination is of the case's team, and goes to nobody but those who coordinate it now.
CREATE POLICY of_the_team ON access_grant AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    capability <> 'coordinate' OR occasion = 'coordination' AND may_coordinate(case_id, occasion_id, post_id));
-- Whoever refers a case in the place of somebody else gives themselves nothing that lasts longer, and hands it to nobody.
-- What its referrer gives to whoever stands in for them is theirs for the days of the period.
CREATE POLICY for_the_period ON access_grant AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    valid_to <= deputy_until(case_id) OR deputy_id IS NULL AND (
        deputy_until(case_id) IS NULL
        OR post_id <> (SELECT current_post()) AND (capability <> 'refer' OR refers_itself(case_id, post_id)))
    OR deputy_until(case_id) IS NULL AND keeps_to_period(deputy_id, post_id, valid_from, valid_to));
-- Handing a referral over: to a colleague of the same agency whose role refers, on the bases that one's own grants
-- have.
CREATE POLICY handing_over ON access_grant FOR INSERT TO multiagency_app WITH CHECK (
    grant_fits(case_id, basis_id, post_id, kinds) AND capability = 'refer' AND occasion = 'referral'
    AND case_id = ANY (ARRAY(SELECT acting_cases('shell', '{refer}')))
    AND EXISTS (SELECT FROM post p WHERE p.id = post_id AND p.agency_id = (SELECT current_agency())
                AND p.role IN ('officer', 'social_worker')));
CREATE POLICY own_part ON access_grant FOR INSERT TO multiagency_app WITH CHECK (
    post_id = (SELECT current_post()) AND capability = 'read' AND occasion = 'own_part' AND kinds <@ '{shell,narrative}'
    AND grant_fits(case_id, basis_id, post_id, kinds)
    AND EXISTS (SELECT FROM lawful_basis b WHERE b.id = basis_id AND b.reason = 'own_record')
    AND case_id = ANY (ARRAY(SELECT acting_cases('narrative', '{contribute}'))));
CREATE POLICY disclosing ON access_grant FOR INSERT TO multiagency_app WITH CHECK (
    capability = 'read' AND occasion = 'disclosure' AND kinds <@ '{disclosure}'
    AND grant_fits(case_id, basis_id, post_id, kinds) AND case_id = ANY (ARRAY(SELECT discloser_cases())) AND (
        post_id = (SELECT current_post())
        OR EXISTS (SELECT FROM post p
                   WHERE p.id = post_id AND i_disclosed(occasion_id, access_grant.case_id, p.agency_id)
                     AND p.id = ANY (ARRAY(SELECT intake_posts(access_grant.case_id, p.agency_id))))));
CREATE POLICY ending ON access_grant FOR UPDATE TO multiagency_app
    USING (ended_at IS NULL AND case_id = ANY (ARRAY(SELECT acting_cases('shell', '{refer,coordinate}'))))
    WITH CHECK (ended_at IS NOT NULL);
-- Who declares a conflict ends their own grants.
CREATE POLICY leaving ON access_grant FOR UPDATE TO multiagency_app
    USING (ended_at IS NULL AND post_id = (SELECT current_post())) WITH CHECK (ended_at IS NOT NULL);
GRANT SELECT, INSERT, UPDATE (ended_at) ON access_grant TO multiagency_app;
SELECT pg_temp.serve_keeper('access_grant');
SELECT pg_temp.serve_guard('access_grant');
CREATE POLICY guard_adding ON access_grant FOR INSERT TO multiagency_guard WITH CHECK (
    occasion = 'break_glass' OR occasion = 'coordination' AND capability = 'coordinate' OR capability IN ('refer', 'act')
    OR occasion = 'action' AND kinds <@ '{contact}' OR occasion = 'opener' AND capability = 'read'
    OR EXISTS (SELECT FROM lawful_basis b
               WHERE b.id = basis_id AND b.reason = 'consent' AND b.ended_at IS NULL AND access_grant.kinds <@ b.kinds));
CREATE POLICY guard_ending ON access_grant FOR UPDATE TO multiagency_guard
    USING (ended_at IS NULL) WITH CHECK (ended_at IS NOT NULL);
-- What is shown until a meeting is over follows the meeting.
CREATE POLICY guard_following ON access_grant FOR UPDATE TO multiagency_guard
    USING (ended_at IS NULL AND occasion = 'reaching') WITH CHECK (valid_to IS NOT NULL AND occasion = 'reaching');
GRANT INSERT, UPDATE (ended_at, valid_to) ON access_grant TO multiagency_guard;

-- A person's bar is lifted by whoever steers the case, with a reason and a name; nothing else of a bar changes. Anybody
-- declares their own conflict, and is out at once.
SELECT pg_temp.protect('access_bar');
CREATE POLICY steering ON access_bar FOR ALL TO multiagency_app
    USING (case_id = ANY (ARRAY(SELECT acting_cases('shell', '{refer,coordinate}'))));
CREATE POLICY oversight ON access_bar FOR SELECT TO multiagency_app
    USING ((SELECT current_post_role()) = 'auditor' AND case_id <> ALL (ARRAY(SELECT kept_from_auditor())));
CREATE POLICY lifting ON access_bar AS RESTRICTIVE FOR UPDATE TO multiagency_app
    USING (valid_to IS NULL AND person_id IS NOT NULL)
    WITH CHECK (valid_to IS NOT NULL AND lifted_reason IS NOT NULL AND lifted_by_id = (SELECT current_post()));
CREATE POLICY declaring ON access_bar FOR INSERT TO multiagency_app WITH CHECK (
    person_id = (SELECT person_id FROM live_session()) AND set_by_id = (SELECT current_post()) AND NOT found
    AND valid_to IS NULL AND case_id = ANY (ARRAY(SELECT granted_cases())));
GRANT SELECT, INSERT, UPDATE (valid_to, lifted_by_id, lifted_reason) ON access_bar TO multiagency_app;
SELECT pg_temp.serve_keeper('access_bar');
SELECT pg_temp.serve_guard('access_bar');
CREATE POLICY guard_adding ON access_bar FOR INSERT TO multiagency_guard WITH CHECK (agency_id IS NOT NULL);
CREATE POLICY guard_lifting ON access_bar FOR UPDATE TO multiagency_guard
    USING (valid_to IS NULL AND found) WITH CHECK (valid_to IS NOT NULL AND lifted_by_id IS NOT NULL);
GRANT INSERT, UPDATE (valid_to, lifted_by_id, lifted_reason) ON access_bar TO multiagency_guard;

-- Exemptions from an agency's bar, given by whoever steers the case. The guard writes those of a bar that it makes.
SELECT pg_temp.protect('bar_exemption');
CREATE POLICY sight ON bar_exemption FOR SELECT TO multiagency_app
    USING (case_id = ANY (ARRAY(SELECT acting_cases('shell', '{refer,coordinate}'))));
CREATE POLICY oversight ON bar_exemption FOR SELECT TO multiagency_app
    USING ((SELECT current_post_role()) = 'auditor' AND case_id <> ALL (ARRAY(SELECT kept_from_auditor())));
CREATE POLICY adding ON bar_exemption FOR INSERT TO multiagency_app WITH CHECK (
    given_by_id = (SELECT current_post()) AND case_id = ANY (ARRAY(SELECT acting_cases('shell', '{refer,coordinate}')))
    AND EXISTS (SELECT FROM access_bar b
                WHERE b.id = bar_id AND b.case_id = bar_exemption.case_id AND b.agency_id IS NOT NULL));
GRANT SELECT, INSERT ON bar_exemption TO multiagency_app;
SELECT pg_temp.serve_keeper('bar_exemption');
CREATE POLICY guard ON bar_exemption FOR ALL TO multiagency_guard USING (true);
GRANT SELECT, INSERT ON bar_exemption TO multiagency_guard;
