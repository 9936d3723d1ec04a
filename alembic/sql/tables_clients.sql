-- Tables about clients: cases, the people in them, bases and grants, consent, risk, seats, minutes, actions, keys.

CREATE TABLE case_file (
    id UUID NOT NULL,
    reference TEXT NOT NULL,
    pathway TEXT NOT NULL,
    team_id UUID NOT NULL,
    stage TEXT NOT NULL,
    opened_by_id UUID NOT NULL,
    controller_id UUID NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    submitted_at TIMESTAMP WITH TIME ZONE,
    withdrawn_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_case_file PRIMARY KEY (id),
    CONSTRAINT uq_case_file_reference UNIQUE (reference),
    CONSTRAINT fk_case_file_team_id FOREIGN KEY(team_id) REFERENCES team (id),
    CONSTRAINT fk_case_file_opened_by_id FOREIGN KEY(opened_by_id) REFERENCES post (id),
    CONSTRAINT fk_case_file_controller_id FOREIGN KEY(controller_id) REFERENCES agency (id)
);

CREATE TABLE access_bar (
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    person_id UUID NOT NULL,
    reason TEXT NOT NULL,
    valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
    valid_to TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_access_bar PRIMARY KEY (id),
    CONSTRAINT fk_access_bar_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
    CONSTRAINT fk_access_bar_person_id FOREIGN KEY(person_id) REFERENCES person (id)
);
CREATE INDEX ix_access_bar_case_id ON access_bar (case_id);

CREATE TABLE agenda_item (
    meeting_id UUID NOT NULL,
    position INTEGER NOT NULL,
    room UUID NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    controller_id UUID NOT NULL,
    retention_class TEXT NOT NULL,
    CONSTRAINT pk_agenda_item PRIMARY KEY (id),
    CONSTRAINT uq_agenda_item_meeting_id_case_id UNIQUE (meeting_id, case_id),
    CONSTRAINT fk_agenda_item_meeting_id FOREIGN KEY(meeting_id) REFERENCES meeting (id),
    CONSTRAINT uq_agenda_item_room UNIQUE (room),
    CONSTRAINT fk_agenda_item_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
    CONSTRAINT fk_agenda_item_controller_id FOREIGN KEY(controller_id) REFERENCES agency (id)
);
CREATE INDEX ix_agenda_item_case_id ON agenda_item (case_id);
CREATE INDEX ix_agenda_item_meeting_id ON agenda_item (meeting_id);

CREATE TABLE assessment (
    version INTEGER NOT NULL,
    form TEXT NOT NULL,
    assessor_id UUID NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    completed_at TIMESTAMP WITH TIME ZONE,
    judged_high BOOLEAN,
    judgement_reason BYTEA,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    controller_id UUID NOT NULL,
    retention_class TEXT NOT NULL,
    CONSTRAINT pk_assessment PRIMARY KEY (id),
    CONSTRAINT uq_assessment_case_id_version UNIQUE (case_id, version),
    CONSTRAINT fk_assessment_assessor_id FOREIGN KEY(assessor_id) REFERENCES post (id),
    CONSTRAINT fk_assessment_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
    CONSTRAINT fk_assessment_controller_id FOREIGN KEY(controller_id) REFERENCES agency (id)
);
CREATE INDEX ix_assessment_case_id ON assessment (case_id);

CREATE TABLE case_part (
    author_id UUID NOT NULL,
    narrative BYTEA,
    written_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    controller_id UUID NOT NULL,
    retention_class TEXT NOT NULL,
    CONSTRAINT pk_case_part PRIMARY KEY (id),
    CONSTRAINT uq_case_part_case_id_controller_id UNIQUE (case_id, controller_id),
    CONSTRAINT fk_case_part_author_id FOREIGN KEY(author_id) REFERENCES post (id),
    CONSTRAINT fk_case_part_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
    CONSTRAINT fk_case_part_controller_id FOREIGN KEY(controller_id) REFERENCES agency (id)
);
CREATE INDEX ix_case_part_case_id ON case_part (case_id);

CREATE TABLE client (
    name BYTEA NOT NULL,
    identity_code BYTEA,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    controller_id UUID NOT NULL,
    retention_class TEXT NOT NULL,
    CONSTRAINT pk_client PRIMARY KEY (id),
    CONSTRAINT uq_client_case_id UNIQUE (case_id),
    CONSTRAINT fk_client_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
    CONSTRAINT fk_client_controller_id FOREIGN KEY(controller_id) REFERENCES agency (id)
);
CREATE INDEX ix_client_case_id ON client (case_id);

