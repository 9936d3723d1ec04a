-- Takes revision 0007 back.
DROP POLICY as_its_reason ON lawful_basis;
DROP POLICY own_team ON agenda_item;
REVOKE UPDATE (ended_at) ON agenda_item, seat FROM multiagency_app;
REVOKE UPDATE (entered_at, left_at) ON room_presence FROM multiagency_app;
REVOKE UPDATE (answer, comment) ON assessment_answer FROM multiagency_app;
REVOKE UPDATE (owner_id, state, outcome, done_at) ON planned_action FROM multiagency_app;
GRANT UPDATE ON agenda_item, seat, room_presence, assessment_answer, planned_action TO multiagency_app;
