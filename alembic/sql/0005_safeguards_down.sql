-- Takes revision 0005 back; bars of whole agencies go with it.
DROP POLICY oversight ON lawful_basis;
DROP POLICY oversight ON access_grant;
DROP POLICY oversight ON access_bar;
DROP POLICY sight ON case_file;
CREATE POLICY sight ON case_file FOR SELECT TO multiagency_app USING (
    id = ANY (ARRAY(SELECT shared_cases('shell'))) OR
    controller_id = (SELECT current_agency()) AND id = ANY (ARRAY(SELECT own_cases('shell'))));
DROP POLICY own_part ON access_grant;
DROP POLICY own_part ON lawful_basis;
DROP POLICY handing_over ON access_grant;
DROP POLICY sent ON notice;
DROP POLICY protected ON safe_contact;
DROP POLICY leaving ON access_grant;
DROP POLICY leaving ON outbox;
DROP POLICY leaving ON join_address;
DROP POLICY leaving_one ON join_address;
DROP POLICY leaving ON seat;
DROP POLICY declaring ON access_bar;
DROP POLICY lifting ON access_bar;
REVOKE UPDATE (valid_to, lifted_by_id, lifted_reason) ON access_bar FROM multiagency_app;

SET LOCAL ROLE multiagency_guard;
CREATE OR REPLACE FUNCTION live_grants() RETURNS TABLE (case_id uuid, capability text, own boolean, grant_kinds text[],
    basis_kinds text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT g.case_id, g.capability, b.reason = 'own_record', g.kinds, b.kinds
    FROM live_session() l
    JOIN access_grant g ON g.post_id = l.post_id
    JOIN lawful_basis b ON b.id = g.basis_id AND b.case_id = g.case_id AND b.agency_id = l.agency_id
    WHERE g.ended_at IS NULL AND g.valid_from <= statement_timestamp()
      AND (g.valid_to IS NULL OR g.valid_to > statement_timestamp())
      AND b.ended_at IS NULL AND b.valid_from <= statement_timestamp()
      AND (b.valid_to IS NULL OR b.valid_to > statement_timestamp())
      AND NOT EXISTS (
          SELECT FROM access_bar x
          WHERE x.case_id = g.case_id AND x.person_id = l.person_id AND x.valid_from <= statement_timestamp()
            AND (x.valid_to IS NULL OR x.valid_to > statement_timestamp()))
$$;

CREATE OR REPLACE FUNCTION may_receive(wanted_invitation uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM invitation i
        JOIN agenda_item a ON a.meeting_id = i.meeting_id AND a.ended_at IS NULL
        JOIN seat s ON s.agenda_item_id = a.id AND s.post_id = i.post_id AND s.ended_at IS NULL
        JOIN post p ON p.id = s.post_id
        JOIN access_grant g ON g.occasion = 'seat' AND g.occasion_id = s.id AND g.ended_at IS NULL
        JOIN lawful_basis b ON b.id = g.basis_id AND b.ended_at IS NULL
        WHERE i.id = wanted_invitation AND i.cancelled_at IS NULL
          AND (current_post_role() = 'worker' OR i.id IN (SELECT steered_invitations()))
          AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp())
          AND (g.valid_to IS NULL OR g.valid_to > statement_timestamp())
          AND (b.valid_to IS NULL OR b.valid_to > statement_timestamp())
          AND NOT EXISTS (
              SELECT FROM access_bar x
              WHERE x.case_id = s.case_id AND x.person_id = p.person_id
                AND (x.valid_to IS NULL OR x.valid_to > statement_timestamp())))
$$;

CREATE OR REPLACE FUNCTION may_be_noticed(wanted_notice uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
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

CREATE OR REPLACE FUNCTION intake_posts(wanted_case uuid, wanted_agency uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT p.id FROM post p
    WHERE p.agency_id = wanted_agency AND p.role = 'intake' AND p.valid_from <= statement_timestamp()
      AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp()) AND wanted_case IN (SELECT discloser_cases())
      AND NOT EXISTS (
          SELECT FROM access_bar x
          WHERE x.case_id = wanted_case AND x.person_id = p.person_id
            AND (x.valid_to IS NULL OR x.valid_to > statement_timestamp()))
$$;

DROP FUNCTION case_references();
DROP FUNCTION open_break_glass(text, integer);
DROP FUNCTION ending_protections();
DROP FUNCTION referring_posts(uuid);
DROP FUNCTION keep_agency_out(uuid, uuid);
DROP FUNCTION barred_cases(uuid);
RESET ROLE;
DROP POLICY guard_adding ON access_bar;
DROP POLICY guard_adding ON lawful_basis;
DROP POLICY guard_adding ON access_grant;
DROP POLICY guard_adding ON notice;
REVOKE INSERT ON access_bar, lawful_basis, access_grant, notice FROM multiagency_guard;
DROP TABLE break_glass;
DROP TABLE address_clearance;
DROP TABLE address_protection;
DROP TABLE bar_exemption;
SET LOCAL ROLE multiagency_guard;
DROP FUNCTION cleared_cases();
DROP FUNCTION protected_cases(boolean);
RESET ROLE;
ALTER TABLE safe_contact DROP COLUMN interpreter, DROP COLUMN municipality;
ALTER TABLE party DROP COLUMN employer_id;
ALTER TABLE access_bar NO FORCE ROW LEVEL SECURITY;
DELETE FROM access_bar WHERE person_id IS NULL;
ALTER TABLE access_bar FORCE ROW LEVEL SECURITY;
ALTER TABLE access_bar DROP CONSTRAINT ck_access_bar_whom, DROP COLUMN agency_id, DROP COLUMN found,
    DROP COLUMN set_by_id, DROP COLUMN lifted_by_id, DROP COLUMN lifted_reason;
DROP INDEX ix_access_bar_person_id;
ALTER TABLE access_bar ALTER COLUMN person_id SET NOT NULL;
