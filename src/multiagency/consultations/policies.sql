-- A question is its asker's and the team's: whoever asked it, and who coordinates the team now. Ended it is nobody's.
SELECT pg_temp.protect('consultation');
SELECT pg_temp.keep_out_of_plans('consultation');
CREATE POLICY sight ON consultation FOR SELECT TO multiagency_app USING (
    ended_how IS NULL AND (asker_id = (SELECT current_post()) OR team_id = ANY (ARRAY(SELECT coordinated_teams()))));
CREATE POLICY asking ON consultation FOR INSERT TO multiagency_app WITH CHECK (
    asker_id = (SELECT current_post()) AND ended_how IS NULL AND state = 'asked'
    AND (SELECT current_post_role()) IN ('officer', 'social_worker', 'representative'));
CREATE POLICY whose_turn ON consultation FOR UPDATE TO multiagency_app USING (
    ended_how IS NULL AND (asker_id = (SELECT current_post()) OR team_id = ANY (ARRAY(SELECT coordinated_teams()))));
GRANT SELECT, INSERT, UPDATE (state, changed_at) ON consultation TO multiagency_app;
CREATE POLICY running_out ON consultation FOR SELECT TO multiagency_worker
    USING (ended_how IS NULL AND (SELECT current_post_role()) = 'worker');
GRANT SELECT (id, asker_id, ends_on, ended_how) ON consultation TO multiagency_worker;
SELECT pg_temp.serve_guard('consultation');
CREATE POLICY guard_ending ON consultation FOR UPDATE TO multiagency_guard
    USING (ended_how IS NULL) WITH CHECK (ended_how IS NOT NULL AND asker_id IS NULL AND changed_at IS NULL);
GRANT UPDATE (ended_how, asker_id, changed_at) ON consultation TO multiagency_guard;

SELECT pg_temp.protect('consultation_words');
SELECT pg_temp.keep_out_of_plans('consultation_words');
CREATE POLICY sight ON consultation_words FOR SELECT TO multiagency_app
    USING (consultation_id = ANY (ARRAY(SELECT consultations_in_sight())));
CREATE POLICY saying ON consultation_words FOR INSERT TO multiagency_app WITH CHECK (
    author_id = (SELECT current_post()) AND consultation_id = ANY (ARRAY(SELECT consultations_in_sight())));
GRANT SELECT, INSERT ON consultation_words TO multiagency_app;
CREATE POLICY guard_forgetting ON consultation_words FOR ALL TO multiagency_guard USING (true);
GRANT SELECT (consultation_id), DELETE ON consultation_words TO multiagency_guard;
