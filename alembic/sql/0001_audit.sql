-- The log: entries, what stands beside them, their numbers, the tree over them, checkpoints and witnesses.

-- An entry is what its leaf hash says (RFC 6962), one flat and small JSON object, and its columns say the same as it.
CREATE TABLE audit_entry (
    id UUID CONSTRAINT pk_audit_entry PRIMARY KEY,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    body BYTEA NOT NULL,
    leaf_hash BYTEA NOT NULL,
    CONSTRAINT ck_audit_entry_leaf_hash CHECK (leaf_hash = sha256('\x00'::bytea || body)),
    CONSTRAINT ck_audit_entry_body CHECK (CASE
        WHEN octet_length(body) > 4096 THEN false
        WHEN convert_from(body, 'UTF8') !~ '^\{[^][{}]*"kinds":\[[^][{}]*\][^][{}]*\}$' THEN false
        WHEN convert_from(body, 'UTF8') IS NOT JSON OBJECT WITH UNIQUE KEYS THEN false
        WHEN NOT convert_from(body, 'UTF8')::jsonb
            ?& ARRAY['version', 'act', 'purpose', 'mode', 'result', 'detail', 'at', 'id'] THEN false
        WHEN convert_from(body, 'UTF8')::jsonb ->> 'at'
            !~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$' THEN false
        ELSE (convert_from(body, 'UTF8')::jsonb ->> 'at')::timestamptz = at
            AND convert_from(body, 'UTF8')::jsonb ->> 'id' = id::text END)
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
    recipient_id UUID,
    CONSTRAINT ck_audit_detail_sizes CHECK (
        octet_length(salt) = 16 AND octet_length(detail) BETWEEN 45 AND 65536
        AND coalesce(octet_length(act), 0) <= 100 AND coalesce(octet_length(mode), 0) <= 100
        AND coalesce(octet_length(basis), 0) <= 2000 AND coalesce(octet_length(case_reference), 0) <= 200),
    CONSTRAINT ck_audit_detail_at CHECK (at BETWEEN '2000-01-01 00:00Z' AND '2200-01-01 00:00Z')
);
CREATE INDEX ix_audit_detail_at ON audit_detail (at);
CREATE INDEX ix_audit_detail_case_id ON audit_detail (case_id);
CREATE INDEX ix_audit_detail_person ON audit_detail (person_id, entry_id);
CREATE INDEX ix_audit_detail_reference ON audit_detail (case_reference, entry_id);
CREATE INDEX ix_audit_detail_subject_id ON audit_detail (subject_id);

CREATE TABLE audit_sequence (
    index BIGINT CONSTRAINT pk_audit_sequence PRIMARY KEY,
    entry_id UUID NOT NULL CONSTRAINT uq_audit_sequence_entry_id UNIQUE
        CONSTRAINT fk_audit_sequence_entry_id REFERENCES audit_entry (id),
    CONSTRAINT ck_audit_sequence_index CHECK (index BETWEEN 0 AND 1::bigint << 62)
);

CREATE TABLE audit_checkpoint (
    tree_size BIGINT CONSTRAINT pk_audit_checkpoint PRIMARY KEY,
    note TEXT NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT ck_audit_checkpoint_form CHECK (
        tree_size BETWEEN 1 AND 1::bigint << 62 AND octet_length(note) <= 16384 AND split_part(note, chr(10), 2) = tree_size::text
        AND published_at BETWEEN '2000-01-01 00:00Z' AND '2200-01-01 00:00Z')
);
CREATE INDEX ix_audit_checkpoint_published_at ON audit_checkpoint (published_at);

CREATE TABLE audit_node (
    level SMALLINT NOT NULL,
    index BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    CONSTRAINT pk_audit_node PRIMARY KEY (level, index),
    CONSTRAINT ck_audit_node_form CHECK (
        level BETWEEN 0 AND 62 AND index >= 0 AND index < (1::bigint << greatest(62 - level, 0))
        AND octet_length(hash) = 32)
);

CREATE TABLE audit_pruning (
    size BIGINT CONSTRAINT pk_audit_pruning PRIMARY KEY,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT ck_audit_pruning_form CHECK (size BETWEEN 1 AND 1::bigint << 62 AND at BETWEEN '2000-01-01 00:00Z' AND '2200-01-01 00:00Z')
);

CREATE TABLE audit_demand (
    id UUID CONSTRAINT pk_audit_demand PRIMARY KEY,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    post_id UUID NOT NULL CONSTRAINT fk_audit_demand_post_id REFERENCES post (id),
    CONSTRAINT ck_audit_demand_at CHECK (at BETWEEN '2000-01-01 00:00Z' AND '2200-01-01 00:00Z')
);

CREATE TABLE audit_witness (
    id UUID CONSTRAINT pk_audit_witness PRIMARY KEY,
    agency_id UUID NOT NULL CONSTRAINT fk_audit_witness_agency_id REFERENCES agency (id),
    vkey TEXT NOT NULL CONSTRAINT uq_audit_witness_vkey UNIQUE,
    mail TEXT CONSTRAINT ck_audit_witness_mail CHECK (
        mail ~ '^[!-?A-~]{1,64}@[A-Za-z0-9-]+([.][A-Za-z0-9-]+)+$' AND length(mail) <= 254),
    url TEXT,
    registered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    registered_by UUID NOT NULL CONSTRAINT fk_audit_witness_registered_by REFERENCES post (id),
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT ck_audit_witness_form CHECK (
        octet_length(vkey) <= 400 AND coalesce(octet_length(mail), 0) <= 400 AND coalesce(octet_length(url), 0) <= 400
        AND registered_at BETWEEN '2000-01-01 00:00Z' AND '2200-01-01 00:00Z'
        AND ended_at BETWEEN '2000-01-01 00:00Z' AND '2200-01-01 00:00Z')
);

CREATE TABLE audit_cosignature (
    tree_size BIGINT NOT NULL CONSTRAINT fk_audit_cosignature_tree_size REFERENCES audit_checkpoint (tree_size),
    witness_id UUID NOT NULL CONSTRAINT fk_audit_cosignature_witness_id REFERENCES audit_witness (id),
    line TEXT NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_audit_cosignature PRIMARY KEY (tree_size, witness_id),
    CONSTRAINT ck_audit_cosignature_form CHECK (
        octet_length(line) <= 1000 AND line ~ '^— [^ ]+ [^ ]+\n$'
        AND seen_at BETWEEN '2000-01-01 00:00Z' AND '2200-01-01 00:00Z'
        AND received_at BETWEEN '2000-01-01 00:00Z' AND '2200-01-01 00:00Z')
);
