-- Takes revision 0009 back; the sealed detail keeps everything.
ALTER TABLE audit_detail
    DROP COLUMN at, DROP COLUMN act, DROP COLUMN mode, DROP COLUMN basis, DROP COLUMN person_id, DROP COLUMN agency_id,
    DROP COLUMN case_reference, DROP COLUMN subject_id, DROP COLUMN controller_id, DROP COLUMN recipient_id;
