-- Takes revision 0007 back.
DROP POLICY as_its_reason ON lawful_basis;
DROP POLICY own_team ON agenda_item;
REVOKE UPDATE (ended_at) ON agenda_item, seat FROM multiagency_app;
REVOKE UPDATE (entered_at, left_at) ON room_presence FROM multiagency_app;
REVOKE UPDATE (answer, comment) ON assessment_answer FROM multiagency_app;
REVOKE UPDATE (owner_id, state, outcome, done_at) ON planned_action FROM multiagency_app;
GRANT UPDATE ON agenda_item, seat, room_presence, assessment_answer, planned_action TO multiagency_app;
REVOKE UPDATE (name, identity_code) ON client FROM multiagency_app;
REVOKE UPDATE (phone, when_to_call, do_not_talk_to, address, municipality, interpreter, may_leave_message, language)
    ON safe_contact FROM multiagency_app;
REVOKE UPDATE (role, name, identity_code, relation, employer_id) ON party FROM multiagency_app;
REVOKE UPDATE (author_id, narrative, written_at) ON case_part FROM multiagency_app;
REVOKE UPDATE (completed_at, judged_high, judgement_reason) ON assessment FROM multiagency_app;
GRANT UPDATE ON client, safe_contact, party, case_part, assessment TO multiagency_app;
