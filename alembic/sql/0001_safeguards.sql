-- Protected addresses and who is cleared for them, cases opened in an emergency.

CREATE TABLE address_protection (
    version INTEGER NOT NULL,
    granted_on DATE NOT NULL,
    valid_until DATE NOT NULL,
    covers_household BOOLEAN NOT NULL,
    recorded_by_id UUID NOT NULL CONSTRAINT fk_address_protection_recorded_by_id REFERENCES post (id),
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    reminded_at TIMESTAMP WITH TIME ZONE,
    id UUID CONSTRAINT pk_address_protection PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_address_protection_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_address_protection_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL,
    CONSTRAINT uq_address_protection_case_id_version UNIQUE (case_id, version)
);
CREATE INDEX ix_address_protection_case_id ON address_protection (case_id);

CREATE TABLE address_clearance (
    id UUID CONSTRAINT pk_address_clearance PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_address_clearance_case_id REFERENCES case_file (id),
    post_id UUID NOT NULL CONSTRAINT fk_address_clearance_post_id REFERENCES post (id),
    named_by_id UUID NOT NULL CONSTRAINT fk_address_clearance_named_by_id REFERENCES post (id),
    named_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE
);
CREATE INDEX ix_address_clearance_case_id ON address_clearance (case_id);
CREATE INDEX ix_address_clearance_post_id ON address_clearance (post_id);

CREATE TABLE break_glass (
    post_id UUID NOT NULL CONSTRAINT fk_break_glass_post_id REFERENCES post (id),
    reason BYTEA NOT NULL,
    minutes INTEGER NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID CONSTRAINT pk_break_glass PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_break_glass_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_break_glass_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_break_glass_case_id ON break_glass (case_id);
