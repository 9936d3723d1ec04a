-- Legal grounds, disclosures with an inbox, child-welfare decisions, sharing on a ground.

CREATE TABLE legal_ground (
    id UUID CONSTRAINT pk_legal_ground PRIMARY KEY,
    code TEXT NOT NULL,
    provision TEXT NOT NULL,
    from_kinds TEXT[] NOT NULL,
    from_offices TEXT[] NOT NULL,
    to_kinds TEXT[] NOT NULL,
    duty BOOLEAN NOT NULL,
    needs_consent BOOLEAN NOT NULL,
    discloses BOOLEAN NOT NULL,
    on_request BOOLEAN NOT NULL,
    text_fi TEXT NOT NULL,
    text_sv TEXT NOT NULL,
    text_en TEXT NOT NULL,
    valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
    valid_to TIMESTAMP WITH TIME ZONE,
    edited_by_id UUID CONSTRAINT fk_legal_ground_edited_by_id REFERENCES post (id),
    CONSTRAINT ck_legal_ground_abroad CHECK (
        needs_consent OR 'cross_border_partner' <> ALL (from_kinds || to_kinds))
);
CREATE UNIQUE INDEX uq_legal_ground_in_force ON legal_ground (code) WHERE valid_to IS NULL;

CREATE TABLE disclosure (
    ground_id UUID NOT NULL CONSTRAINT fk_disclosure_ground_id REFERENCES legal_ground (id),
    recipient_agency_id UUID CONSTRAINT fk_disclosure_recipient_agency_id REFERENCES agency (id),
    recipient_kind TEXT NOT NULL,
    recipient_name BYTEA,
    channel TEXT NOT NULL,
    fields TEXT[] NOT NULL,
    content BYTEA NOT NULL,
    necessity BYTEA NOT NULL,
    purpose TEXT NOT NULL,
    requested_by BYTEA,
    recorded_under BYTEA,
    hidden_from TEXT,
    hidden_until DATE,
    author_id UUID NOT NULL CONSTRAINT fk_disclosure_author_id REFERENCES post (id),
    decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID CONSTRAINT pk_disclosure PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_disclosure_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_disclosure_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_disclosure_ground_id ON disclosure (ground_id);
CREATE INDEX ix_disclosure_case_id ON disclosure (case_id);

CREATE TABLE delivery (
    disclosure_id UUID NOT NULL CONSTRAINT uq_delivery_disclosure_id UNIQUE
        CONSTRAINT fk_delivery_disclosure_id REFERENCES disclosure (id),
    how TEXT NOT NULL,
    delivered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_by_id UUID NOT NULL CONSTRAINT fk_delivery_recorded_by_id REFERENCES post (id),
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID CONSTRAINT pk_delivery PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_delivery_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_delivery_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_delivery_case_id ON delivery (case_id);

CREATE TABLE receipt (
    disclosure_id UUID NOT NULL CONSTRAINT uq_receipt_disclosure_id UNIQUE
        CONSTRAINT fk_receipt_disclosure_id REFERENCES disclosure (id),
    case_reference TEXT NOT NULL,
    from_agency_id UUID NOT NULL CONSTRAINT fk_receipt_from_agency_id REFERENCES agency (id),
    from_post_id UUID NOT NULL CONSTRAINT fk_receipt_from_post_id REFERENCES post (id),
    ground_id UUID NOT NULL CONSTRAINT fk_receipt_ground_id REFERENCES legal_ground (id),
    purpose TEXT NOT NULL,
    requested_by BYTEA,
    content BYTEA NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    read_at TIMESTAMP WITH TIME ZONE,
    recorded_under BYTEA,
    hidden_from TEXT,
    hidden_until DATE,
    recorded_at TIMESTAMP WITH TIME ZONE,
    recorded_by_id UUID CONSTRAINT fk_receipt_recorded_by_id REFERENCES post (id),
    id UUID CONSTRAINT pk_receipt PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_receipt_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_receipt_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_receipt_case_id ON receipt (case_id);

CREATE TABLE child_welfare_decision (
    decision TEXT NOT NULL,
    reason BYTEA,
    disclosure_id UUID CONSTRAINT fk_child_welfare_decision_disclosure_id REFERENCES disclosure (id),
    decided_by_id UUID NOT NULL CONSTRAINT fk_child_welfare_decision_decided_by_id REFERENCES post (id),
    decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID CONSTRAINT pk_child_welfare_decision PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_child_welfare_decision_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_child_welfare_decision_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_child_welfare_decision_disclosure_id ON child_welfare_decision (disclosure_id);
CREATE INDEX ix_child_welfare_decision_case_id ON child_welfare_decision (case_id);

CREATE TABLE ground_sharing (
    ground_id UUID NOT NULL CONSTRAINT fk_ground_sharing_ground_id REFERENCES legal_ground (id),
    agency_id UUID NOT NULL CONSTRAINT fk_ground_sharing_agency_id REFERENCES agency (id),
    kinds TEXT[] NOT NULL,
    necessity BYTEA NOT NULL,
    author_id UUID NOT NULL CONSTRAINT fk_ground_sharing_author_id REFERENCES post (id),
    decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID CONSTRAINT pk_ground_sharing PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_ground_sharing_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_ground_sharing_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_ground_sharing_ground_id ON ground_sharing (ground_id);
CREATE INDEX ix_ground_sharing_case_id ON ground_sharing (case_id);

-- A basis may rest on a ground, and be made by a disclosure.
ALTER TABLE lawful_basis ADD CONSTRAINT fk_lawful_basis_ground_id FOREIGN KEY (ground_id) REFERENCES legal_ground (id);
ALTER TABLE lawful_basis ADD CONSTRAINT fk_lawful_basis_disclosure_id
    FOREIGN KEY (disclosure_id) REFERENCES disclosure (id);
