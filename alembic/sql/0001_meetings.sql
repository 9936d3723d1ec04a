-- Meetings, what is on their agenda, who sits at the table and who is in a room, minutes and invitations.

-- In which weeks a team meets, on the weekday of `first_on` and from that day on; the newest row holds.
CREATE TABLE meeting_rhythm (
    id UUID CONSTRAINT pk_meeting_rhythm PRIMARY KEY,
    team_id UUID NOT NULL CONSTRAINT fk_meeting_rhythm_team_id REFERENCES team (id),
    first_on DATE NOT NULL,
    every_weeks INTEGER NOT NULL,
    starts TEXT NOT NULL,
    minutes INTEGER NOT NULL,
    on_holiday TEXT NOT NULL,
    set_by_id UUID NOT NULL CONSTRAINT fk_meeting_rhythm_set_by_id REFERENCES post (id),
    set_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT ck_meeting_rhythm_on_holiday CHECK (on_holiday IN ('skip', 'before', 'after'))
);
CREATE INDEX ix_meeting_rhythm_team_id ON meeting_rhythm (team_id);

CREATE TABLE meeting (
    id UUID CONSTRAINT pk_meeting PRIMARY KEY,
    reference TEXT NOT NULL CONSTRAINT uq_meeting_reference UNIQUE,
    team_id UUID NOT NULL CONSTRAINT fk_meeting_team_id REFERENCES team (id),
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    urgently_called_by_id UUID CONSTRAINT fk_meeting_urgently_called_by_id REFERENCES post (id),
    made_for DATE,
    team_only BOOLEAN NOT NULL DEFAULT false,
    chair_id UUID CONSTRAINT fk_meeting_chair_id REFERENCES post (id),
    run_at TIMESTAMP WITH TIME ZONE,
    turn INTEGER NOT NULL DEFAULT 0,
    writer_id UUID CONSTRAINT fk_meeting_writer_id REFERENCES post (id)
);
CREATE INDEX ix_meeting_chair_id ON meeting (chair_id);
CREATE INDEX ix_meeting_team_id ON meeting (team_id);
CREATE INDEX ix_meeting_to_come ON meeting (starts_at) WHERE state = 'open';
CREATE UNIQUE INDEX uq_meeting_made_for ON meeting (team_id, made_for)
    WHERE made_for IS NOT NULL AND state <> 'cancelled';
CREATE INDEX ix_meeting_urgently_called ON meeting (urgently_called_by_id) WHERE urgently_called_by_id IS NOT NULL;

