CREATE TABLE duty_shift (
    id UUID CONSTRAINT pk_duty_shift PRIMARY KEY,
    team_id UUID NOT NULL CONSTRAINT fk_duty_shift_team_id REFERENCES team (id),
    post_id UUID NOT NULL CONSTRAINT fk_duty_shift_post_id REFERENCES post (id),
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE
);
CREATE INDEX ix_duty_shift_to_come ON duty_shift (team_id, ends_at) WHERE ended_at IS NULL;
CREATE INDEX ix_duty_shift_post_id ON duty_shift (post_id);

-- Meetings of a team about its own work: nothing here hangs on a case, and no case comes on such an agenda.
CREATE TABLE team_meeting (
    meeting_id UUID CONSTRAINT pk_team_meeting PRIMARY KEY
        CONSTRAINT fk_team_meeting_meeting_id REFERENCES meeting (id),
    title TEXT NOT NULL,
    place TEXT,
    memo_by_id UUID CONSTRAINT fk_team_meeting_memo_by_id REFERENCES post (id)
);

CREATE TABLE team_attendee (
    id UUID CONSTRAINT pk_team_attendee PRIMARY KEY,
    meeting_id UUID NOT NULL CONSTRAINT fk_team_attendee_meeting_id REFERENCES meeting (id),
    post_id UUID NOT NULL CONSTRAINT fk_team_attendee_post_id REFERENCES post (id),
    ended_at TIMESTAMP WITH TIME ZONE
);
CREATE UNIQUE INDEX uq_team_attendee_living ON team_attendee (meeting_id, post_id) WHERE ended_at IS NULL;

CREATE TABLE team_point (
    id UUID CONSTRAINT pk_team_point PRIMARY KEY,
    meeting_id UUID NOT NULL CONSTRAINT fk_team_point_meeting_id REFERENCES meeting (id),
    text TEXT NOT NULL,
    responsible_id UUID CONSTRAINT fk_team_point_responsible_id REFERENCES post (id),
    ended_at TIMESTAMP WITH TIME ZONE
);
CREATE INDEX ix_team_point_meeting_id ON team_point (meeting_id);

CREATE TABLE team_memo (
    id UUID CONSTRAINT pk_team_memo PRIMARY KEY,
    meeting_id UUID NOT NULL CONSTRAINT fk_team_memo_meeting_id REFERENCES meeting (id),
    version INTEGER NOT NULL,
    text TEXT NOT NULL,
    author_id UUID NOT NULL CONSTRAINT fk_team_memo_author_id REFERENCES post (id),
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    approved_at TIMESTAMP WITH TIME ZONE,
    approved_by_id UUID CONSTRAINT fk_team_memo_approved_by_id REFERENCES post (id),
    CONSTRAINT uq_team_memo_meeting_id_version UNIQUE (meeting_id, version)
);
CREATE UNIQUE INDEX uq_team_memo_approved ON team_memo (meeting_id) WHERE approved_at IS NOT NULL;

-- When somebody can meet: what they say themselves, and when their calendar says that they are busy. Times only.
CREATE TABLE availability (
    id UUID CONSTRAINT pk_availability PRIMARY KEY,
    post_id UUID NOT NULL CONSTRAINT fk_availability_post_id REFERENCES post (id),
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    can BOOLEAN NOT NULL,
    CONSTRAINT ck_availability_ends_at CHECK (ends_at > starts_at)
);
CREATE INDEX ix_availability_post_id ON availability (post_id, ends_at);

-- Where a calendar is asked for busy times: the address and what it is opened with are secrets.
CREATE TABLE busy_source (
    post_id UUID CONSTRAINT pk_busy_source PRIMARY KEY CONSTRAINT fk_busy_source_post_id REFERENCES post (id),
    kind TEXT NOT NULL,
    address BYTEA NOT NULL,
    login BYTEA,
    password BYTEA,
    set_at TIMESTAMP WITH TIME ZONE NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE,
    trouble TEXT,
    CONSTRAINT ck_busy_source_kind CHECK (kind IN ('ics', 'caldav'))
);

CREATE TABLE busy_time (
    id UUID CONSTRAINT pk_busy_time PRIMARY KEY,
    post_id UUID NOT NULL CONSTRAINT fk_busy_time_post_id REFERENCES post (id),
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT ck_busy_time_ends_at CHECK (ends_at > starts_at)
);
CREATE INDEX ix_busy_time_post_id ON busy_time (post_id, ends_at);
