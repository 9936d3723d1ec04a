-- Wrapped data keys. Without a case: the yearly keys of the log, and those of requests for log data.

CREATE TABLE data_key (
    id UUID CONSTRAINT pk_data_key PRIMARY KEY,
    case_id UUID CONSTRAINT fk_data_key_case_id REFERENCES case_file (id),
    controller_id UUID CONSTRAINT fk_data_key_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL,
    wrapped BYTEA NOT NULL,
    master_id TEXT,
    retired_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT ck_data_key_form CHECK (
        octet_length(wrapped) <= 200 AND octet_length(retention_class) <= 100 AND master_id ~ '^[0-9a-f]{16}$'
        AND retired_at BETWEEN '2000-01-01 00:00Z' AND '2200-01-01 00:00Z')
);
CREATE INDEX ix_data_key_case_id ON data_key (case_id);

-- How a change was answered that may be sent again: hashes, and nothing of what was sent.
CREATE TABLE given_answer (
    id UUID CONSTRAINT pk_given_answer PRIMARY KEY,
    post_id UUID NOT NULL CONSTRAINT fk_given_answer_post_id REFERENCES post (id),
    key_hash BYTEA NOT NULL,
    body_hash BYTEA NOT NULL,
    status INTEGER NOT NULL,
    location TEXT,
    said TEXT,
    given_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT uq_given_answer_post_id_key_hash UNIQUE (post_id, key_hash)
);
CREATE INDEX ix_given_answer_given_at ON given_answer (given_at);

-- What is done by itself when its time comes: once for each kind, and for what failed once for each subject.
CREATE TABLE due_work (
    id UUID CONSTRAINT pk_due_work PRIMARY KEY,
    kind TEXT NOT NULL,
    subject_id UUID,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    attempts INTEGER NOT NULL,
    last_failure TEXT,
    claimed_until TIMESTAMP WITH TIME ZONE,
    CONSTRAINT uq_due_work_kind_subject_id UNIQUE NULLS NOT DISTINCT (kind, subject_id),
    CONSTRAINT ck_due_work_form CHECK (
        attempts BETWEEN 0 AND 1000000 AND octet_length(kind) <= 100 AND coalesce(octet_length(last_failure), 0) <= 1000
        AND due_at BETWEEN '2000-01-01T00:00:00Z' AND '2200-01-01T00:00:00Z'
        AND coalesce(isfinite(claimed_until), true))
);
CREATE INDEX ix_due_work_due_at ON due_work (due_at);

-- Which version of the reference data is in force: processes keep agencies, teams and dated parameters until it is another.
CREATE TABLE reference_data_version (
    id BOOLEAN CONSTRAINT pk_reference_data_version PRIMARY KEY,
    version UUID NOT NULL,
    CONSTRAINT ck_reference_data_version_one CHECK (id)
);
INSERT INTO reference_data_version VALUES (true, gen_random_uuid());
