-- Meetings, what is on their agenda, who sits at the table and who is in a room, minutes and invitations.

CREATE TABLE meeting (
    id UUID CONSTRAINT pk_meeting PRIMARY KEY,
    reference TEXT NOT NULL CONSTRAINT uq_meeting_reference UNIQUE,
    team_id UUID NOT NULL CONSTRAINT fk_meeting_team_id REFERENCES team (id),
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT NOT NULL,
    reason TEXT
);
CREATE INDEX ix_meeting_team_id ON meeting (team_id);
CREATE INDEX ix_meeting_to_come ON meeting (starts_at) WHERE state = 'open';

CREATE TABLE agenda_item (
    meeting_id UUID NOT NULL CONSTRAINT fk_agenda_item_meeting_id REFERENCES meeting (id),
    position INTEGER NOT NULL,
    room UUID NOT NULL CONSTRAINT uq_agenda_item_room UNIQUE,
    came_from TEXT NOT NULL,
    discussed_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    ended_because TEXT,
    id UUID CONSTRAINT pk_agenda_item PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_agenda_item_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_agenda_item_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_agenda_item_case_id ON agenda_item (case_id);
CREATE INDEX ix_agenda_item_meeting_id ON agenda_item (meeting_id);
CREATE UNIQUE INDEX uq_agenda_item_living ON agenda_item (meeting_id, case_id) WHERE ended_at IS NULL;
CREATE INDEX ix_agenda_item_undiscussed ON agenda_item (case_id) WHERE ended_at IS NULL AND discussed_at IS NULL;

CREATE TABLE seat (
    agenda_item_id UUID NOT NULL CONSTRAINT fk_seat_agenda_item_id REFERENCES agenda_item (id),
    post_id UUID NOT NULL CONSTRAINT fk_seat_post_id REFERENCES post (id),
    reaches_client BOOLEAN NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    id UUID CONSTRAINT pk_seat PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_seat_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_seat_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_seat_case_id ON seat (case_id);
CREATE INDEX ix_seat_post_id ON seat (post_id);
CREATE UNIQUE INDEX uq_seat_living ON seat (agenda_item_id, post_id) WHERE ended_at IS NULL;

CREATE TABLE secured_office (
    agenda_item_id UUID NOT NULL CONSTRAINT fk_secured_office_agenda_item_id REFERENCES agenda_item (id),
    office TEXT NOT NULL,
    how BYTEA NOT NULL,
    noted_by_id UUID NOT NULL CONSTRAINT fk_secured_office_noted_by_id REFERENCES post (id),
    noted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID CONSTRAINT pk_secured_office PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_secured_office_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_secured_office_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_secured_office_agenda_item_id ON secured_office (agenda_item_id);
CREATE INDEX ix_secured_office_case_id ON secured_office (case_id);

CREATE TABLE room_presence (
    seat_id UUID NOT NULL CONSTRAINT uq_room_presence_seat_id UNIQUE
        CONSTRAINT fk_room_presence_seat_id REFERENCES seat (id),
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    left_at TIMESTAMP WITH TIME ZONE,
    ticket UUID,
    id UUID CONSTRAINT pk_room_presence PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_room_presence_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_room_presence_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_room_presence_case_id ON room_presence (case_id);

CREATE TABLE minutes (
    agenda_item_id UUID NOT NULL CONSTRAINT fk_minutes_agenda_item_id REFERENCES agenda_item (id),
    version INTEGER NOT NULL,
    author_id UUID NOT NULL CONSTRAINT fk_minutes_author_id REFERENCES post (id),
    text BYTEA NOT NULL,
    original BYTEA,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    approved_at TIMESTAMP WITH TIME ZONE,
    approved_by_id UUID CONSTRAINT fk_minutes_approved_by_id REFERENCES post (id),
    id UUID CONSTRAINT pk_minutes PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_minutes_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_minutes_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL,
    CONSTRAINT uq_minutes_agenda_item_id_version UNIQUE (agenda_item_id, version)
);
CREATE INDEX ix_minutes_case_id ON minutes (case_id);
CREATE UNIQUE INDEX uq_minutes_approved ON minutes (agenda_item_id) WHERE approved_at IS NOT NULL;

CREATE TABLE minutes_addendum (
    minutes_id UUID NOT NULL CONSTRAINT fk_minutes_addendum_minutes_id REFERENCES minutes (id),
    author_id UUID NOT NULL CONSTRAINT fk_minutes_addendum_author_id REFERENCES post (id),
    text BYTEA NOT NULL,
    original BYTEA,
    added_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID CONSTRAINT pk_minutes_addendum PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_minutes_addendum_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_minutes_addendum_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_minutes_addendum_case_id ON minutes_addendum (case_id);
CREATE INDEX ix_minutes_addendum_minutes_id ON minutes_addendum (minutes_id);

CREATE TABLE minutes_instruction (
    agenda_item_id UUID NOT NULL CONSTRAINT fk_minutes_instruction_agenda_item_id REFERENCES agenda_item (id),
    record_of_id UUID CONSTRAINT fk_minutes_instruction_record_of_id REFERENCES party (id),
    recorded_under BYTEA,
    hidden_from TEXT,
    hidden_guardian_id UUID CONSTRAINT fk_minutes_instruction_hidden_guardian_id REFERENCES party (id),
    hidden_until DATE,
    given_by_id UUID NOT NULL CONSTRAINT fk_minutes_instruction_given_by_id REFERENCES post (id),
    given_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID CONSTRAINT pk_minutes_instruction PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_minutes_instruction_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_minutes_instruction_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_minutes_instruction_record_of_id ON minutes_instruction (record_of_id);
CREATE INDEX ix_minutes_instruction_hidden_guardian_id ON minutes_instruction (hidden_guardian_id);
CREATE INDEX ix_minutes_instruction_agenda_item_id ON minutes_instruction (agenda_item_id);
CREATE INDEX ix_minutes_instruction_case_id ON minutes_instruction (case_id);

CREATE TABLE minutes_recorded (
    instruction_id UUID NOT NULL CONSTRAINT fk_minutes_recorded_instruction_id REFERENCES minutes_instruction (id),
    post_id UUID NOT NULL CONSTRAINT fk_minutes_recorded_post_id REFERENCES post (id),
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID CONSTRAINT pk_minutes_recorded PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_minutes_recorded_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_minutes_recorded_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL,
    CONSTRAINT uq_minutes_recorded_instruction_id_post_id UNIQUE (instruction_id, post_id)
);
CREATE INDEX ix_minutes_recorded_case_id ON minutes_recorded (case_id);

CREATE TABLE invitation (
    id UUID CONSTRAINT pk_invitation PRIMARY KEY,
    meeting_id UUID NOT NULL CONSTRAINT fk_invitation_meeting_id REFERENCES meeting (id),
    post_id UUID NOT NULL CONSTRAINT fk_invitation_post_id REFERENCES post (id),
    uid TEXT NOT NULL CONSTRAINT uq_invitation_uid UNIQUE,
    organiser TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    answer TEXT NOT NULL,
    answered_at TIMESTAMP WITH TIME ZONE,
    cancelled_at TIMESTAMP WITH TIME ZONE,
    reminded_at TIMESTAMP WITH TIME ZONE,
    instead_id UUID CONSTRAINT fk_invitation_instead_id REFERENCES post (id),
    email TEXT CONSTRAINT ck_invitation_email CHECK (
        email ~ '^[!-?A-~]{1,64}@[A-Za-z0-9-]+([.][A-Za-z0-9-]+)+$' AND length(email) <= 254),
    CONSTRAINT uq_invitation_meeting_id_post_id UNIQUE (meeting_id, post_id)
);
CREATE INDEX ix_invitation_post_id ON invitation (post_id);

CREATE TABLE join_address (
    id UUID CONSTRAINT pk_join_address PRIMARY KEY,
    invitation_id UUID NOT NULL CONSTRAINT fk_join_address_invitation_id REFERENCES invitation (id),
    secret_hash BYTEA NOT NULL CONSTRAINT uq_join_address_secret_hash UNIQUE
);
CREATE INDEX ix_join_address_invitation_id ON join_address (invitation_id);

CREATE TABLE invitation_mail (
    id UUID CONSTRAINT pk_invitation_mail PRIMARY KEY,
    invitation_id UUID NOT NULL CONSTRAINT fk_invitation_mail_invitation_id REFERENCES invitation (id),
    sequence INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    message_id TEXT NOT NULL,
    return_path TEXT NOT NULL,
    email TEXT NOT NULL,
    state TEXT NOT NULL,
    may_have_left BOOLEAN NOT NULL,
    words TEXT,
    CONSTRAINT uq_invitation_mail_invitation_id_sequence UNIQUE (invitation_id, sequence),
    CONSTRAINT ck_invitation_mail_purpose CHECK (purpose IN ('request', 'cancel')),
    CONSTRAINT ck_invitation_mail_state CHECK (
        state IN ('waiting', 'sent', 'delayed', 'refused', 'late', 'withdrawn', 'replaced')),
    CONSTRAINT ck_invitation_mail_words CHECK (char_length(words) <= 120)
);
CREATE INDEX ix_invitation_mail_return_path ON invitation_mail (return_path);

CREATE TABLE invitation_remark (
    id UUID CONSTRAINT pk_invitation_remark PRIMARY KEY,
    invitation_id UUID NOT NULL CONSTRAINT uq_invitation_remark_invitation_id UNIQUE
        CONSTRAINT fk_invitation_remark_invitation_id REFERENCES invitation (id),
    kind TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    stamped_at TIMESTAMP WITH TIME ZONE NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE,
    ends_at TIMESTAMP WITH TIME ZONE,
    arrived_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT NOT NULL,
    CONSTRAINT ck_invitation_remark_kind CHECK (kind IN ('accepted', 'declined', 'tentative', 'counter', 'delegated')),
    CONSTRAINT ck_invitation_remark_state CHECK (state IN ('unconfirmed', 'confirmed', 'disowned'))
);

CREATE TABLE calendar_feed (
    post_id UUID CONSTRAINT pk_calendar_feed PRIMARY KEY CONSTRAINT fk_calendar_feed_post_id REFERENCES post (id),
    secret_hash BYTEA NOT NULL CONSTRAINT uq_calendar_feed_secret_hash UNIQUE,
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    fetched_at TIMESTAMP WITH TIME ZONE
);
