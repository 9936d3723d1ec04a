-- The client's request for log data (703/2023 section 11) and the police track (1054/2018 sections 23 and 24). A request
-- is no case: it is the addressed agency's record, with a data key of its own that goes with it.

CREATE TABLE log_request_ground (
    id UUID CONSTRAINT pk_log_request_ground PRIMARY KEY,
    track TEXT NOT NULL,
    code TEXT NOT NULL,
    whole BOOLEAN NOT NULL,
    provision TEXT NOT NULL,
    valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
    valid_to TIMESTAMP WITH TIME ZONE
);

CREATE TABLE log_request (
    id UUID CONSTRAINT pk_log_request PRIMARY KEY,
    reference TEXT NOT NULL CONSTRAINT uq_log_request_reference UNIQUE,
    controller_id UUID NOT NULL CONSTRAINT fk_log_request_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL,
    track TEXT NOT NULL,
    capacity TEXT NOT NULL,
    language TEXT NOT NULL,
    identified_by TEXT NOT NULL,
    arrived_on DATE NOT NULL,
    period_from DATE NOT NULL,
    period_to DATE NOT NULL,
    due_on DATE NOT NULL,
    fee_possible BOOLEAN NOT NULL,
    requester_hash BYTEA,
    subject_hash BYTEA,
    name BYTEA NOT NULL,
    identity_code BYTEA,
    contact BYTEA NOT NULL,
    subject_name BYTEA,
    subject_code BYTEA,
    identification_note BYTEA,
    older_reason BYTEA,
    taken_by_id UUID NOT NULL CONSTRAINT fk_log_request_taken_by_id REFERENCES post (id),
    taken_at TIMESTAMP WITH TIME ZONE NOT NULL,
    outcome TEXT,
    closed_at TIMESTAMP WITH TIME ZONE,
    reminded_at TIMESTAMP WITH TIME ZONE
);
CREATE INDEX ix_log_request_subject_hash ON log_request (subject_hash);

CREATE TABLE log_request_attachment (
    id UUID CONSTRAINT pk_log_request_attachment PRIMARY KEY,
    request_id UUID NOT NULL CONSTRAINT fk_log_request_attachment_request_id REFERENCES log_request (id),
    matter_id UUID NOT NULL,
    subject_id UUID NOT NULL,
    reason BYTEA NOT NULL,
    attached_by_id UUID NOT NULL CONSTRAINT fk_log_request_attachment_attached_by_id REFERENCES post (id),
    attached_at TIMESTAMP WITH TIME ZONE NOT NULL,
    detached_by_id UUID CONSTRAINT fk_log_request_attachment_detached_by_id REFERENCES post (id),
    detached_at TIMESTAMP WITH TIME ZONE,
    detached_reason BYTEA
);
CREATE INDEX ix_log_request_attachment_request_id ON log_request_attachment (request_id);
CREATE INDEX ix_log_request_attachment_matter_id ON log_request_attachment (matter_id);

CREATE TABLE log_request_decision (
    id UUID CONSTRAINT pk_log_request_decision PRIMARY KEY,
    request_id UUID NOT NULL CONSTRAINT fk_log_request_decision_request_id REFERENCES log_request (id),
    entry_id UUID NOT NULL,
    decision TEXT NOT NULL,
    ground_id UUID CONSTRAINT fk_log_request_decision_ground_id REFERENCES log_request_ground (id),
    reason BYTEA,
    decided_by_id UUID NOT NULL CONSTRAINT fk_log_request_decision_decided_by_id REFERENCES post (id),
    decided_at TIMESTAMP WITH TIME ZONE NOT NULL
);
CREATE INDEX ix_log_request_decision_request_id ON log_request_decision (request_id);

CREATE TABLE log_request_answer (
    id UUID CONSTRAINT pk_log_request_answer PRIMARY KEY,
    request_id UUID NOT NULL CONSTRAINT uq_log_request_answer_request_id UNIQUE
        CONSTRAINT fk_log_request_answer_request_id REFERENCES log_request (id),
    outcome TEXT NOT NULL,
    ground_id UUID CONSTRAINT fk_log_request_answer_ground_id REFERENCES log_request_ground (id),
    reason BYTEA,
    document BYTEA NOT NULL,
    digest TEXT NOT NULL,
    given INTEGER NOT NULL,
    withheld INTEGER NOT NULL,
    decided_by_id UUID NOT NULL CONSTRAINT fk_log_request_answer_decided_by_id REFERENCES post (id),
    decided_at TIMESTAMP WITH TIME ZONE NOT NULL
);

CREATE TABLE log_request_delivery (
    id UUID CONSTRAINT pk_log_request_delivery PRIMARY KEY,
    request_id UUID NOT NULL CONSTRAINT uq_log_request_delivery_request_id UNIQUE
        CONSTRAINT fk_log_request_delivery_request_id REFERENCES log_request (id),
    how TEXT NOT NULL,
    delivered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_by_id UUID NOT NULL CONSTRAINT fk_log_request_delivery_recorded_by_id REFERENCES post (id),
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL
);

CREATE TABLE log_request_clarification (
    id UUID CONSTRAINT pk_log_request_clarification PRIMARY KEY,
    request_id UUID NOT NULL CONSTRAINT fk_log_request_clarification_request_id REFERENCES log_request (id),
    question BYTEA NOT NULL,
    asked_on DATE NOT NULL,
    recorded_by_id UUID NOT NULL CONSTRAINT fk_log_request_clarification_recorded_by_id REFERENCES post (id),
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    finding TEXT,
    answer BYTEA,
    answered_by_id UUID CONSTRAINT fk_log_request_clarification_answered_by_id REFERENCES post (id),
    answered_at TIMESTAMP WITH TIME ZONE
);
CREATE INDEX ix_log_request_clarification_request_id ON log_request_clarification (request_id);

-- The closed list of grounds, dated: of one entry, or of the request as a whole.
INSERT INTO log_request_ground (id, track, code, whole, provision, valid_from)
SELECT gen_random_uuid(), seed.track, seed.code, seed.whole, seed.provision, '2024-01-01 00:00:00+02'
FROM (VALUES
    ('client_data', 'health', false, '703/2023, 11 §'),
    ('client_data', 'rights_or_safety', false, '703/2023, 11 §'),
    ('client_data', 'crime_prevention', false, '703/2023, 11 §'),
    ('client_data', 'security', false, '703/2023, 11 §'),
    ('client_data', 'health', true, '703/2023, 11 §'),
    ('client_data', 'rights_or_safety', true, '703/2023, 11 §'),
    ('client_data', 'not_identified', true, '703/2023, 11 §'),
    ('client_data', 'not_entitled', true, '703/2023, 11 §'),
    ('client_data', 'deceased', true, '703/2023, 11 §'),
    ('client_data', 'older_without_reason', true, '703/2023, 11 §'),
    ('police', 'police_investigation', false, '1054/2018, 28 §'),
    ('police', 'police_inquiry', false, '1054/2018, 28 §'),
    ('police', 'police_public_safety', false, '1054/2018, 28 §'),
    ('police', 'police_national_security', false, '1054/2018, 28 §'),
    ('police', 'police_rights', false, '1054/2018, 28 §'),
    ('police', 'police_investigation', true, '1054/2018, 28 §'),
    ('police', 'police_rights', true, '1054/2018, 28 §'),
    ('police', 'not_identified', true, '1054/2018, 23 §'),
    ('police', 'not_entitled', true, '1054/2018, 23 §'),
    ('police', 'deceased', true, '1054/2018, 23 §')
) AS seed (track, code, whole, provision);
