-- SEC-0002: no row of a case hangs on a parent out of sight, nor moves there.

CREATE POLICY own_team ON agenda_item AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (EXISTS (SELECT FROM meeting m WHERE m.id = meeting_id AND m.team_id = ANY (ARRAY(SELECT coordinated_teams()))));
-- A row does not move to another parent later: what may change is named.
REVOKE UPDATE ON agenda_item, seat, room_presence, assessment_answer, planned_action FROM multiagency_app;
GRANT UPDATE (ended_at) ON agenda_item, seat TO multiagency_app;
GRANT UPDATE (entered_at, left_at) ON room_presence TO multiagency_app;
GRANT UPDATE (answer, comment) ON assessment_answer TO multiagency_app;
GRANT UPDATE (owner_id, state, outcome, done_at) ON planned_action TO multiagency_app;
-- Nor does it move to another case or another agency's record, even of one's own.
REVOKE UPDATE ON client, safe_contact, party, case_part, assessment FROM multiagency_app;
GRANT UPDATE (name, identity_code) ON client TO multiagency_app;
GRANT UPDATE (phone, when_to_call, do_not_talk_to, address, municipality, interpreter, may_leave_message, language)
    ON safe_contact TO multiagency_app;
GRANT UPDATE (role, name, identity_code, relation, employer_id) ON party TO multiagency_app;
GRANT UPDATE (author_id, narrative, written_at) ON case_part TO multiagency_app;
GRANT UPDATE (completed_at, judged_high, judgement_reason) ON assessment TO multiagency_app;
-- A basis names what it rests on, and nothing else: its consent, its ground, or a disclosure that its maker made.
CREATE POLICY as_its_reason ON lawful_basis AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    (consent_id IS NULL OR reason = 'consent') AND (ground_id IS NULL OR reason = 'ground')
    AND (disclosure_id IS NULL OR i_disclosed(disclosure_id, case_id, agency_id)
         AND case_id = ANY (ARRAY(SELECT discloser_cases()))));
