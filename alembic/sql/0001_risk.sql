-- Assessments and their answers, and the events that ask for a new one.

CREATE TABLE assessment (
    changed_by_id UUID NOT NULL CONSTRAINT fk_assessment_changed_by_id REFERENCES post (id),
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER NOT NULL,
    instrument TEXT NOT NULL,
    instrument_version TEXT NOT NULL,
    measures BOOLEAN NOT NULL,
    assessor_id UUID NOT NULL CONSTRAINT fk_assessment_assessor_id REFERENCES post (id),
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    completed_at TIMESTAMP WITH TIME ZONE,
    judged_high BOOLEAN,
    judgement_reason BYTEA,
    client_words BYTEA,
    source TEXT,
    previous_on DATE,
    previous_same_pair BOOLEAN,
    grounds TEXT[],
    id UUID CONSTRAINT pk_assessment PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_assessment_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_assessment_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL,
    CONSTRAINT uq_assessment_case_id_instrument_version UNIQUE (case_id, instrument, version)
);

CREATE TABLE assessment_answer (
    changed_by_id UUID NOT NULL CONSTRAINT fk_assessment_answer_changed_by_id REFERENCES post (id),
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    assessment_id UUID NOT NULL CONSTRAINT fk_assessment_answer_assessment_id REFERENCES assessment (id),
    item TEXT NOT NULL,
    answer TEXT NOT NULL,
    comment BYTEA,
    source TEXT,
    id UUID CONSTRAINT pk_assessment_answer PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_assessment_answer_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_assessment_answer_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL,
    CONSTRAINT uq_assessment_answer_assessment_id_item UNIQUE (assessment_id, item)
);
CREATE INDEX ix_assessment_answer_case_id ON assessment_answer (case_id);

CREATE TABLE dated_event (
    kind TEXT NOT NULL,
    day DATE NOT NULL,
    noted_by_id UUID NOT NULL CONSTRAINT fk_dated_event_noted_by_id REFERENCES post (id),
    noted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    struck_at TIMESTAMP WITH TIME ZONE,
    id UUID CONSTRAINT pk_dated_event PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_dated_event_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_dated_event_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_dated_event_case_id ON dated_event (case_id);
