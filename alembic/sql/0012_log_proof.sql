-- The tree's nodes, witnesses and their co-signatures, checkpoints on demand, and what was pruned.

CREATE TABLE audit_node (
    level SMALLINT NOT NULL,
    index BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    CONSTRAINT pk_audit_node PRIMARY KEY (level, index)
);
CREATE TABLE audit_pruning (
    size BIGINT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_audit_pruning PRIMARY KEY (size)
);
CREATE TABLE audit_demand (
    id UUID NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    post_id UUID NOT NULL,
    CONSTRAINT pk_audit_demand PRIMARY KEY (id),
    CONSTRAINT fk_audit_demand_post_id FOREIGN KEY(post_id) REFERENCES post (id)
);
CREATE TABLE audit_witness (
    id UUID NOT NULL,
    agency_id UUID NOT NULL,
    vkey TEXT NOT NULL,
    mail TEXT,
    registered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    registered_by UUID NOT NULL,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_audit_witness PRIMARY KEY (id),
    CONSTRAINT uq_audit_witness_vkey UNIQUE (vkey),
    CONSTRAINT fk_audit_witness_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id),
    CONSTRAINT fk_audit_witness_registered_by FOREIGN KEY(registered_by) REFERENCES post (id)
);
CREATE TABLE audit_cosignature (
    tree_size BIGINT NOT NULL,
    witness_id UUID NOT NULL,
    line TEXT NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_audit_cosignature PRIMARY KEY (tree_size, witness_id),
    CONSTRAINT fk_audit_cosignature_tree_size FOREIGN KEY(tree_size) REFERENCES audit_checkpoint (tree_size),
    CONSTRAINT fk_audit_cosignature_witness_id FOREIGN KEY(witness_id) REFERENCES audit_witness (id)
);

-- Entries that were numbered before nodes were kept.
ALTER TABLE audit_entry DISABLE ROW LEVEL SECURITY;
ALTER TABLE audit_sequence DISABLE ROW LEVEL SECURITY;
INSERT INTO audit_node SELECT 0, s.index, e.leaf_hash FROM audit_sequence s JOIN audit_entry e ON e.id = s.entry_id;
DO $$
DECLARE step integer := 0;
BEGIN
    LOOP
        INSERT INTO audit_node
            SELECT step + 1, l.index / 2, sha256('\x01'::bytea || l.hash || r.hash)
            FROM audit_node l JOIN audit_node r ON r.level = step AND r.index = l.index + 1
            WHERE l.level = step AND l.index % 2 = 0;
        EXIT WHEN NOT FOUND;
        step := step + 1;
    END LOOP;
END $$;
ALTER TABLE audit_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_sequence ENABLE ROW LEVEL SECURITY;

-- Nodes, checkpoints and co-signatures are made to be shown to anybody, and hold nothing but hashes: the public doors
-- of the log read them as the role that knows nobody.
SELECT pg_temp.protect('audit_node');
CREATE POLICY numbering ON audit_node FOR INSERT TO multiagency_worker
    WITH CHECK ((SELECT current_post_role()) = 'worker');
CREATE POLICY reading ON audit_node FOR SELECT TO multiagency_app, multiagency_worker, multiagency_keeper
    USING ((SELECT current_post_role()) IN ('auditor', 'worker', 'keeper'));
CREATE POLICY proving ON audit_node FOR SELECT TO multiagency_signin USING (true);
GRANT SELECT ON audit_node TO multiagency_app, multiagency_worker, multiagency_signin, multiagency_keeper;
GRANT INSERT ON audit_node TO multiagency_worker;

CREATE POLICY proving ON audit_checkpoint FOR SELECT TO multiagency_signin USING (true);
GRANT SELECT ON audit_checkpoint TO multiagency_signin, multiagency_keeper;
CREATE POLICY witnesses ON audit_checkpoint FOR SELECT TO multiagency_app, multiagency_keeper
    USING ((SELECT current_post_role()) IN ('administrator', 'keeper'));

SELECT pg_temp.protect('audit_witness');
CREATE POLICY reading ON audit_witness FOR SELECT TO multiagency_app, multiagency_worker
    USING ((SELECT current_post_role()) IN ('auditor', 'administrator', 'worker'));
