-- Consent in depth: each version is the statement of one giver, and the gate opens only when everybody who must
-- decide has given theirs. The database asks the same questions as the service, from the same rows.

ALTER TABLE consent
    ADD COLUMN capacity TEXT NOT NULL DEFAULT 'self',
    ADD COLUMN giver_id UUID,
    ADD COLUMN text_version TEXT,
    ADD COLUMN text_digest TEXT,
    ADD COLUMN expires_at TIMESTAMP WITH TIME ZONE,
    ADD CONSTRAINT fk_consent_giver_id FOREIGN KEY(giver_id) REFERENCES party (id),
    ADD CONSTRAINT ck_consent_giver CHECK ((capacity = 'self') = (giver_id IS NULL));
ALTER TABLE consent ALTER COLUMN capacity DROP DEFAULT;

CREATE TABLE decision_capacity (
    decides TEXT NOT NULL,
    representative_id UUID,
    minor BOOLEAN NOT NULL,
    capable BOOLEAN NOT NULL,
    reason BYTEA,
    heard_at TIMESTAMP WITH TIME ZONE,
    heard BYTEA,
    assessed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    assessed_by_id UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    controller_id UUID NOT NULL,
    retention_class TEXT NOT NULL,
    CONSTRAINT pk_decision_capacity PRIMARY KEY (id),
    CONSTRAINT ck_decision_capacity_decides CHECK ((decides = 'self') = capable
        AND (decides = 'legal_representative') = (representative_id IS NOT NULL)),
    CONSTRAINT fk_decision_capacity_representative_id FOREIGN KEY(representative_id) REFERENCES party (id),
    CONSTRAINT fk_decision_capacity_assessed_by_id FOREIGN KEY(assessed_by_id) REFERENCES post (id),
    CONSTRAINT fk_decision_capacity_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
    CONSTRAINT fk_decision_capacity_controller_id FOREIGN KEY(controller_id) REFERENCES agency (id)
);
CREATE INDEX ix_decision_capacity_case_id ON decision_capacity (case_id);

CREATE TABLE guardian (
    party_id UUID NOT NULL,
    may_decide BOOLEAN NOT NULL,
    suspected BOOLEAN NOT NULL,
    restriction_reason BYTEA,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_by_id UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    controller_id UUID NOT NULL,
    retention_class TEXT NOT NULL,
    CONSTRAINT pk_guardian PRIMARY KEY (id),
    CONSTRAINT fk_guardian_party_id FOREIGN KEY(party_id) REFERENCES party (id),
    CONSTRAINT fk_guardian_recorded_by_id FOREIGN KEY(recorded_by_id) REFERENCES post (id),
    CONSTRAINT fk_guardian_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
    CONSTRAINT fk_guardian_controller_id FOREIGN KEY(controller_id) REFERENCES agency (id)
);
CREATE INDEX ix_guardian_case_id ON guardian (case_id);

CREATE TABLE prohibition (
    party_id UUID NOT NULL,
    forbidden BOOLEAN NOT NULL,
    reason BYTEA NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_by_id UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    controller_id UUID NOT NULL,
    retention_class TEXT NOT NULL,
    CONSTRAINT pk_prohibition PRIMARY KEY (id),
    CONSTRAINT fk_prohibition_party_id FOREIGN KEY(party_id) REFERENCES party (id),
    CONSTRAINT fk_prohibition_recorded_by_id FOREIGN KEY(recorded_by_id) REFERENCES post (id),
    CONSTRAINT fk_prohibition_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
    CONSTRAINT fk_prohibition_controller_id FOREIGN KEY(controller_id) REFERENCES agency (id)
);
CREATE INDEX ix_prohibition_case_id ON prohibition (case_id);

CREATE TABLE consent_scan (
    consent_id UUID NOT NULL,
    content BYTEA NOT NULL,
    media_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    digest TEXT NOT NULL,
    added_at TIMESTAMP WITH TIME ZONE NOT NULL,
    added_by_id UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    controller_id UUID NOT NULL,
    retention_class TEXT NOT NULL,
    CONSTRAINT pk_consent_scan PRIMARY KEY (id),
    CONSTRAINT fk_consent_scan_consent_id FOREIGN KEY(consent_id) REFERENCES consent (id),
    CONSTRAINT fk_consent_scan_added_by_id FOREIGN KEY(added_by_id) REFERENCES post (id),
    CONSTRAINT fk_consent_scan_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
    CONSTRAINT fk_consent_scan_controller_id FOREIGN KEY(controller_id) REFERENCES agency (id)
);
CREATE INDEX ix_consent_scan_case_id ON consent_scan (case_id);

-- Rows are only ever added: what was judged, who was entitled and what was forbidden stays provable.
SELECT pg_temp.protect_client_data('decision_capacity', 'consent', '{refer}', '{}', true);
SELECT pg_temp.protect_client_data('guardian', 'consent', '{refer}', '{}', true);
SELECT pg_temp.protect_client_data('prohibition', 'consent', '{refer}', '{}', true);
SELECT pg_temp.protect_client_data('consent_scan', 'consent', '{refer}', '{}', true);

CREATE POLICY same_case ON guardian AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (EXISTS (SELECT FROM party p WHERE p.id = party_id AND p.case_id = guardian.case_id));
CREATE POLICY same_case ON prohibition AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (EXISTS (SELECT FROM party p WHERE p.id = party_id AND p.case_id = prohibition.case_id));
CREATE POLICY same_case ON decision_capacity AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (representative_id IS NULL OR EXISTS (
        SELECT FROM party p WHERE p.id = representative_id AND p.case_id = decision_capacity.case_id));
