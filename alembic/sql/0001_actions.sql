-- Actions: who does what by when.

CREATE TABLE planned_action (
    reference TEXT NOT NULL CONSTRAINT uq_planned_action_reference UNIQUE,
    owner_id UUID NOT NULL CONSTRAINT fk_planned_action_owner_id REFERENCES post (id),
    assigned_by_id UUID NOT NULL CONSTRAINT fk_planned_action_assigned_by_id REFERENCES post (id),
    title BYTEA NOT NULL,
    due_on DATE NOT NULL,
    state TEXT NOT NULL,
    outcome BYTEA,
    reaches_client BOOLEAN NOT NULL,
    assigned_at TIMESTAMP WITH TIME ZONE NOT NULL,
    done_at TIMESTAMP WITH TIME ZONE,
    tells_client BOOLEAN NOT NULL,
    follows_up_after INTEGER,
    told_on DATE,
    told_how TEXT,
    id UUID CONSTRAINT pk_planned_action PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_planned_action_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_planned_action_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_planned_action_case_id ON planned_action (case_id);
CREATE INDEX ix_planned_action_owner_id ON planned_action (owner_id);
CREATE INDEX ix_planned_action_open ON planned_action (due_on) WHERE state = 'open';

CREATE TABLE attendance (
    what TEXT NOT NULL,
    on_day DATE NOT NULL,
    recorded_by_id UUID NOT NULL CONSTRAINT fk_attendance_recorded_by_id REFERENCES post (id),
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    struck_at TIMESTAMP WITH TIME ZONE,
    struck_by_id UUID CONSTRAINT fk_attendance_struck_by_id REFERENCES post (id),
    id UUID CONSTRAINT pk_attendance PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_attendance_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_attendance_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_attendance_case_id ON attendance (case_id);
CREATE TABLE follow_up (
    action_id UUID NOT NULL CONSTRAINT fk_follow_up_action_id REFERENCES planned_action (id),
    new_violence TEXT NOT NULL,
    new_report TEXT NOT NULL,
    safe_at_home INTEGER,
    safe_outside INTEGER,
    knows_help INTEGER,
    answered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID CONSTRAINT pk_follow_up PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_follow_up_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_follow_up_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL,
    CONSTRAINT uq_follow_up_action_id UNIQUE (action_id)
);
CREATE INDEX ix_follow_up_case_id ON follow_up (case_id);

CREATE TABLE action_review (
    action_id UUID NOT NULL CONSTRAINT fk_action_review_action_id REFERENCES planned_action (id),
    agenda_item_id UUID NOT NULL CONSTRAINT fk_action_review_agenda_item_id REFERENCES agenda_item (id),
    helped TEXT NOT NULL,
    words BYTEA,
    reviewed_by_id UUID NOT NULL CONSTRAINT fk_action_review_reviewed_by_id REFERENCES post (id),
    reviewed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID CONSTRAINT pk_action_review PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_action_review_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_action_review_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL,
    CONSTRAINT uq_action_review_action_id_agenda_item_id UNIQUE (action_id, agenda_item_id)
);
CREATE INDEX ix_action_review_agenda_item_id ON action_review (agenda_item_id);
CREATE INDEX ix_action_review_case_id ON action_review (case_id);

CREATE TABLE action_change (
    action_id UUID NOT NULL CONSTRAINT fk_action_change_action_id REFERENCES planned_action (id),
    what TEXT NOT NULL,
    due_before DATE,
    reason BYTEA NOT NULL,
    made_by_id UUID NOT NULL CONSTRAINT fk_action_change_made_by_id REFERENCES post (id),
    made_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID CONSTRAINT pk_action_change PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_action_change_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_action_change_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_action_change_action_id ON action_change (action_id);
CREATE INDEX ix_action_change_case_id ON action_change (case_id);

CREATE TABLE recording_instruction (
    action_id UUID NOT NULL CONSTRAINT fk_recording_instruction_action_id REFERENCES planned_action (id),
    record_of_id UUID CONSTRAINT fk_recording_instruction_record_of_id REFERENCES party (id),
    recorded_under BYTEA,
    hidden_from TEXT,
    hidden_guardian_id UUID CONSTRAINT fk_recording_instruction_hidden_guardian_id REFERENCES party (id),
    hidden_until DATE,
    given_by_id UUID NOT NULL CONSTRAINT fk_recording_instruction_given_by_id REFERENCES post (id),
    given_at TIMESTAMP WITH TIME ZONE NOT NULL,
    confirmed_for_id UUID CONSTRAINT fk_recording_instruction_confirmed_for_id REFERENCES post (id),
    confirmed_at TIMESTAMP WITH TIME ZONE,
    id UUID CONSTRAINT pk_recording_instruction PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_recording_instruction_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_recording_instruction_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_recording_instruction_record_of_id ON recording_instruction (record_of_id);
CREATE INDEX ix_recording_instruction_hidden_guardian_id ON recording_instruction (hidden_guardian_id);
CREATE INDEX ix_recording_instruction_action_id ON recording_instruction (action_id);
CREATE INDEX ix_recording_instruction_case_id ON recording_instruction (case_id);