CREATE POLICY proving ON audit_witness FOR SELECT TO multiagency_signin USING (ended_at IS NULL);
CREATE POLICY adding ON audit_witness FOR INSERT TO multiagency_app
    WITH CHECK ((SELECT current_post_role()) = 'administrator' AND registered_by = (SELECT current_post()));
CREATE POLICY ending ON audit_witness FOR UPDATE TO multiagency_app
    USING ((SELECT current_post_role()) = 'administrator' AND ended_at IS NULL) WITH CHECK (ended_at IS NOT NULL);
GRANT SELECT, INSERT, UPDATE (ended_at) ON audit_witness TO multiagency_app;
GRANT SELECT ON audit_witness TO multiagency_worker;
GRANT SELECT (id, vkey, ended_at) ON audit_witness TO multiagency_signin;

SELECT pg_temp.protect('audit_cosignature');
CREATE POLICY reading ON audit_cosignature FOR SELECT TO multiagency_app, multiagency_worker
    USING ((SELECT current_post_role()) IN ('auditor', 'administrator', 'worker'));
CREATE POLICY proving ON audit_cosignature FOR SELECT TO multiagency_signin USING (true);
CREATE POLICY cosigning ON audit_cosignature FOR INSERT TO multiagency_signin WITH CHECK (true);
GRANT SELECT ON audit_cosignature TO multiagency_app, multiagency_worker, multiagency_signin;
GRANT INSERT ON audit_cosignature TO multiagency_signin;

SELECT pg_temp.protect('audit_demand');
CREATE POLICY demanding ON audit_demand FOR INSERT TO multiagency_app
    WITH CHECK ((SELECT current_post_role()) = 'auditor' AND post_id = (SELECT current_post()));
CREATE POLICY reading ON audit_demand FOR SELECT TO multiagency_app, multiagency_worker
    USING ((SELECT current_post_role()) IN ('auditor', 'worker'));
GRANT SELECT, INSERT ON audit_demand TO multiagency_app;
GRANT SELECT ON audit_demand TO multiagency_worker;

-- Pruning: only what is older than the law keeps it, and only after it was said how far.
SELECT pg_temp.protect('audit_pruning');
CREATE POLICY pruning ON audit_pruning FOR INSERT TO multiagency_keeper
    WITH CHECK ((SELECT current_post_role()) = 'keeper');
CREATE POLICY reading ON audit_pruning FOR SELECT TO multiagency_app, multiagency_worker, multiagency_keeper
    USING ((SELECT current_post_role()) IN ('auditor', 'worker', 'keeper'));
GRANT SELECT ON audit_pruning TO multiagency_app, multiagency_worker, multiagency_keeper;
GRANT INSERT ON audit_pruning TO multiagency_keeper;
CREATE POLICY keeper_sight ON audit_sequence FOR SELECT TO multiagency_keeper
    USING ((SELECT current_post_role()) = 'keeper');
CREATE POLICY keeper_expiry ON audit_sequence FOR DELETE TO multiagency_keeper USING (
    (SELECT current_post_role()) = 'keeper' AND index < (SELECT max(size) FROM audit_pruning) AND EXISTS (
        SELECT FROM audit_entry e WHERE e.id = entry_id AND e.at < statement_timestamp() - interval '12 years'));
GRANT SELECT, DELETE ON audit_sequence TO multiagency_keeper;
CREATE POLICY keeper_expiry ON audit_entry FOR DELETE TO multiagency_keeper USING (
    (SELECT current_post_role()) = 'keeper' AND at < statement_timestamp() - interval '12 years');
GRANT DELETE ON audit_entry TO multiagency_keeper;
CREATE POLICY keeper_expiry ON audit_node FOR DELETE TO multiagency_keeper USING (
    (SELECT current_post_role()) = 'keeper' AND ((index + 1) << level) <= (SELECT max(size) FROM audit_pruning));
GRANT DELETE ON audit_node TO multiagency_keeper;

-- The self-check compares what stands beside each entry with what the entry committed to.
CREATE POLICY checking ON audit_detail FOR SELECT TO multiagency_worker USING ((SELECT current_post_role()) = 'worker');
GRANT SELECT ON audit_detail TO multiagency_worker;
