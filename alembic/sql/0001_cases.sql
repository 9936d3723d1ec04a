-- A case, the people in it and each agency's part; bases, grants and bars: who sees it, why, and who never does.

CREATE TABLE case_file (
    id UUID CONSTRAINT pk_case_file PRIMARY KEY,
    reference TEXT NOT NULL CONSTRAINT uq_case_file_reference UNIQUE,
    pathway TEXT NOT NULL,
    pathway_version TEXT NOT NULL,
    team_id UUID NOT NULL CONSTRAINT fk_case_file_team_id REFERENCES team (id),
    stage TEXT NOT NULL,
    stage_kind TEXT NOT NULL,
    opened_by_id UUID NOT NULL CONSTRAINT fk_case_file_opened_by_id REFERENCES post (id),
    controller_id UUID NOT NULL CONSTRAINT fk_case_file_controller_id REFERENCES agency (id),
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    submitted_at TIMESTAMP WITH TIME ZONE,
    agenda_by DATE,
    withdrawn_at TIMESTAMP WITH TIME ZONE,
    closed_at TIMESTAMP WITH TIME ZONE,
    round_began_at TIMESTAMP WITH TIME ZONE,
    taken_over_at TIMESTAMP WITH TIME ZONE,
    opener_keeps TEXT[],
    retention_class TEXT NOT NULL,
    CONSTRAINT ck_case_file_stage_kind CHECK (CASE stage_kind
        WHEN 'draft' THEN submitted_at IS NULL AND closed_at IS NULL AND withdrawn_at IS NULL
        WHEN 'open' THEN submitted_at IS NOT NULL AND closed_at IS NULL AND withdrawn_at IS NULL
        WHEN 'table' THEN submitted_at IS NOT NULL AND closed_at IS NULL AND withdrawn_at IS NULL
        WHEN 'follow_up' THEN submitted_at IS NOT NULL AND closed_at IS NULL AND withdrawn_at IS NULL
        WHEN 'ended' THEN closed_at IS NOT NULL AND withdrawn_at IS NULL
        WHEN 'withdrawn' THEN withdrawn_at IS NOT NULL AND closed_at IS NULL
        ELSE false END)
);
CREATE INDEX ix_case_file_clocks ON case_file (id) WHERE stage_kind IN ('draft', 'open');
CREATE INDEX ix_case_file_newest ON case_file (opened_by_id, opened_at);
CREATE INDEX ix_case_file_team_id ON case_file (team_id);
CREATE INDEX ix_case_file_versions ON case_file (pathway, pathway_version)
    WHERE stage_kind NOT IN ('ended', 'withdrawn');
CREATE INDEX ix_case_file_waiting ON case_file (team_id) WHERE stage_kind = 'open';

CREATE TABLE case_origin (
    reasons TEXT[] NOT NULL,
    source TEXT,
    id UUID CONSTRAINT pk_case_origin PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT uq_case_origin_case_id UNIQUE
        CONSTRAINT fk_case_origin_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_case_origin_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);

