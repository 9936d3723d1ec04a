-- Keyed hashes that find the same person in another case, and the names somebody used before.

CREATE TABLE lookup_hash (
    subject_id UUID NOT NULL,
    role TEXT NOT NULL,
    what TEXT NOT NULL,
    hash BYTEA NOT NULL,
    former BOOLEAN NOT NULL,
    id UUID CONSTRAINT pk_lookup_hash PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_lookup_hash_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_lookup_hash_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_lookup_hash_case_id ON lookup_hash (case_id);
CREATE INDEX ix_lookup_hash_hash ON lookup_hash (hash);

CREATE TABLE alias (
    name BYTEA,
    birth_date BYTEA,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID CONSTRAINT pk_alias PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_alias_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_alias_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_alias_case_id ON alias (case_id);

CREATE TABLE party_alias (
    party_id UUID NOT NULL CONSTRAINT fk_party_alias_party_id REFERENCES party (id),
    name BYTEA,
    birth_date BYTEA,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID CONSTRAINT pk_party_alias PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_party_alias_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_party_alias_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_party_alias_case_id ON party_alias (case_id);
CREATE INDEX ix_party_alias_party_id ON party_alias (party_id);

CREATE TABLE search_pace (
    person_id UUID CONSTRAINT pk_search_pace PRIMARY KEY CONSTRAINT fk_search_pace_person_id REFERENCES person (id),
    began_at TIMESTAMP WITH TIME ZONE NOT NULL,
    number INTEGER NOT NULL
);