CREATE TABLE agenda_item (
    meeting_id UUID NOT NULL CONSTRAINT fk_agenda_item_meeting_id REFERENCES meeting (id),
    position INTEGER NOT NULL,
    room UUID NOT NULL CONSTRAINT uq_agenda_item_room UNIQUE,
    came_from TEXT NOT NULL,
    discussed_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    ended_because TEXT,
    begun_at TIMESTAMP WITH TIME ZONE,
    begun_by_id UUID CONSTRAINT fk_agenda_item_begun_by_id REFERENCES post (id),
    handled_at TIMESTAMP WITH TIME ZONE,
    handled_by_id UUID CONSTRAINT fk_agenda_item_handled_by_id REFERENCES post (id),
    more_minutes INTEGER NOT NULL DEFAULT 0,
    id UUID CONSTRAINT pk_agenda_item PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_agenda_item_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_agenda_item_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_agenda_item_case_id ON agenda_item (case_id);
CREATE INDEX ix_agenda_item_meeting_id ON agenda_item (meeting_id);
CREATE UNIQUE INDEX uq_agenda_item_living ON agenda_item (meeting_id, case_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX uq_agenda_item_now ON agenda_item (meeting_id)
    WHERE begun_at IS NOT NULL AND handled_at IS NULL AND ended_at IS NULL;
CREATE INDEX ix_agenda_item_undiscussed ON agenda_item (case_id) WHERE ended_at IS NULL AND discussed_at IS NULL;

CREATE TABLE seat (
    agenda_item_id UUID NOT NULL CONSTRAINT fk_seat_agenda_item_id REFERENCES agenda_item (id),
    post_id UUID NOT NULL CONSTRAINT fk_seat_post_id REFERENCES post (id),
    reaches_client BOOLEAN NOT NULL,
    observes BOOLEAN NOT NULL DEFAULT false,
    ended_at TIMESTAMP WITH TIME ZONE,
    id UUID CONSTRAINT pk_seat PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_seat_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_seat_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_seat_case_id ON seat (case_id);
CREATE INDEX ix_seat_post_id ON seat (post_id);
CREATE UNIQUE INDEX uq_seat_living ON seat (agenda_item_id, post_id) WHERE ended_at IS NULL;

CREATE TABLE seat_necessity (
    seat_id UUID NOT NULL CONSTRAINT uq_seat_necessity_seat_id UNIQUE
        CONSTRAINT fk_seat_necessity_seat_id REFERENCES seat (id),
    ground_id UUID CONSTRAINT fk_seat_necessity_ground_id REFERENCES legal_ground (id),
    necessity BYTEA NOT NULL,
    author_id UUID NOT NULL CONSTRAINT fk_seat_necessity_author_id REFERENCES post (id),
    decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID CONSTRAINT pk_seat_necessity PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_seat_necessity_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_seat_necessity_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_seat_necessity_case_id ON seat_necessity (case_id);

CREATE TABLE chair_note (
    agenda_item_id UUID NOT NULL CONSTRAINT fk_chair_note_agenda_item_id REFERENCES agenda_item (id),
    author_id UUID NOT NULL CONSTRAINT fk_chair_note_author_id REFERENCES post (id),
    text BYTEA,
    saved_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID CONSTRAINT pk_chair_note PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_chair_note_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_chair_note_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL,
    CONSTRAINT uq_chair_note_agenda_item_id_author_id UNIQUE (agenda_item_id, author_id)
);
CREATE INDEX ix_chair_note_case_id ON chair_note (case_id);

CREATE TABLE sent_instead (
    seat_id UUID NOT NULL CONSTRAINT fk_sent_instead_seat_id REFERENCES seat (id),
    text BYTEA,
    sent_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID CONSTRAINT pk_sent_instead PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_sent_instead_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_sent_instead_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_sent_instead_case_id ON sent_instead (case_id);
CREATE INDEX ix_sent_instead_seat_id ON sent_instead (seat_id);

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
    connected_at TIMESTAMP WITH TIME ZONE,
    emptied_at TIMESTAMP WITH TIME ZONE,
    id UUID CONSTRAINT pk_room_presence PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_room_presence_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_room_presence_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_room_presence_case_id ON room_presence (case_id);
CREATE INDEX ix_room_presence_entered_at ON room_presence (entered_at);

CREATE TABLE room_promise (
    id UUID CONSTRAINT pk_room_promise PRIMARY KEY,
    meeting_id UUID NOT NULL CONSTRAINT fk_room_promise_meeting_id REFERENCES meeting (id),
    post_id UUID NOT NULL CONSTRAINT fk_room_promise_post_id REFERENCES post (id),
    wording TEXT NOT NULL,
    language TEXT NOT NULL,
    promised_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT uq_room_promise_meeting_id_post_id_wording UNIQUE (meeting_id, post_id, wording)
);
CREATE INDEX ix_room_promise_post_id ON room_promise (post_id);

CREATE TABLE room_call (
    id UUID CONSTRAINT pk_room_call PRIMARY KEY,
    meeting_id UUID NOT NULL CONSTRAINT fk_room_call_meeting_id REFERENCES meeting (id),
    what TEXT NOT NULL CONSTRAINT ck_room_call_what CHECK (what IN ('open', 'remove', 'end')),
    room UUID NOT NULL,
    holder TEXT NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    attempts INTEGER NOT NULL,
    next_attempt_at TIMESTAMP WITH TIME ZONE,
    told_at TIMESTAMP WITH TIME ZONE,
    settled_at TIMESTAMP WITH TIME ZONE,
    settled_by_id UUID CONSTRAINT fk_room_call_settled_by_id REFERENCES post (id)
);
CREATE INDEX ix_room_call_meeting_id ON room_call (meeting_id);
CREATE INDEX ix_room_call_due ON room_call (next_attempt_at) WHERE settled_at IS NULL;
CREATE INDEX ix_room_call_told ON room_call (meeting_id) WHERE settled_at IS NULL AND told_at IS NOT NULL;
CREATE UNIQUE INDEX uq_room_call_open ON room_call (room) WHERE what = 'open';

CREATE TABLE client_beside (
    agenda_item_id UUID NOT NULL CONSTRAINT fk_client_beside_agenda_item_id REFERENCES agenda_item (id),
    seat_id UUID NOT NULL CONSTRAINT fk_client_beside_seat_id REFERENCES seat (id),
    interpreter_seat_id UUID CONSTRAINT fk_client_beside_interpreter_seat_id REFERENCES seat (id),
    arranged_by_id UUID NOT NULL CONSTRAINT fk_client_beside_arranged_by_id REFERENCES post (id),
    arranged_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    id UUID CONSTRAINT pk_client_beside PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_client_beside_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_client_beside_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_client_beside_case_id ON client_beside (case_id);
CREATE INDEX ix_client_beside_seat_id ON client_beside (seat_id);
CREATE INDEX ix_client_beside_interpreter_seat_id ON client_beside (interpreter_seat_id);
CREATE UNIQUE INDEX uq_client_beside_living ON client_beside (agenda_item_id) WHERE ended_at IS NULL;

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

CREATE TABLE minutes_part (
    agenda_item_id UUID NOT NULL CONSTRAINT fk_minutes_part_agenda_item_id REFERENCES agenda_item (id),
    version INTEGER NOT NULL,
    author_id UUID NOT NULL CONSTRAINT fk_minutes_part_author_id REFERENCES post (id),
    text BYTEA,
    original BYTEA,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    approved_at TIMESTAMP WITH TIME ZONE,
    approved_by_id UUID CONSTRAINT fk_minutes_part_approved_by_id REFERENCES post (id),
    id UUID CONSTRAINT pk_minutes_part PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_minutes_part_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_minutes_part_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL,
    CONSTRAINT uq_minutes_part_agenda_item_id_controller_id_version UNIQUE (agenda_item_id, controller_id, version)
);
CREATE INDEX ix_minutes_part_case_id ON minutes_part (case_id);
CREATE UNIQUE INDEX uq_minutes_part_approved ON minutes_part (agenda_item_id, controller_id)
    WHERE approved_at IS NOT NULL;

CREATE TABLE minutes_recipient (
    agenda_item_id UUID NOT NULL CONSTRAINT fk_minutes_recipient_agenda_item_id REFERENCES agenda_item (id),
    agency_id UUID NOT NULL CONSTRAINT fk_minutes_recipient_agency_id REFERENCES agency (id),
    named_by_id UUID NOT NULL CONSTRAINT fk_minutes_recipient_named_by_id REFERENCES post (id),
    named_at TIMESTAMP WITH TIME ZONE NOT NULL,
    dropped_at TIMESTAMP WITH TIME ZONE,
    received_at TIMESTAMP WITH TIME ZONE,
    id UUID CONSTRAINT pk_minutes_recipient PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_minutes_recipient_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_minutes_recipient_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_minutes_recipient_case_id ON minutes_recipient (case_id);
CREATE UNIQUE INDEX uq_minutes_recipient_living ON minutes_recipient (agenda_item_id, agency_id)
    WHERE dropped_at IS NULL;

CREATE TABLE minutes_addendum (
    minutes_id UUID NOT NULL CONSTRAINT fk_minutes_addendum_minutes_id REFERENCES minutes (id),
    agency_id UUID CONSTRAINT fk_minutes_addendum_agency_id REFERENCES agency (id),
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
    agency_id UUID CONSTRAINT fk_minutes_instruction_agency_id REFERENCES agency (id),
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

CREATE TABLE research_request (
    agenda_item_id UUID NOT NULL CONSTRAINT fk_research_request_agenda_item_id REFERENCES agenda_item (id),
    agency_id UUID NOT NULL CONSTRAINT fk_research_request_agency_id REFERENCES agency (id),
    asked_by_id UUID NOT NULL CONSTRAINT fk_research_request_asked_by_id REFERENCES post (id),
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    due_on DATE NOT NULL,
    returned_at TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    id UUID CONSTRAINT pk_research_request PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_research_request_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_research_request_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_research_request_case_id ON research_request (case_id);
CREATE UNIQUE INDEX uq_research_request_living ON research_request (agenda_item_id, agency_id) WHERE ended_at IS NULL;
CREATE INDEX ix_research_request_open ON research_request (due_on) WHERE ended_at IS NULL AND returned_at IS NULL;

CREATE TABLE research_answer (
    request_id UUID NOT NULL CONSTRAINT fk_research_answer_request_id REFERENCES research_request (id),
    answer BYTEA NOT NULL,
    answered_by_id UUID NOT NULL CONSTRAINT fk_research_answer_answered_by_id REFERENCES post (id),
    answered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID CONSTRAINT pk_research_answer PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_research_answer_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_research_answer_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_research_answer_case_id ON research_answer (case_id);
CREATE INDEX ix_research_answer_request_id ON research_answer (request_id);

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
    needed_from TIMESTAMP WITH TIME ZONE,
    needed_until TIMESTAMP WITH TIME ZONE,
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
