-- The auditor's notes, which go with what stood in their entry.

CREATE TABLE review_note (
    id UUID CONSTRAINT pk_review_note PRIMARY KEY,
    entry_id UUID NOT NULL CONSTRAINT fk_review_note_entry_id REFERENCES audit_detail (entry_id) ON DELETE CASCADE,
    rule TEXT,
    conclusion TEXT NOT NULL,
    note BYTEA NOT NULL,
    author_id UUID NOT NULL CONSTRAINT fk_review_note_author_id REFERENCES post (id),
    at TIMESTAMP WITH TIME ZONE NOT NULL
);
CREATE INDEX ix_review_note_entry_id ON review_note (entry_id);
