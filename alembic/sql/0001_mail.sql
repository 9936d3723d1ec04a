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
    next_attempt_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    last_error TEXT,
    CONSTRAINT uq_outbox_stream_id_ordinal UNIQUE (stream_id, ordinal)
);
CREATE INDEX ix_outbox_finished_at ON outbox (finished_at);
