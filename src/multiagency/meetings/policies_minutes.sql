-- Drafts are for those who coordinate and for the named writer while they sit there; what is approved, for the agencies
-- that receive it. Approval is given once, by name, and nothing else of minutes changes.
SELECT pg_temp.protect_client_data('minutes', 'minutes', '{coordinate}', '{coordinate}', true);
CREATE POLICY drafts ON minutes AS RESTRICTIVE FOR SELECT TO multiagency_app
    USING (case_id = ANY (ARRAY(SELECT acting_cases('minutes', '{coordinate}')))
           OR agenda_item_id = ANY (ARRAY(SELECT written_places()))
           OR approved_at IS NOT NULL AND EXISTS (
               SELECT FROM minutes_recipient r
               WHERE r.agenda_item_id = minutes.agenda_item_id AND r.agency_id = (SELECT current_agency())
                 AND r.received_at IS NOT NULL));
-- The writer writes into the record of whoever keeps the minutes, not into that of their own agency.
CREATE POLICY writing ON minutes FOR INSERT TO multiagency_app
    WITH CHECK (agenda_item_id = ANY (ARRAY(SELECT written_places())) AND EXISTS (
        SELECT FROM agenda_item a WHERE a.id = agenda_item_id AND a.controller_id = minutes.controller_id));
CREATE POLICY approved_once ON minutes AS RESTRICTIVE FOR UPDATE TO multiagency_app
    USING (approved_at IS NULL) WITH CHECK (approved_at IS NOT NULL AND approved_by_id = (SELECT current_post()));
GRANT UPDATE (approved_at, approved_by_id) ON minutes TO multiagency_app;
CREATE POLICY same_case ON minutes AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (EXISTS (SELECT FROM agenda_item a WHERE a.id = agenda_item_id AND a.case_id = minutes.case_id));
-- Nothing comes in approved: approval has its own policy.
CREATE POLICY drafts_first ON minutes AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (approved_at IS NULL AND approved_by_id IS NULL AND author_id = (SELECT current_post()));

-- What one agency alone may record is its own record from the first draft on. Nobody reads it but those of that agency
-- who sit there, once it is approved, and who writes and approves it.
SELECT pg_temp.protect_client_data('minutes_part', 'minutes', '{coordinate}', '{coordinate}', false);
CREATE POLICY for_its_agency ON minutes_part AS RESTRICTIVE FOR SELECT TO multiagency_app
    USING (case_id = ANY (ARRAY(SELECT acting_cases('minutes', '{coordinate}')))
           OR agenda_item_id = ANY (ARRAY(SELECT written_places()))
           OR approved_at IS NOT NULL AND controller_id = (SELECT current_agency())
              AND agenda_item_id = ANY (ARRAY(SELECT my_places())));
CREATE POLICY writing ON minutes_part FOR INSERT TO multiagency_app
    WITH CHECK (agenda_item_id = ANY (ARRAY(SELECT written_places())));
CREATE POLICY drafts_first ON minutes_part AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    approved_at IS NULL AND approved_by_id IS NULL AND author_id = (SELECT current_post())
    AND EXISTS (SELECT FROM agenda_item a WHERE a.id = agenda_item_id AND a.case_id = minutes_part.case_id)
    AND agency_has_consent(case_id, controller_id));
CREATE POLICY approved_once ON minutes_part AS RESTRICTIVE FOR UPDATE TO multiagency_app
    USING (approved_at IS NULL) WITH CHECK (approved_at IS NOT NULL AND approved_by_id = (SELECT current_post()));
GRANT UPDATE (approved_at, approved_by_id) ON minutes_part TO multiagency_app;

-- Who receives them is named by whoever coordinates, among those who may be given something; what was given stays given.
SELECT pg_temp.protect_client_data('minutes_recipient', 'minutes', '{coordinate}', '{coordinate}', true);
CREATE POLICY of_this_case ON minutes_recipient AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    named_by_id = (SELECT current_post()) AND agency_has_consent(case_id, agency_id)
    AND EXISTS (SELECT FROM agenda_item a WHERE a.id = agenda_item_id AND a.case_id = minutes_recipient.case_id));
CREATE POLICY given_for_good ON minutes_recipient AS RESTRICTIVE FOR UPDATE TO multiagency_app
    USING (received_at IS NULL AND dropped_at IS NULL) WITH CHECK (true);
