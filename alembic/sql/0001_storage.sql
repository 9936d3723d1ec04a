-- How a case closed, legal holds, how long what is kept, and what was deleted.

CREATE TABLE closing (
    outcome TEXT NOT NULL,
    target BYTEA,
    reason BYTEA,
    why BYTEA,
    same_as BYTEA,
    closed_by_id UUID NOT NULL CONSTRAINT fk_closing_closed_by_id REFERENCES post (id),
    closed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID CONSTRAINT pk_closing PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_closing_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_closing_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_closing_case_id ON closing (case_id);

CREATE TABLE feedback (
    said BYTEA NOT NULL,
    opener_reads BOOLEAN NOT NULL,
    written_by_id UUID NOT NULL CONSTRAINT fk_feedback_written_by_id REFERENCES post (id),
    written_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID CONSTRAINT pk_feedback PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_feedback_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_feedback_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_feedback_case_id ON feedback (case_id);

CREATE TABLE legal_hold (
    reason BYTEA NOT NULL,
    set_by_id UUID NOT NULL CONSTRAINT fk_legal_hold_set_by_id REFERENCES post (id),
    set_at TIMESTAMP WITH TIME ZONE NOT NULL,
    lift_reason BYTEA,
    lifted_by_id UUID CONSTRAINT fk_legal_hold_lifted_by_id REFERENCES post (id),
    lifted_at TIMESTAMP WITH TIME ZONE,
    id UUID CONSTRAINT pk_legal_hold PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_legal_hold_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_legal_hold_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_legal_hold_case_id ON legal_hold (case_id);

CREATE TABLE retention_rule (
    id UUID CONSTRAINT pk_retention_rule PRIMARY KEY,
    retention_class TEXT NOT NULL,
    years INTEGER NOT NULL,
    counted_from TEXT NOT NULL,
    provision TEXT NOT NULL,
    valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
    valid_to TIMESTAMP WITH TIME ZONE
);

CREATE TABLE deletion_report (
    id UUID CONSTRAINT pk_deletion_report PRIMARY KEY,
    run_id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    controller_id UUID NOT NULL CONSTRAINT fk_deletion_report_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL,
    rows INTEGER NOT NULL,
    keys INTEGER NOT NULL,
    cases INTEGER NOT NULL,
    final_in_backups_on DATE NOT NULL,
    CONSTRAINT uq_deletion_report_run_id_controller_id_retention_class UNIQUE (run_id, controller_id, retention_class)
);

-- The rules as they start (the annex of 703/2023); an administrator adds one and ends the one it replaces.
INSERT INTO retention_rule (id, retention_class, years, counted_from, provision, valid_from)
SELECT gen_random_uuid(), seed.class, seed.years, seed.counted_from, seed.provision, '2024-01-01 00:00:00+02'
FROM (VALUES
    ('working_age_10y', 10, 'closed', '703/2023, liite'),
    ('older_people_10y', 10, 'closed', '703/2023, liite'),
    ('substance_10y', 10, 'closed', '703/2023, liite'),
    ('families_30y', 30, 'closed', '703/2023, liite'),
    ('child_welfare', 2, 'death', '703/2023, liite'),
    ('client_relation', 2, 'death', '703/2023, liite'),
    ('consent_12y', 12, 'death', '703/2023, liite'),
    ('consent_replaced_12y', 12, 'event', '703/2023, liite'),
    ('family_law_120y', 120, 'birth', '703/2023, liite'),
    ('correspondence_3y', 3, 'event', '703/2023, liite'),
    ('copies_5y', 5, 'event', '703/2023, liite'),
    ('recordings', 0, 'event', '703/2023, liite'),
    ('health_appointments_12y', 12, 'event', '703/2023, liite'),
    ('health_records_12y', 12, 'death', '703/2023, liite'),
    ('log_12y', 12, 'event', '703/2023, liite')
) AS seed (class, years, counted_from, provision);
