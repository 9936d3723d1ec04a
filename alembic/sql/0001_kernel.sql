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