CREATE TABLE consent (
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    purpose TEXT NOT NULL,
    asked_by_id UUID NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    how TEXT NOT NULL,
    language TEXT NOT NULL,
    kinds TEXT[] NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_by_id UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    controller_id UUID NOT NULL,
    retention_class TEXT NOT NULL,
    CONSTRAINT pk_consent PRIMARY KEY (id),
    CONSTRAINT uq_consent_case_id_version UNIQUE (case_id, version),
    CONSTRAINT fk_consent_asked_by_id FOREIGN KEY(asked_by_id) REFERENCES post (id),
    CONSTRAINT fk_consent_recorded_by_id FOREIGN KEY(recorded_by_id) REFERENCES post (id),
    CONSTRAINT fk_consent_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
    CONSTRAINT fk_consent_controller_id FOREIGN KEY(controller_id) REFERENCES agency (id)
);
CREATE INDEX ix_consent_case_id ON consent (case_id);

CREATE TABLE data_key (
    id UUID NOT NULL,
    case_id UUID,
    controller_id UUID,
    retention_class TEXT NOT NULL,
    wrapped BYTEA NOT NULL,
    CONSTRAINT pk_data_key PRIMARY KEY (id),
    CONSTRAINT fk_data_key_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
    CONSTRAINT fk_data_key_controller_id FOREIGN KEY(controller_id) REFERENCES agency (id)
);
CREATE INDEX ix_data_key_case_id ON data_key (case_id);

CREATE TABLE party (
    role TEXT NOT NULL,
    name BYTEA NOT NULL,
    identity_code BYTEA,
    relation BYTEA,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    controller_id UUID NOT NULL,
    retention_class TEXT NOT NULL,
    CONSTRAINT pk_party PRIMARY KEY (id),
    CONSTRAINT fk_party_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
    CONSTRAINT fk_party_controller_id FOREIGN KEY(controller_id) REFERENCES agency (id)
);
CREATE INDEX ix_party_case_id ON party (case_id);

CREATE TABLE planned_action (
    reference TEXT NOT NULL,
    owner_id UUID NOT NULL,
    assigned_by_id UUID NOT NULL,
    title BYTEA NOT NULL,
    due_on DATE NOT NULL,
    state TEXT NOT NULL,
    outcome BYTEA,
    assigned_at TIMESTAMP WITH TIME ZONE NOT NULL,
    done_at TIMESTAMP WITH TIME ZONE,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    controller_id UUID NOT NULL,
    retention_class TEXT NOT NULL,
    CONSTRAINT pk_planned_action PRIMARY KEY (id),
    CONSTRAINT uq_planned_action_reference UNIQUE (reference),
    CONSTRAINT fk_planned_action_owner_id FOREIGN KEY(owner_id) REFERENCES post (id),
    CONSTRAINT fk_planned_action_assigned_by_id FOREIGN KEY(assigned_by_id) REFERENCES post (id),
    CONSTRAINT fk_planned_action_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
    CONSTRAINT fk_planned_action_controller_id FOREIGN KEY(controller_id) REFERENCES agency (id)
);
CREATE INDEX ix_planned_action_case_id ON planned_action (case_id);
CREATE INDEX ix_planned_action_owner_id ON planned_action (owner_id);

CREATE TABLE safe_contact (
    phone BYTEA,
    when_to_call BYTEA,
    do_not_talk_to BYTEA,
    address BYTEA,
    may_leave_message BOOLEAN NOT NULL,
    language TEXT NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    controller_id UUID NOT NULL,
    retention_class TEXT NOT NULL,
    CONSTRAINT pk_safe_contact PRIMARY KEY (id),
    CONSTRAINT uq_safe_contact_case_id UNIQUE (case_id),
    CONSTRAINT fk_safe_contact_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
    CONSTRAINT fk_safe_contact_controller_id FOREIGN KEY(controller_id) REFERENCES agency (id)
);
CREATE INDEX ix_safe_contact_case_id ON safe_contact (case_id);

CREATE TABLE assessment_answer (
    assessment_id UUID NOT NULL,
    item TEXT NOT NULL,
    answer TEXT NOT NULL,
    comment BYTEA,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    controller_id UUID NOT NULL,
    retention_class TEXT NOT NULL,
    CONSTRAINT pk_assessment_answer PRIMARY KEY (id),
    CONSTRAINT uq_assessment_answer_assessment_id_item UNIQUE (assessment_id, item),
    CONSTRAINT fk_assessment_answer_assessment_id FOREIGN KEY(assessment_id) REFERENCES assessment (id),
    CONSTRAINT fk_assessment_answer_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
    CONSTRAINT fk_assessment_answer_controller_id FOREIGN KEY(controller_id) REFERENCES agency (id)
);
CREATE INDEX ix_assessment_answer_case_id ON assessment_answer (case_id);

