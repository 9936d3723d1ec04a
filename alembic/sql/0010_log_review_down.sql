-- Takes revision 0010 back; the notes go with it.
SET LOCAL ROLE multiagency_guard;
DROP FUNCTION seat_ends();
DROP FUNCTION logged_subjects(bytea[]);
RESET ROLE;
DROP TABLE review_note;
