-- Risk assessments and their answers.

CREATE TABLE assessment (
    changed_by_id UUID NOT NULL CONSTRAINT fk_assessment_changed_by_id REFERENCES post (id),
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    version INTEGER NOT NULL,
    form TEXT NOT NULL,
    assessor_id UUID NOT NULL CONSTRAINT fk_assessment_assessor_id REFERENCES post (id),
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    completed_at TIMESTAMP WITH TIME ZONE,
    judged_high BOOLEAN,
    judgement_reason BYTEA,
    client_words BYTEA,
    source TEXT,
    id UUID CONSTRAINT pk_assessment PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_assessment_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_assessment_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL,
    CONSTRAINT uq_assessment_case_id_version UNIQUE (case_id, version)
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

