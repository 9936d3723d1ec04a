-- Numbers that change on a date: limits, minutes, thresholds, of a pathway or of one team.

CREATE TABLE dated_parameter (
    id UUID CONSTRAINT pk_dated_parameter PRIMARY KEY,
    pathway TEXT NOT NULL,
    name TEXT NOT NULL,
    team_id UUID CONSTRAINT fk_dated_parameter_team_id REFERENCES team (id),
    value INTEGER NOT NULL,
    valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
    valid_to TIMESTAMP WITH TIME ZONE
);
