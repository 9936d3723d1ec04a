-- Consultation without identity: a question to a team, and what was said about it until it ends.

CREATE TABLE consultation (
    id UUID CONSTRAINT pk_consultation PRIMARY KEY,
    reference TEXT NOT NULL CONSTRAINT uq_consultation_reference UNIQUE,
    team_id UUID NOT NULL CONSTRAINT fk_consultation_team_id REFERENCES team (id),
    month DATE NOT NULL,
    ends_on DATE NOT NULL,
    asker_id UUID CONSTRAINT fk_consultation_asker_id REFERENCES post (id),
    state TEXT NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE,
    ended_how TEXT
);
CREATE INDEX ix_consultation_asker_id ON consultation (asker_id) WHERE ended_how IS NULL;
CREATE INDEX ix_consultation_team_id ON consultation (team_id) WHERE ended_how IS NULL;
CREATE INDEX ix_consultation_ends_on ON consultation (ends_on) WHERE ended_how IS NULL;

CREATE TABLE consultation_words (
    id UUID CONSTRAINT pk_consultation_words PRIMARY KEY,
    consultation_id UUID NOT NULL CONSTRAINT fk_consultation_words_consultation_id REFERENCES consultation (id),
    author_id UUID NOT NULL CONSTRAINT fk_consultation_words_author_id REFERENCES post (id),
    said BYTEA NOT NULL,
    said_at TIMESTAMP WITH TIME ZONE NOT NULL
);
CREATE INDEX ix_consultation_words_consultation_id ON consultation_words (consultation_id);
