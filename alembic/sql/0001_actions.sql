-- Actions: who does what by when.

CREATE TABLE planned_action (
    reference TEXT NOT NULL CONSTRAINT uq_planned_action_reference UNIQUE,
    owner_id UUID NOT NULL CONSTRAINT fk_planned_action_owner_id REFERENCES post (id),
    assigned_by_id UUID NOT NULL CONSTRAINT fk_planned_action_assigned_by_id REFERENCES post (id),
    title BYTEA NOT NULL,
    due_on DATE NOT NULL,
    state TEXT NOT NULL,
    outcome BYTEA,
    assigned_at TIMESTAMP WITH TIME ZONE NOT NULL,
    done_at TIMESTAMP WITH TIME ZONE,
    id UUID CONSTRAINT pk_planned_action PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_planned_action_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_planned_action_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_planned_action_case_id ON planned_action (case_id);
CREATE INDEX ix_planned_action_owner_id ON planned_action (owner_id);
