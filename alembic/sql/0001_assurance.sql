-- Alarms of the log's self-check, in codes and numbers only. At most one of each code is open.

CREATE TABLE audit_alarm (
    id UUID CONSTRAINT pk_audit_alarm PRIMARY KEY,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    code TEXT NOT NULL,
    first_bad BIGINT,
    bad BIGINT,
    settled_at TIMESTAMP WITH TIME ZONE,
    settled_by_id UUID CONSTRAINT fk_audit_alarm_settled_by_id REFERENCES post (id),
    settlement TEXT,
    CONSTRAINT ck_audit_alarm_form CHECK (
        octet_length(code) <= 60 AND at BETWEEN '2000-01-01 00:00Z' AND '2200-01-01 00:00Z'
        AND settled_at BETWEEN '2000-01-01 00:00Z' AND '2200-01-01 00:00Z'
        AND coalesce(octet_length(settlement), 0) <= 60)
);
CREATE UNIQUE INDEX uq_audit_alarm_open ON audit_alarm (code) WHERE settled_at IS NULL;
