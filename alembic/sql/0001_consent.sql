-- Consent: each version is the statement of one giver; who decides, who may not know, and the signed papers.

CREATE TABLE consent (
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    purpose TEXT NOT NULL,
    asked_by_id UUID NOT NULL CONSTRAINT fk_consent_asked_by_id REFERENCES post (id),
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    how TEXT NOT NULL,
    language TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_by_id UUID NOT NULL CONSTRAINT fk_consent_recorded_by_id REFERENCES post (id),
    id UUID CONSTRAINT pk_consent PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_consent_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_consent_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL,
    capacity TEXT NOT NULL,
    giver_id UUID CONSTRAINT fk_consent_giver_id REFERENCES party (id),
    text_version TEXT,
    text_digest TEXT,
    expires_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT ck_consent_giver CHECK ((capacity = 'self') = (giver_id IS NULL)),
    CONSTRAINT uq_consent_case_id_version UNIQUE (case_id, version)
);
CREATE INDEX ix_consent_giver_id ON consent (giver_id);

CREATE TABLE consent_pair (
    consent_id UUID NOT NULL CONSTRAINT fk_consent_pair_consent_id REFERENCES consent (id),
    agency_id UUID NOT NULL CONSTRAINT fk_consent_pair_agency_id REFERENCES agency (id),
    kind TEXT,
    id UUID CONSTRAINT pk_consent_pair PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_consent_pair_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_consent_pair_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL,
    CONSTRAINT uq_consent_pair_consent_id_agency_id_kind UNIQUE NULLS NOT DISTINCT (consent_id, agency_id, kind)
);
CREATE INDEX ix_consent_pair_case_id ON consent_pair (case_id);

CREATE TABLE decision_capacity (
    decides TEXT NOT NULL,
    representative_id UUID CONSTRAINT fk_decision_capacity_representative_id REFERENCES party (id),
    minor BOOLEAN NOT NULL,
    capable BOOLEAN NOT NULL,
    reason BYTEA,
    heard_at TIMESTAMP WITH TIME ZONE,
    heard BYTEA,
    until TIMESTAMP WITH TIME ZONE,
    assessed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    assessed_by_id UUID NOT NULL CONSTRAINT fk_decision_capacity_assessed_by_id REFERENCES post (id),
    id UUID CONSTRAINT pk_decision_capacity PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_decision_capacity_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_decision_capacity_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL,
    CONSTRAINT ck_decision_capacity_decides CHECK ((decides = 'self') = capable
        AND (decides = 'legal_representative') = (representative_id IS NOT NULL))
);
CREATE INDEX ix_decision_capacity_representative_id ON decision_capacity (representative_id);
CREATE INDEX ix_decision_capacity_case_id ON decision_capacity (case_id);

CREATE TABLE guardian (
    party_id UUID NOT NULL CONSTRAINT fk_guardian_party_id REFERENCES party (id),
    may_decide BOOLEAN NOT NULL,
    suspected BOOLEAN NOT NULL,
    restriction_reason BYTEA,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_by_id UUID NOT NULL CONSTRAINT fk_guardian_recorded_by_id REFERENCES post (id),
    id UUID CONSTRAINT pk_guardian PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_guardian_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_guardian_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_guardian_party_id ON guardian (party_id);
CREATE INDEX ix_guardian_case_id ON guardian (case_id);

CREATE TABLE prohibition (
    party_id UUID NOT NULL CONSTRAINT fk_prohibition_party_id REFERENCES party (id),
    forbidden BOOLEAN NOT NULL,
    reason BYTEA NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_by_id UUID NOT NULL CONSTRAINT fk_prohibition_recorded_by_id REFERENCES post (id),
    id UUID CONSTRAINT pk_prohibition PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_prohibition_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_prohibition_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_prohibition_party_id ON prohibition (party_id);
CREATE INDEX ix_prohibition_case_id ON prohibition (case_id);

CREATE TABLE meeting_agreement (
    giver_id UUID CONSTRAINT fk_meeting_agreement_giver_id REFERENCES party (id),
    agreed BOOLEAN NOT NULL,
    said_on DATE NOT NULL,
    how TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_by_id UUID NOT NULL CONSTRAINT fk_meeting_agreement_recorded_by_id REFERENCES post (id),
    id UUID CONSTRAINT pk_meeting_agreement PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_meeting_agreement_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_meeting_agreement_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_meeting_agreement_giver_id ON meeting_agreement (giver_id);
CREATE INDEX ix_meeting_agreement_case_id ON meeting_agreement (case_id);

CREATE TABLE consent_scan (
    consent_id UUID NOT NULL CONSTRAINT fk_consent_scan_consent_id REFERENCES consent (id),
    content BYTEA NOT NULL,
    media_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    digest TEXT NOT NULL,
    added_at TIMESTAMP WITH TIME ZONE NOT NULL,
    added_by_id UUID NOT NULL CONSTRAINT fk_consent_scan_added_by_id REFERENCES post (id),
    id UUID CONSTRAINT pk_consent_scan PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_consent_scan_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_consent_scan_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_consent_scan_consent_id ON consent_scan (consent_id);
CREATE INDEX ix_consent_scan_case_id ON consent_scan (case_id);

-- A basis may rest on a consent.
ALTER TABLE lawful_basis ADD CONSTRAINT fk_lawful_basis_consent_id FOREIGN KEY (consent_id) REFERENCES consent (id);
