-- The log: entries, what stands beside them, their numbers, the tree over them, checkpoints and witnesses.

CREATE TABLE audit_entry (
    id UUID CONSTRAINT pk_audit_entry PRIMARY KEY,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    body BYTEA NOT NULL,
    leaf_hash BYTEA NOT NULL
);

-- What waits for its number, put here by a trigger in the transaction of the entry; what does not fit gets none.
CREATE TABLE audit_waiting (
    entry_id UUID CONSTRAINT pk_audit_waiting PRIMARY KEY
);
CREATE TABLE audit_refused (
    entry_id UUID CONSTRAINT pk_audit_refused PRIMARY KEY,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    why TEXT NOT NULL
);

CREATE TABLE audit_detail (
    entry_id UUID CONSTRAINT pk_audit_detail PRIMARY KEY
        CONSTRAINT fk_audit_detail_entry_id REFERENCES audit_entry (id),
    salt BYTEA NOT NULL,
    detail BYTEA NOT NULL,
    post_id UUID,
    case_id UUID,
    at TIMESTAMP WITH TIME ZONE,
    act TEXT,
    mode TEXT,
    basis TEXT,
    person_id UUID,
    agency_id UUID,
    case_reference TEXT,
    subject_id UUID,
    controller_id UUID,
    recipient_id UUID
);
CREATE INDEX ix_audit_detail_at ON audit_detail (at);
CREATE INDEX ix_audit_detail_case_id ON audit_detail (case_id);
CREATE INDEX ix_audit_detail_person_id ON audit_detail (person_id);
CREATE INDEX ix_audit_detail_subject_id ON audit_detail (subject_id);

CREATE TABLE audit_sequence (
    index BIGINT CONSTRAINT pk_audit_sequence PRIMARY KEY,
    entry_id UUID NOT NULL CONSTRAINT uq_audit_sequence_entry_id UNIQUE
        CONSTRAINT fk_audit_sequence_entry_id REFERENCES audit_entry (id)
);

CREATE TABLE audit_checkpoint (
    tree_size BIGINT CONSTRAINT pk_audit_checkpoint PRIMARY KEY,
    note TEXT NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE NOT NULL
);

CREATE TABLE audit_node (
    level SMALLINT NOT NULL,
    index BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    CONSTRAINT pk_audit_node PRIMARY KEY (level, index)
);

CREATE TABLE audit_pruning (
    size BIGINT CONSTRAINT pk_audit_pruning PRIMARY KEY,
    at TIMESTAMP WITH TIME ZONE NOT NULL
);

CREATE TABLE audit_demand (
    id UUID CONSTRAINT pk_audit_demand PRIMARY KEY,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    post_id UUID NOT NULL CONSTRAINT fk_audit_demand_post_id REFERENCES post (id)
);

CREATE TABLE audit_witness (
    id UUID CONSTRAINT pk_audit_witness PRIMARY KEY,
    agency_id UUID NOT NULL CONSTRAINT fk_audit_witness_agency_id REFERENCES agency (id),
    vkey TEXT NOT NULL CONSTRAINT uq_audit_witness_vkey UNIQUE,
    mail TEXT,
    registered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    registered_by UUID NOT NULL CONSTRAINT fk_audit_witness_registered_by REFERENCES post (id),
    ended_at TIMESTAMP WITH TIME ZONE
);

CREATE TABLE audit_cosignature (
    tree_size BIGINT NOT NULL CONSTRAINT fk_audit_cosignature_tree_size REFERENCES audit_checkpoint (tree_size),
    witness_id UUID NOT NULL CONSTRAINT fk_audit_cosignature_witness_id REFERENCES audit_witness (id),
    line TEXT NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_audit_cosignature PRIMARY KEY (tree_size, witness_id)
);
