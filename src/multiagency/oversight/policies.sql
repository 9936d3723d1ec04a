-- A note is for auditors, is never changed, and is erased together with what stood in its entry. Nobody writes about
-- what they did themselves, in whichever post.
SELECT pg_temp.protect('review_note');
CREATE POLICY reading ON review_note FOR SELECT TO multiagency_app USING (
    (SELECT current_post_role()) = 'auditor' AND entry_id <> ALL (ARRAY(SELECT entries_kept_from_auditor())));
CREATE POLICY adding ON review_note FOR INSERT TO multiagency_app WITH CHECK (
    (SELECT current_post_role()) = 'auditor' AND author_id = (SELECT current_post())
    AND EXISTS (SELECT FROM audit_detail d WHERE d.entry_id = review_note.entry_id
                AND d.person_id IS DISTINCT FROM (SELECT l.person_id FROM live_session() l)));
GRANT SELECT, INSERT ON review_note TO multiagency_app;