GRANT UPDATE (dropped_at, received_at) ON minutes_recipient TO multiagency_app;

SELECT pg_temp.protect_client_data('minutes_addendum', 'minutes', '{coordinate}', '{}', false);
-- An addition goes to whoever received what it adds to; one to a part, to that part's agency.
CREATE POLICY to_the_same ON minutes_addendum AS RESTRICTIVE FOR SELECT TO multiagency_app
    USING (EXISTS (SELECT FROM minutes m WHERE m.id = minutes_id AND (
        agency_id IS NULL OR m.case_id = ANY (ARRAY(SELECT acting_cases('minutes', '{coordinate}')))
        OR agency_id = (SELECT current_agency()) AND m.agenda_item_id = ANY (ARRAY(SELECT my_places())))));
CREATE POLICY to_what_is_approved ON minutes_addendum AS RESTRICTIVE FOR INSERT TO multiagency_app
    WITH CHECK (author_id = (SELECT current_post()) AND controller_id = coalesce(agency_id, (SELECT current_agency()))
                AND EXISTS (SELECT FROM minutes m WHERE m.id = minutes_id AND m.case_id = minutes_addendum.case_id
                            AND m.approved_at IS NOT NULL)
                AND (agency_id IS NULL OR EXISTS (
                    SELECT FROM minutes m JOIN minutes_part p ON p.agenda_item_id = m.agenda_item_id
                    WHERE m.id = minutes_id AND p.controller_id = agency_id AND p.approved_at IS NOT NULL)));

-- What was masked keeps its first wording where the application does not read it.
DO $$
DECLARE kept text;
BEGIN
    FOREACH kept IN ARRAY ARRAY['minutes', 'minutes_part', 'minutes_addendum'] LOOP
        EXECUTE format('REVOKE SELECT ON %I FROM multiagency_app', kept);
        EXECUTE (SELECT format('GRANT SELECT (%s) ON %I TO multiagency_app', string_agg(quote_ident(attname), ', '), kept)
                 FROM pg_attribute WHERE attrelid = kept::regclass AND attnum > 0 AND attname <> 'original');
        PERFORM pg_temp.serve_guard(kept::regclass);
        EXECUTE format('CREATE POLICY guard_masking ON %I FOR UPDATE TO multiagency_guard USING (true)', kept);
        EXECUTE format('GRANT UPDATE (text, original) ON %I TO multiagency_guard', kept);
    END LOOP;
END $$;

-- How it is recorded at home is said by whoever keeps the minutes, about people of the case, and is said anew and never
-- changed; whoever sat there says for themselves that it is done.
SELECT pg_temp.protect_client_data('minutes_instruction', 'minutes', '{coordinate}', '{}', true);
CREATE POLICY for_its_agency ON minutes_instruction AS RESTRICTIVE FOR SELECT TO multiagency_app
    USING (agency_id IS NULL OR agency_id = (SELECT current_agency())
           OR case_id = ANY (ARRAY(SELECT acting_cases('minutes', '{coordinate}'))));
CREATE POLICY of_this_case ON minutes_instruction AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    given_by_id = (SELECT current_post())
    AND EXISTS (SELECT FROM agenda_item a WHERE a.id = agenda_item_id AND a.case_id = minutes_instruction.case_id)
    AND NOT EXISTS (SELECT FROM unnest(ARRAY[record_of_id, hidden_guardian_id]) who
                    WHERE who IS NOT NULL AND NOT EXISTS (
                        SELECT FROM party p WHERE p.id = who AND p.case_id = minutes_instruction.case_id)));
SELECT pg_temp.protect_client_data('minutes_recorded', 'minutes', '{read,contribute,refer,coordinate}', '{}', true);
CREATE POLICY by_whoever_sat_there ON minutes_recorded AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    post_id = (SELECT current_post())
    AND EXISTS (SELECT FROM minutes_instruction i JOIN seat s ON s.agenda_item_id = i.agenda_item_id
                WHERE i.id = instruction_id AND i.case_id = minutes_recorded.case_id
                  AND (i.agency_id IS NULL OR i.agency_id = (SELECT current_agency()))
                  AND s.post_id = minutes_recorded.post_id AND s.ended_at IS NULL));