CREATE POLICY same_case ON consent_scan AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (EXISTS (SELECT FROM consent c WHERE c.id = consent_id AND c.case_id = consent_scan.case_id));

CREATE POLICY guard ON decision_capacity FOR SELECT TO multiagency_guard USING (true);
CREATE POLICY guard ON guardian FOR SELECT TO multiagency_guard USING (true);
GRANT SELECT ON decision_capacity, guardian TO multiagency_guard;

-- Who must say yes, told only to who has a grant on the case: the client (by the id of the case) unless somebody
-- else decides; then every guardian entitled to decide and not suspected, or the legal representative.
CREATE FUNCTION required_givers(wanted_case uuid) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    WITH judged AS (
        SELECT decides, representative_id FROM decision_capacity
        WHERE case_id = wanted_case AND wanted_case IN (SELECT granted_cases())
        ORDER BY assessed_at DESC, id DESC LIMIT 1
    ), entitled AS (
        SELECT DISTINCT ON (party_id) party_id, may_decide AND NOT suspected AS now FROM guardian
        WHERE case_id = wanted_case ORDER BY party_id, recorded_at DESC, id DESC
    )
    SELECT wanted_case
    WHERE wanted_case IN (SELECT granted_cases()) AND NOT EXISTS (SELECT FROM judged WHERE decides <> 'self')
    UNION ALL
    SELECT e.party_id FROM entitled e, judged j WHERE e.now AND j.decides = 'guardians'
    UNION ALL
    SELECT representative_id FROM judged WHERE decides = 'legal_representative'
$$;

-- Each giver's newest answer. A withdrawal that names agencies takes those out and leaves the answer standing.
CREATE FUNCTION newest_answers(wanted_case uuid)
RETURNS TABLE (consent_id uuid, giver uuid, version integer, state text, kinds text[], expires_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT DISTINCT ON (coalesce(c.giver_id, c.case_id))
        c.id, coalesce(c.giver_id, c.case_id), c.version, c.state, c.kinds, c.expires_at
    FROM consent c
    WHERE c.case_id = wanted_case AND wanted_case IN (SELECT granted_cases())
      AND NOT (c.state = 'withdrawn' AND EXISTS (SELECT FROM consent_recipient r WHERE r.consent_id = c.id))
    ORDER BY coalesce(c.giver_id, c.case_id), c.version DESC
$$;

CREATE FUNCTION consent_until(wanted_case uuid) RETURNS timestamptz LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT min(a.expires_at) FROM newest_answers(wanted_case) a
    WHERE a.giver IN (SELECT required_givers(wanted_case))
$$;

-- A basis may only repeat what everybody who must decide has given, not withdrawn for this agency: it, these kinds.
SET LOCAL ROLE multiagency_guard;
CREATE OR REPLACE FUNCTION consent_names(wanted_case uuid, wanted_consent uuid, wanted_agency uuid, wanted_kinds text[])
RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH naming AS (
        SELECT a.consent_id, a.giver
        FROM newest_answers(wanted_case) a
        JOIN consent_recipient r ON r.consent_id = a.consent_id AND r.agency_id = wanted_agency
        WHERE a.state = 'given' AND (a.expires_at IS NULL OR a.expires_at > statement_timestamp())
          AND wanted_kinds <@ (a.kinds || '{shell,meeting,minutes,action,consent}'::text[])
          AND NOT EXISTS (
              SELECT FROM consent w JOIN consent_recipient x ON x.consent_id = w.id AND x.agency_id = wanted_agency
              WHERE w.case_id = wanted_case AND w.state = 'withdrawn' AND w.version > a.version
                AND coalesce(w.giver_id, w.case_id) = a.giver)
    ), needed AS (SELECT required_givers(wanted_case) AS giver)
    SELECT EXISTS (SELECT FROM naming JOIN needed USING (giver) WHERE naming.consent_id = wanted_consent)
       AND NOT EXISTS (SELECT FROM needed WHERE giver NOT IN (SELECT giver FROM naming))
$$;
RESET ROLE;

-- Only who decides is recorded as answering; a suspected guardian never is. Ending a consent is always possible.
CREATE POLICY only_who_decides ON consent AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (state = 'withdrawn' OR coalesce(giver_id, case_id) = ANY (ARRAY(SELECT required_givers(case_id))));
CREATE POLICY no_longer_than_consent ON lawful_basis AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (reason <> 'consent' OR coalesce(valid_to <= consent_until(case_id), consent_until(case_id) IS NULL));

-- A withdrawal for one agency belongs, like its version, to the record of whoever recorded the consent.
DROP POLICY adding ON consent_recipient;
CREATE POLICY adding ON consent_recipient FOR INSERT TO multiagency_app
    WITH CHECK (case_id = ANY (ARRAY(SELECT acting_cases('consent', '{refer,coordinate}'::text[]))));
CREATE POLICY as_its_version ON consent_recipient AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (EXISTS (
        SELECT FROM consent c
        WHERE c.id = consent_id AND c.controller_id = consent_recipient.controller_id
          AND (c.state = 'withdrawn' OR c.case_id = ANY (ARRAY(SELECT acting_cases('consent', '{refer}'))))));
