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
    referred_at TIMESTAMP WITH TIME ZONE,
    id UUID CONSTRAINT pk_break_glass PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_break_glass_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_break_glass_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_break_glass_case_id ON break_glass (case_id);
CREATE INDEX ix_break_glass_unreferred ON break_glass (opened_at) WHERE referred_at IS NULL;

CREATE TABLE break_glass_review (
    opening_id UUID NOT NULL CONSTRAINT uq_break_glass_review_opening_id UNIQUE
        CONSTRAINT fk_break_glass_review_opening_id REFERENCES break_glass (id),
    reviewer_id UUID NOT NULL CONSTRAINT fk_break_glass_review_reviewer_id REFERENCES post (id),
    needed BOOLEAN NOT NULL,
    words BYTEA NOT NULL,
    reviewed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID CONSTRAINT pk_break_glass_review PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_break_glass_review_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_break_glass_review_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_break_glass_review_case_id ON break_glass_review (case_id);

CREATE TABLE reassignment (
    id UUID CONSTRAINT pk_reassignment PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_reassignment_case_id REFERENCES case_file (id),
    what TEXT NOT NULL,
    item TEXT NOT NULL,
    from_id UUID NOT NULL CONSTRAINT fk_reassignment_from_id REFERENCES post (id),
    to_id UUID NOT NULL CONSTRAINT fk_reassignment_to_id REFERENCES post (id),
    by_id UUID NOT NULL CONSTRAINT fk_reassignment_by_id REFERENCES post (id),
    reason TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL
);
CREATE INDEX ix_reassignment_case_id ON reassignment (case_id);

CREATE TABLE departure (
    id UUID CONSTRAINT pk_departure PRIMARY KEY,
    post_id UUID NOT NULL CONSTRAINT fk_departure_post_id REFERENCES post (id),
    case_id UUID NOT NULL CONSTRAINT fk_departure_case_id REFERENCES case_file (id),
    told_at TIMESTAMP WITH TIME ZONE NOT NULL
);
CREATE INDEX ix_departure_case_id ON departure (case_id);
CREATE INDEX ix_departure_post_id ON departure (post_id);
