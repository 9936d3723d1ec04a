-- What the auditor searches the log by, in ids and codes beside the sealed detail, and erased with it. Of entries made
-- before, only what the rest of the database tells is filled in: subject, controller, recipient and basis are sealed.

ALTER TABLE audit_detail
    ADD COLUMN at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN act TEXT,
    ADD COLUMN mode TEXT,
    ADD COLUMN basis TEXT,
    ADD COLUMN person_id UUID,
    ADD COLUMN agency_id UUID,
    ADD COLUMN case_reference TEXT,
    ADD COLUMN subject_id UUID,
    ADD COLUMN controller_id UUID,
    ADD COLUMN recipient_id UUID;
ALTER TABLE audit_detail DISABLE ROW LEVEL SECURITY;
ALTER TABLE audit_entry DISABLE ROW LEVEL SECURITY;
ALTER TABLE post DISABLE ROW LEVEL SECURITY;
ALTER TABLE case_file DISABLE ROW LEVEL SECURITY;
UPDATE audit_detail d SET at = e.at, act = b.body ->> 'act', mode = b.body ->> 'mode'
    FROM audit_entry e, LATERAL (SELECT convert_from(e.body, 'UTF8')::jsonb AS body) b WHERE e.id = d.entry_id;
UPDATE audit_detail d SET person_id = p.person_id, agency_id = p.agency_id FROM post p WHERE p.id = d.post_id;
UPDATE audit_detail d SET case_reference = c.reference FROM case_file c WHERE c.id = d.case_id;
ALTER TABLE audit_detail ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE post ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_file ENABLE ROW LEVEL SECURITY;
CREATE INDEX ix_audit_detail_at ON audit_detail (at);
CREATE INDEX ix_audit_detail_person_id ON audit_detail (person_id);
CREATE INDEX ix_audit_detail_subject_id ON audit_detail (subject_id);
