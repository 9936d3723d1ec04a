-- People, their posts and teams, how they sign in, and what they are told.

CREATE TABLE agency (
    id UUID CONSTRAINT pk_agency PRIMARY KEY,
    kind TEXT NOT NULL,
    name_fi TEXT NOT NULL,
    name_sv TEXT NOT NULL,
    name_en TEXT NOT NULL,
    municipality_code TEXT
);

CREATE TABLE person (
    id UUID CONSTRAINT pk_person PRIMARY KEY,
    name TEXT NOT NULL,
    identity_hash BYTEA
);

CREATE TABLE post (
    id UUID CONSTRAINT pk_post PRIMARY KEY,
    person_id UUID NOT NULL CONSTRAINT fk_post_person_id REFERENCES person (id),
    agency_id UUID NOT NULL CONSTRAINT fk_post_agency_id REFERENCES agency (id),
    role TEXT NOT NULL,
    office TEXT,
    title TEXT NOT NULL,
    email TEXT NOT NULL CONSTRAINT ck_post_email CHECK (
        email ~ '^[!-?A-~]{1,64}@[A-Za-z0-9-]+([.][A-Za-z0-9-]+)+$' AND length(email) <= 254),
    language TEXT NOT NULL,
    valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
    valid_to TIMESTAMP WITH TIME ZONE
);
CREATE INDEX ix_post_agency_id ON post (agency_id);
CREATE INDEX ix_post_person_id ON post (person_id);

CREATE TABLE team (
    id UUID CONSTRAINT pk_team PRIMARY KEY,
    pathway TEXT NOT NULL,
    name TEXT NOT NULL,
    convener_id UUID NOT NULL CONSTRAINT fk_team_convener_id REFERENCES agency (id),
    contact TEXT
);

CREATE TABLE deputy (
    id UUID CONSTRAINT pk_deputy PRIMARY KEY,
    post_id UUID NOT NULL CONSTRAINT fk_deputy_post_id REFERENCES post (id),
    deputy_id UUID NOT NULL CONSTRAINT fk_deputy_deputy_id REFERENCES post (id),
    named_by_id UUID NOT NULL CONSTRAINT fk_deputy_named_by_id REFERENCES post (id),
    reason TEXT NOT NULL,
    valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
    valid_to TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE
);
CREATE INDEX ix_deputy_post_id ON deputy (post_id);
CREATE INDEX ix_deputy_deputy_id ON deputy (deputy_id);

CREATE TABLE team_member (
    team_id UUID NOT NULL CONSTRAINT fk_team_member_team_id REFERENCES team (id),
    post_id UUID NOT NULL CONSTRAINT fk_team_member_post_id REFERENCES post (id),
    valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
    valid_to TIMESTAMP WITH TIME ZONE,
    deputy_id UUID CONSTRAINT fk_team_member_deputy_id REFERENCES deputy (id),
    CONSTRAINT pk_team_member PRIMARY KEY (team_id, post_id, valid_from)
);
CREATE INDEX ix_team_member_post_id ON team_member (post_id);

CREATE TABLE credential (
    post_id UUID CONSTRAINT pk_credential PRIMARY KEY CONSTRAINT fk_credential_post_id REFERENCES post (id),
    login TEXT NOT NULL CONSTRAINT uq_credential_login UNIQUE,
    kind TEXT NOT NULL,
    password_hash BYTEA NOT NULL
);

CREATE TABLE session (
    id UUID CONSTRAINT pk_session PRIMARY KEY,
    secret_hash BYTEA NOT NULL CONSTRAINT uq_session_secret_hash UNIQUE,
    post_id UUID NOT NULL CONSTRAINT fk_session_post_id REFERENCES post (id),
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE
);
CREATE INDEX ix_session_expires_at ON session (expires_at);

CREATE TABLE notice (
    id UUID CONSTRAINT pk_notice PRIMARY KEY,
    post_id UUID NOT NULL CONSTRAINT fk_notice_post_id REFERENCES post (id),
    what TEXT NOT NULL,
    place TEXT NOT NULL,
    case_id UUID,
    shows TEXT,
    urgent BOOLEAN NOT NULL,
    sender_id UUID CONSTRAINT fk_notice_sender_id REFERENCES post (id),
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    read_at TIMESTAMP WITH TIME ZONE,
    mailed_at TIMESTAMP WITH TIME ZONE,
    mail_id UUID,
    CONSTRAINT ck_notice_created_at CHECK (created_at BETWEEN '2000-01-01 00:00Z' AND '2200-01-01 00:00Z'),
    CONSTRAINT ck_notice_read_at CHECK (read_at BETWEEN '2000-01-01 00:00Z' AND '2200-01-01 00:00Z'),
    CONSTRAINT ck_notice_mailed_at CHECK (mailed_at BETWEEN '2000-01-01 00:00Z' AND '2200-01-01 00:00Z'),
    CONSTRAINT ck_notice_shows CHECK (case_id IS NULL OR shows IS NOT NULL),
    CONSTRAINT ck_notice_sizes CHECK (
        octet_length(what) <= 200 AND octet_length(place) <= 1000 AND octet_length(shows) <= 200)
);
CREATE INDEX ix_notice_post_id ON notice (post_id);
CREATE INDEX ix_notice_case_id ON notice (case_id);
CREATE INDEX ix_notice_place ON notice (place);
CREATE INDEX ix_notice_unread ON notice (post_id) WHERE read_at IS NULL;
CREATE INDEX ix_notice_to_mail ON notice (post_id) WHERE read_at IS NULL AND mailed_at IS NULL;
CREATE INDEX ix_notice_mail_id ON notice (mail_id);
CREATE INDEX ix_notice_read_at ON notice (read_at);

CREATE TABLE mail_choice (
    person_id UUID CONSTRAINT pk_mail_choice PRIMARY KEY CONSTRAINT fk_mail_choice_person_id REFERENCES person (id),
    daily BOOLEAN NOT NULL
);
