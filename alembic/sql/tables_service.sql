-- Tables of the service itself: people, sessions, meetings and invitations, mail, the log.

GRANT USAGE, CREATE ON SCHEMA public TO multiagency_guard;

CREATE TABLE agency (
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    name_fi TEXT NOT NULL,
    name_sv TEXT NOT NULL,
    name_en TEXT NOT NULL,
    municipality_code TEXT,
    CONSTRAINT pk_agency PRIMARY KEY (id)
);

CREATE TABLE audit_checkpoint (
    tree_size BIGINT NOT NULL,
    note TEXT NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_audit_checkpoint PRIMARY KEY (tree_size)
);

CREATE TABLE audit_entry (
    id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    body BYTEA NOT NULL,
    leaf_hash BYTEA NOT NULL,
    CONSTRAINT pk_audit_entry PRIMARY KEY (id)
);

CREATE TABLE outbox (
    id UUID NOT NULL,
    stream_id UUID NOT NULL,
    ordinal INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    message_id TEXT NOT NULL,
    body BYTEA,
    wrapped_key BYTEA,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_attempt_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    last_error TEXT,
    CONSTRAINT pk_outbox PRIMARY KEY (id),
    CONSTRAINT uq_outbox_stream_id_ordinal UNIQUE (stream_id, ordinal),
    CONSTRAINT uq_outbox_message_id UNIQUE (message_id)
);

CREATE TABLE person (
    id UUID NOT NULL,
    name TEXT NOT NULL,
    CONSTRAINT pk_person PRIMARY KEY (id)
);

CREATE TABLE audit_detail (
    entry_id UUID NOT NULL,
    salt BYTEA NOT NULL,
    detail BYTEA NOT NULL,
    post_id UUID,
    case_id UUID,
    CONSTRAINT pk_audit_detail PRIMARY KEY (entry_id),
    CONSTRAINT fk_audit_detail_entry_id FOREIGN KEY(entry_id) REFERENCES audit_entry (id)
);
CREATE INDEX ix_audit_detail_case_id ON audit_detail (case_id);

CREATE TABLE audit_sequence (
    index BIGINT NOT NULL,
    entry_id UUID NOT NULL,
    CONSTRAINT pk_audit_sequence PRIMARY KEY (index),
    CONSTRAINT uq_audit_sequence_entry_id UNIQUE (entry_id),
    CONSTRAINT fk_audit_sequence_entry_id FOREIGN KEY(entry_id) REFERENCES audit_entry (id)
);

CREATE TABLE post (
    id UUID NOT NULL,
    person_id UUID NOT NULL,
    agency_id UUID NOT NULL,
    role TEXT NOT NULL,
    title TEXT NOT NULL,
    email TEXT NOT NULL,
    language TEXT NOT NULL,
    valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
    valid_to TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_post PRIMARY KEY (id),
    CONSTRAINT fk_post_person_id FOREIGN KEY(person_id) REFERENCES person (id),
    CONSTRAINT fk_post_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id)
);
CREATE INDEX ix_post_agency_id ON post (agency_id);

CREATE TABLE team (
    id UUID NOT NULL,
    pathway TEXT NOT NULL,
    name TEXT NOT NULL,
    convener_id UUID NOT NULL,
    CONSTRAINT pk_team PRIMARY KEY (id),
    CONSTRAINT fk_team_convener_id FOREIGN KEY(convener_id) REFERENCES agency (id)
);

CREATE TABLE credential (
    post_id UUID NOT NULL,
    login TEXT NOT NULL,
    kind TEXT NOT NULL,
    password_hash BYTEA NOT NULL,
    CONSTRAINT pk_credential PRIMARY KEY (post_id),
    CONSTRAINT fk_credential_post_id FOREIGN KEY(post_id) REFERENCES post (id),
    CONSTRAINT uq_credential_login UNIQUE (login)
);

CREATE TABLE dated_parameter (
    id UUID NOT NULL,
    pathway TEXT NOT NULL,
    name TEXT NOT NULL,
    team_id UUID,
    value INTEGER NOT NULL,
    valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
    valid_to TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_dated_parameter PRIMARY KEY (id),
    CONSTRAINT fk_dated_parameter_team_id FOREIGN KEY(team_id) REFERENCES team (id)
);

CREATE TABLE meeting (
    id UUID NOT NULL,
    reference TEXT NOT NULL,
    team_id UUID NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT NOT NULL,
    CONSTRAINT pk_meeting PRIMARY KEY (id),
    CONSTRAINT uq_meeting_reference UNIQUE (reference),
    CONSTRAINT fk_meeting_team_id FOREIGN KEY(team_id) REFERENCES team (id)
);

CREATE TABLE session (
    id UUID NOT NULL,
    secret_hash BYTEA NOT NULL,
    post_id UUID NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_session PRIMARY KEY (id),
    CONSTRAINT uq_session_secret_hash UNIQUE (secret_hash),
    CONSTRAINT fk_session_post_id FOREIGN KEY(post_id) REFERENCES post (id)
);

CREATE TABLE team_member (
    team_id UUID NOT NULL,
    post_id UUID NOT NULL,
    CONSTRAINT pk_team_member PRIMARY KEY (team_id, post_id),
    CONSTRAINT fk_team_member_team_id FOREIGN KEY(team_id) REFERENCES team (id),
    CONSTRAINT fk_team_member_post_id FOREIGN KEY(post_id) REFERENCES post (id)
);

CREATE TABLE invitation (
    id UUID NOT NULL,
    meeting_id UUID NOT NULL,
    post_id UUID NOT NULL,
    uid TEXT NOT NULL,
    organiser TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    answer TEXT NOT NULL,
    answered_at TIMESTAMP WITH TIME ZONE,
    cancelled_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_invitation PRIMARY KEY (id),
    CONSTRAINT uq_invitation_meeting_id_post_id UNIQUE (meeting_id, post_id),
    CONSTRAINT fk_invitation_meeting_id FOREIGN KEY(meeting_id) REFERENCES meeting (id),
    CONSTRAINT fk_invitation_post_id FOREIGN KEY(post_id) REFERENCES post (id)
);
CREATE INDEX ix_invitation_meeting_id ON invitation (meeting_id);
CREATE INDEX ix_invitation_post_id ON invitation (post_id);

CREATE TABLE join_address (
    id UUID NOT NULL,
    invitation_id UUID NOT NULL,
    secret_hash BYTEA NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_join_address PRIMARY KEY (id),
    CONSTRAINT fk_join_address_invitation_id FOREIGN KEY(invitation_id) REFERENCES invitation (id),
    CONSTRAINT uq_join_address_secret_hash UNIQUE (secret_hash)
);
CREATE INDEX ix_join_address_invitation_id ON join_address (invitation_id);