CREATE TABLE stage_history (
    came_from TEXT,
    stage TEXT NOT NULL,
    stage_kind TEXT NOT NULL,
    pathway_version TEXT NOT NULL,
    moved_by_id UUID NOT NULL CONSTRAINT fk_stage_history_moved_by_id REFERENCES post (id),
    moved_at TIMESTAMP WITH TIME ZONE NOT NULL,
    reason BYTEA,
    id UUID CONSTRAINT pk_stage_history PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_stage_history_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_stage_history_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_stage_history_case_id ON stage_history (case_id);

CREATE TABLE finding (
    what TEXT NOT NULL,
    answer TEXT NOT NULL,
    found_on DATE NOT NULL,
    recorded_by_id UUID NOT NULL CONSTRAINT fk_finding_recorded_by_id REFERENCES post (id),
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID CONSTRAINT pk_finding PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_finding_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_finding_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_finding_case_id ON finding (case_id);

CREATE TABLE client (
    changed_by_id UUID NOT NULL CONSTRAINT fk_client_changed_by_id REFERENCES post (id),
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    name BYTEA NOT NULL,
    identity_code BYTEA,
    birth_date BYTEA,
    id UUID CONSTRAINT pk_client PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT uq_client_case_id UNIQUE CONSTRAINT fk_client_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_client_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);

CREATE TABLE safe_contact (
    changed_by_id UUID NOT NULL CONSTRAINT fk_safe_contact_changed_by_id REFERENCES post (id),
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    phone BYTEA,
    safe_days BYTEA,
    safe_from BYTEA,
    safe_until BYTEA,
    when_to_call BYTEA,
    do_not_talk_to BYTEA,
    address BYTEA,
    municipality BYTEA,
    interpreter BYTEA,
    must_not_interpret BYTEA,
    may_leave_message BOOLEAN NOT NULL,
    language TEXT NOT NULL,
    id UUID CONSTRAINT pk_safe_contact PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT uq_safe_contact_case_id UNIQUE
        CONSTRAINT fk_safe_contact_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_safe_contact_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);

CREATE TABLE party (
    changed_by_id UUID NOT NULL CONSTRAINT fk_party_changed_by_id REFERENCES post (id),
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    role TEXT NOT NULL,
    role_since TIMESTAMP WITH TIME ZONE NOT NULL,
    name BYTEA NOT NULL,
    identity_code BYTEA,
    birth_date BYTEA,
    relation BYTEA,
    employer_id UUID CONSTRAINT fk_party_employer_id REFERENCES agency (id),
    struck_at TIMESTAMP WITH TIME ZONE,
    struck_by_id UUID CONSTRAINT fk_party_struck_by_id REFERENCES post (id),
    struck_reason BYTEA,
    id UUID CONSTRAINT pk_party PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_party_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_party_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_party_case_id ON party (case_id);

CREATE TABLE case_part (
    author_id UUID NOT NULL CONSTRAINT fk_case_part_author_id REFERENCES post (id),
    narrative BYTEA,
    written_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID CONSTRAINT pk_case_part PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_case_part_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_case_part_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL,
    CONSTRAINT uq_case_part_case_id_controller_id UNIQUE (case_id, controller_id)
);

CREATE TABLE earlier_part (
    part_id UUID NOT NULL CONSTRAINT fk_earlier_part_part_id REFERENCES case_part (id),
    version INTEGER NOT NULL,
    author_id UUID NOT NULL CONSTRAINT fk_earlier_part_author_id REFERENCES post (id),
    narrative BYTEA NOT NULL,
    written_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID CONSTRAINT pk_earlier_part PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_earlier_part_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_earlier_part_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL,
    CONSTRAINT uq_earlier_part_part_id_version UNIQUE (part_id, version)
);
CREATE INDEX ix_earlier_part_case_id ON earlier_part (case_id);

CREATE TABLE voice (
    party_id UUID CONSTRAINT fk_voice_party_id REFERENCES party (id),
    said BYTEA,
    question BYTEA,
    changed_by_id UUID NOT NULL CONSTRAINT fk_voice_changed_by_id REFERENCES post (id),
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID CONSTRAINT pk_voice PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_voice_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_voice_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL,
    CONSTRAINT uq_voice_case_id_controller_id_party_id UNIQUE NULLS NOT DISTINCT (case_id, controller_id, party_id)
);
CREATE INDEX ix_voice_party_id ON voice (party_id);

CREATE TABLE lawful_basis (
    id UUID CONSTRAINT pk_lawful_basis PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_lawful_basis_case_id REFERENCES case_file (id),
    agency_id UUID NOT NULL CONSTRAINT fk_lawful_basis_agency_id REFERENCES agency (id),
    reason TEXT NOT NULL,
    consent_id UUID,
    kinds TEXT[] NOT NULL,
    valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
    valid_to TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    warned_at TIMESTAMP WITH TIME ZONE,
    ground_id UUID,
    disclosure_id UUID
);
CREATE INDEX ix_lawful_basis_case_id ON lawful_basis (case_id);
CREATE INDEX ix_lawful_basis_running_out ON lawful_basis (valid_to) WHERE ended_at IS NULL AND valid_to IS NOT NULL;
CREATE INDEX ix_lawful_basis_consent_id ON lawful_basis (consent_id);
CREATE INDEX ix_lawful_basis_ground_id ON lawful_basis (ground_id);
CREATE INDEX ix_lawful_basis_disclosure_id ON lawful_basis (disclosure_id);

CREATE TABLE access_grant (
    id UUID CONSTRAINT pk_access_grant PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_access_grant_case_id REFERENCES case_file (id),
    post_id UUID NOT NULL CONSTRAINT fk_access_grant_post_id REFERENCES post (id),
    basis_id UUID NOT NULL CONSTRAINT fk_access_grant_basis_id REFERENCES lawful_basis (id),
    occasion TEXT NOT NULL,
    occasion_id UUID,
    capability TEXT NOT NULL,
    kinds TEXT[] NOT NULL,
    valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
    valid_to TIMESTAMP WITH TIME ZONE,
    ended_at TIMESTAMP WITH TIME ZONE,
    deputy_id UUID CONSTRAINT fk_access_grant_deputy_id REFERENCES deputy (id)
);
CREATE INDEX ix_access_grant_basis_id ON access_grant (basis_id);
CREATE INDEX ix_access_grant_case_id ON access_grant (case_id);
CREATE INDEX ix_access_grant_deputy_id ON access_grant (deputy_id);
CREATE INDEX ix_access_grant_occasion_id ON access_grant (occasion_id);
CREATE INDEX ix_access_grant_post_id ON access_grant (post_id);

CREATE TABLE access_bar (
    id UUID CONSTRAINT pk_access_bar PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_access_bar_case_id REFERENCES case_file (id),
    person_id UUID CONSTRAINT fk_access_bar_person_id REFERENCES person (id),
    reason TEXT NOT NULL,
    valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
    valid_to TIMESTAMP WITH TIME ZONE,
    agency_id UUID CONSTRAINT fk_access_bar_agency_id REFERENCES agency (id),
    found BOOLEAN NOT NULL DEFAULT false,
    set_by_id UUID CONSTRAINT fk_access_bar_set_by_id REFERENCES post (id),
    lifted_by_id UUID CONSTRAINT fk_access_bar_lifted_by_id REFERENCES post (id),
    lifted_reason TEXT,
    CONSTRAINT ck_access_bar_whom CHECK ((person_id IS NULL) <> (agency_id IS NULL))
);
CREATE INDEX ix_access_bar_agency_id ON access_bar (agency_id);
CREATE INDEX ix_access_bar_case_id ON access_bar (case_id);
CREATE INDEX ix_access_bar_person_id ON access_bar (person_id);

CREATE TABLE bar_exemption (
    id UUID CONSTRAINT pk_bar_exemption PRIMARY KEY,
    bar_id UUID NOT NULL CONSTRAINT fk_bar_exemption_bar_id REFERENCES access_bar (id),
    case_id UUID NOT NULL CONSTRAINT fk_bar_exemption_case_id REFERENCES case_file (id),
    person_id UUID NOT NULL CONSTRAINT fk_bar_exemption_person_id REFERENCES person (id),
    reason TEXT NOT NULL,
    given_by_id UUID NOT NULL CONSTRAINT fk_bar_exemption_given_by_id REFERENCES post (id),
    given_at TIMESTAMP WITH TIME ZONE NOT NULL
);
CREATE INDEX ix_bar_exemption_bar_id ON bar_exemption (bar_id);
CREATE INDEX ix_bar_exemption_case_id ON bar_exemption (case_id);

CREATE TABLE case_round (
    wished_on DATE NOT NULL,
    how TEXT NOT NULL,
    began_by_id UUID NOT NULL CONSTRAINT fk_case_round_began_by_id REFERENCES post (id),
    began_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID CONSTRAINT pk_case_round PRIMARY KEY,
    case_id UUID NOT NULL CONSTRAINT fk_case_round_case_id REFERENCES case_file (id),
    controller_id UUID NOT NULL CONSTRAINT fk_case_round_controller_id REFERENCES agency (id),
    retention_class TEXT NOT NULL
);
CREATE INDEX ix_case_round_case_id ON case_round (case_id);
