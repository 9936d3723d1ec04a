-- Assessments. What may change is named: no row moves to another case, record or assessment (SEC-0002).
SELECT pg_temp.protect_client_data('assessment', 'risk', '{refer}', '{refer}', true);
GRANT UPDATE (completed_at, judged_high, judgement_reason, client_words, source, previous_on, previous_same_pair, grounds,
    changed_by_id, changed_at) ON assessment TO multiagency_app;

SELECT pg_temp.serve_guard('assessment', '(id, case_id, measures, completed_at)');

SELECT pg_temp.protect_client_data('assessment_answer', 'risk', '{refer}', '{refer}', true);
CREATE POLICY same_case ON assessment_answer AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (EXISTS (SELECT FROM assessment a WHERE a.id = assessment_id AND a.case_id = assessment_answer.case_id));
GRANT UPDATE (answer, comment, source, changed_by_id, changed_at) ON assessment_answer TO multiagency_app;

-- Events: whoever refers or coordinates the case tells them, and takes back what their agency told wrongly.
SELECT pg_temp.protect_client_data('dated_event', 'risk', '{refer,coordinate}', '{refer,coordinate}', true);
GRANT UPDATE (struck_at) ON dated_event TO multiagency_app;
