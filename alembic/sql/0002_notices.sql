-- Notices, and staff who are found again by their identity code. A notice is told to one post and is nobody else's.

ALTER TABLE person ADD COLUMN identity_hash BYTEA;

CREATE TABLE notice (
    id UUID NOT NULL,
    post_id UUID NOT NULL,
    what TEXT NOT NULL,
    place TEXT NOT NULL,
    case_id UUID,
    sender_id UUID,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    read_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_notice PRIMARY KEY (id),
    CONSTRAINT fk_notice_post_id FOREIGN KEY(post_id) REFERENCES post (id),
    CONSTRAINT fk_notice_sender_id FOREIGN KEY(sender_id) REFERENCES post (id)
);
CREATE INDEX ix_notice_post_id ON notice (post_id);

CREATE FUNCTION sent_notices() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$ SELECT id FROM notice WHERE sender_id = current_post() $$;

-- Asked just before a notice's mail leaves: is the post still held, by somebody whom no bar keeps out of the case?
CREATE FUNCTION may_be_noticed(wanted_notice uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM notice n JOIN post p ON p.id = n.post_id
        WHERE n.id = wanted_notice
          AND (current_post_role() = 'worker' OR n.sender_id = current_post())
          AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp())
          AND NOT EXISTS (
              SELECT FROM access_bar x
              WHERE x.case_id = n.case_id AND x.person_id = p.person_id
                AND (x.valid_to IS NULL OR x.valid_to > statement_timestamp())))
$$;

SELECT pg_temp.protect('notice');
CREATE POLICY mine ON notice FOR SELECT TO multiagency_app USING (post_id = (SELECT current_post()));
CREATE POLICY reading ON notice FOR UPDATE TO multiagency_app
    USING (post_id = (SELECT current_post())) WITH CHECK (read_at IS NOT NULL);
CREATE POLICY telling ON notice FOR INSERT TO multiagency_app, multiagency_worker
    WITH CHECK (sender_id = (SELECT current_post()));
GRANT SELECT, INSERT, UPDATE (read_at) ON notice TO multiagency_app;
GRANT INSERT ON notice TO multiagency_worker;
CREATE POLICY guard ON notice FOR SELECT TO multiagency_guard USING (true);
GRANT SELECT ON notice TO multiagency_guard;

CREATE POLICY notices ON outbox FOR INSERT TO multiagency_app, multiagency_worker
    WITH CHECK (purpose = 'notice' AND stream_id = ANY (ARRAY(SELECT sent_notices())));
GRANT INSERT ON outbox TO multiagency_worker;
