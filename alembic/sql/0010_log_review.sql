-- The auditor's notes, whom an entry may be about by a keyed hash, and until when a seat was for.

CREATE TABLE review_note (
    id UUID NOT NULL,
    entry_id UUID NOT NULL,
    rule TEXT,
    conclusion TEXT NOT NULL,
    note BYTEA NOT NULL,
    author_id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_review_note PRIMARY KEY (id),
    CONSTRAINT fk_review_note_entry_id FOREIGN KEY(entry_id) REFERENCES audit_detail (entry_id) ON DELETE CASCADE,
    CONSTRAINT fk_review_note_author_id FOREIGN KEY(author_id) REFERENCES post (id)
);
CREATE INDEX ix_review_note_entry_id ON review_note (entry_id);

-- A note is for auditors, is never changed, and is erased together with what stood in its entry. Nobody writes about
-- what they did themselves, in whichever post.
SELECT pg_temp.protect('review_note');
CREATE POLICY reading ON review_note FOR SELECT TO multiagency_app USING ((SELECT current_post_role()) = 'auditor');
CREATE POLICY adding ON review_note FOR INSERT TO multiagency_app WITH CHECK (
    (SELECT current_post_role()) = 'auditor' AND author_id = (SELECT current_post())
    AND EXISTS (SELECT FROM audit_detail d WHERE d.entry_id = review_note.entry_id
                AND d.person_id IS DISTINCT FROM (SELECT l.person_id FROM live_session() l)));
GRANT SELECT, INSERT ON review_note TO multiagency_app;

-- Whom one of these hashes belongs to, as the log names its subjects: the case of a client, and the record of anybody.
-- Ids only, for an auditor; whoever is kept out of a case is not told that somebody stands in it.
CREATE FUNCTION logged_subjects(wanted bytea[]) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    WITH found AS (
        SELECT h.case_id, h.subject_id, h.role FROM lookup_hash h
        WHERE (SELECT current_post_role()) = 'auditor' AND h.hash = ANY (wanted)
          AND h.what IN ('identity_code', 'name')
          AND h.case_id <> ALL (ARRAY(SELECT barred_cases((SELECT l.person_id FROM live_session() l)))))
    SELECT case_id FROM found WHERE role = 'client' UNION SELECT subject_id FROM found
$$;

-- When the meeting of a seat ends: an auditor asks whether somebody who read was to sit at a table.
CREATE FUNCTION seat_ends() RETURNS TABLE (seat_id uuid, ends_at timestamptz) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT s.id, m.ends_at FROM seat s
    JOIN agenda_item a ON a.id = s.agenda_item_id JOIN meeting m ON m.id = a.meeting_id
    WHERE (SELECT current_post_role()) = 'auditor'
$$;
