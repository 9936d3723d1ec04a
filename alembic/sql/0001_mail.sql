-- The outbox: what is to be sent, in order within a stream, sealed until it has gone.

CREATE TABLE outbox (
    id UUID CONSTRAINT pk_outbox PRIMARY KEY,
    stream_id UUID NOT NULL,
    ordinal INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    message_id TEXT NOT NULL CONSTRAINT uq_outbox_message_id UNIQUE,
    body BYTEA,
    wrapped_key BYTEA,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    may_have_left BOOLEAN NOT NULL,
    next_attempt_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    last_error TEXT,
    return_path TEXT,
    CONSTRAINT uq_outbox_stream_id_ordinal UNIQUE (stream_id, ordinal),
    CONSTRAINT ck_outbox_purpose CHECK (purpose IN ('request', 'cancel', 'notice', 'checkpoint')),
    CONSTRAINT ck_outbox_state CHECK (state IN ('waiting', 'sent', 'refused', 'late', 'withdrawn', 'replaced')),
    CONSTRAINT ck_outbox_finished CHECK ((finished_at IS NULL) = (state = 'waiting')),
    CONSTRAINT ck_outbox_counts CHECK (ordinal BETWEEN 0 AND 1000000 AND attempts BETWEEN 0 AND 1000000),
    CONSTRAINT ck_outbox_times CHECK (
        created_at BETWEEN '2000-01-01T00:00:00Z' AND '2200-01-01T00:00:00Z'
        AND next_attempt_at BETWEEN '2000-01-01T00:00:00Z' AND '2200-01-01T00:00:00Z'
        AND (finished_at IS NULL OR finished_at BETWEEN '2000-01-01T00:00:00Z' AND '2200-01-01T00:00:00Z')),
    CONSTRAINT ck_outbox_size CHECK (
        octet_length(message_id) <= 1000 AND octet_length(last_error) <= 1000 AND octet_length(body) <= 16777216
        AND octet_length(wrapped_key) <= 1000 AND octet_length(return_path) <= 320)
);
CREATE INDEX ix_outbox_due ON outbox (next_attempt_at) WHERE state = 'waiting';
CREATE INDEX ix_outbox_blocking ON outbox (stream_id, ordinal) WHERE state = 'waiting';
CREATE INDEX ix_outbox_finished_at ON outbox (finished_at);

-- What came back to the mailbox and was dealt with: which message, when and how, and nothing of what stood in it.

CREATE TABLE mailbox_message (
    id UUID CONSTRAINT pk_mailbox_message PRIMARY KEY,
    box BIGINT NOT NULL,
    uid BIGINT NOT NULL,
    stream_id UUID,
    result TEXT NOT NULL,
    read_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT uq_mailbox_message_box_uid UNIQUE (box, uid),
    CONSTRAINT ck_mailbox_message_result CHECK (result ~ '^[a-z_]{1,40}$')
);
CREATE INDEX ix_mailbox_message_read_at ON mailbox_message (read_at);
CREATE INDEX ix_mailbox_message_stream_id ON mailbox_message (stream_id);
