-- Wrapped data keys. Without a case: the yearly keys of the log, and those of requests for log data.

CREATE TABLE data_key (
    id UUID CONSTRAINT pk_data_key PRIMARY KEY,
    case_id UUID CONSTRAINT fk_data_key_case_id REFERENCES case_file (id),
    controller_id UUID CONSTRAINT fk_data_key_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL,
    wrapped BYTEA NOT NULL,
    master_id TEXT,
    retired_at TIMESTAMP WITH TIME ZONE
);
CREATE INDEX ix_data_key_case_id ON data_key (case_id);