CREATE TABLE consent_recipient (
    consent_id UUID NOT NULL,
    agency_id UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    controller_id UUID NOT NULL,
    retention_class TEXT NOT NULL,
    CONSTRAINT pk_consent_recipient PRIMARY KEY (id),
    CONSTRAINT uq_consent_recipient_consent_id_agency_id UNIQUE (consent_id, agency_id),
    CONSTRAINT fk_consent_recipient_consent_id FOREIGN KEY(consent_id) REFERENCES consent (id),
    CONSTRAINT fk_consent_recipient_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id),
    CONSTRAINT fk_consent_recipient_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
    CONSTRAINT fk_consent_recipient_controller_id FOREIGN KEY(controller_id) REFERENCES agency (id)
);
CREATE INDEX ix_consent_recipient_case_id ON consent_recipient (case_id);

CREATE TABLE lawful_basis (
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    agency_id UUID NOT NULL,
    reason TEXT NOT NULL,
    consent_id UUID,
    kinds TEXT[] NOT NULL,
    valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
    valid_to TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_lawful_basis PRIMARY KEY (id),
    CONSTRAINT fk_lawful_basis_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
    CONSTRAINT fk_lawful_basis_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id),
    CONSTRAINT fk_lawful_basis_consent_id FOREIGN KEY(consent_id) REFERENCES consent (id)
);
CREATE INDEX ix_lawful_basis_case_id ON lawful_basis (case_id);

CREATE TABLE minutes (
    agenda_item_id UUID NOT NULL,
    version INTEGER NOT NULL,
    author_id UUID NOT NULL,
    text BYTEA NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    controller_id UUID NOT NULL,
    retention_class TEXT NOT NULL,
    CONSTRAINT pk_minutes PRIMARY KEY (id),
    CONSTRAINT uq_minutes_agenda_item_id_version UNIQUE (agenda_item_id, version),
    CONSTRAINT fk_minutes_agenda_item_id FOREIGN KEY(agenda_item_id) REFERENCES agenda_item (id),
    CONSTRAINT fk_minutes_author_id FOREIGN KEY(author_id) REFERENCES post (id),
    CONSTRAINT fk_minutes_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
    CONSTRAINT fk_minutes_controller_id FOREIGN KEY(controller_id) REFERENCES agency (id)
);
CREATE INDEX ix_minutes_case_id ON minutes (case_id);

CREATE TABLE seat (
    agenda_item_id UUID NOT NULL,
    post_id UUID NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    controller_id UUID NOT NULL,
    retention_class TEXT NOT NULL,
    CONSTRAINT pk_seat PRIMARY KEY (id),
    CONSTRAINT uq_seat_agenda_item_id_post_id UNIQUE (agenda_item_id, post_id),
    CONSTRAINT fk_seat_agenda_item_id FOREIGN KEY(agenda_item_id) REFERENCES agenda_item (id),
    CONSTRAINT fk_seat_post_id FOREIGN KEY(post_id) REFERENCES post (id),
    CONSTRAINT fk_seat_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
    CONSTRAINT fk_seat_controller_id FOREIGN KEY(controller_id) REFERENCES agency (id)
);
CREATE INDEX ix_seat_case_id ON seat (case_id);

CREATE TABLE access_grant (
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    post_id UUID NOT NULL,
    basis_id UUID NOT NULL,
    occasion TEXT NOT NULL,
    occasion_id UUID,
    capability TEXT NOT NULL,
    kinds TEXT[] NOT NULL,
    valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
    valid_to TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_access_grant PRIMARY KEY (id),
    CONSTRAINT fk_access_grant_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
    CONSTRAINT fk_access_grant_post_id FOREIGN KEY(post_id) REFERENCES post (id),
    CONSTRAINT fk_access_grant_basis_id FOREIGN KEY(basis_id) REFERENCES lawful_basis (id)
);
CREATE INDEX ix_access_grant_case_id ON access_grant (case_id);
CREATE INDEX ix_access_grant_post_id ON access_grant (post_id);

CREATE TABLE room_presence (
    seat_id UUID NOT NULL,
    entered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    left_at TIMESTAMP WITH TIME ZONE,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    controller_id UUID NOT NULL,
    retention_class TEXT NOT NULL,
    CONSTRAINT pk_room_presence PRIMARY KEY (id),
    CONSTRAINT uq_room_presence_seat_id UNIQUE (seat_id),
    CONSTRAINT fk_room_presence_seat_id FOREIGN KEY(seat_id) REFERENCES seat (id),
    CONSTRAINT fk_room_presence_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
    CONSTRAINT fk_room_presence_controller_id FOREIGN KEY(controller_id) REFERENCES agency (id)
);
CREATE INDEX ix_room_presence_case_id ON room_presence (case_id);
