-- Legal grounds, disclosures with an inbox, child-welfare decisions, sharing on a ground.

CREATE TABLE legal_ground (
    id UUID NOT NULL,
    code TEXT NOT NULL,
    provision TEXT NOT NULL,
    from_kinds TEXT[] NOT NULL,
    to_kinds TEXT[] NOT NULL,
    duty BOOLEAN NOT NULL,
    needs_consent BOOLEAN NOT NULL,
    discloses BOOLEAN NOT NULL,
    on_request BOOLEAN NOT NULL,
    text_fi TEXT NOT NULL,
    text_sv TEXT NOT NULL,
    text_en TEXT NOT NULL,
    valid_from TIMESTAMP WITH TIME ZONE NOT NULL,
    valid_to TIMESTAMP WITH TIME ZONE,
    edited_by_id UUID,
    CONSTRAINT pk_legal_ground PRIMARY KEY (id),
    CONSTRAINT fk_legal_ground_edited_by_id FOREIGN KEY(edited_by_id) REFERENCES post (id)
);
CREATE UNIQUE INDEX uq_legal_ground_in_force ON legal_ground (code) WHERE valid_to IS NULL;

CREATE TABLE disclosure (
    ground_id UUID NOT NULL,
    recipient_agency_id UUID,
    recipient_kind TEXT NOT NULL,
    recipient_name BYTEA,
    channel TEXT NOT NULL,
    fields TEXT[] NOT NULL,
    content BYTEA NOT NULL,
    necessity BYTEA NOT NULL,
    purpose TEXT NOT NULL,
    requested_by BYTEA,
    author_id UUID NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    controller_id UUID NOT NULL,
    retention_class TEXT NOT NULL,
    CONSTRAINT pk_disclosure PRIMARY KEY (id),
    CONSTRAINT fk_disclosure_ground_id FOREIGN KEY(ground_id) REFERENCES legal_ground (id),
    CONSTRAINT fk_disclosure_recipient_agency_id FOREIGN KEY(recipient_agency_id) REFERENCES agency (id),
    CONSTRAINT fk_disclosure_author_id FOREIGN KEY(author_id) REFERENCES post (id),
    CONSTRAINT fk_disclosure_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
    CONSTRAINT fk_disclosure_controller_id FOREIGN KEY(controller_id) REFERENCES agency (id)
);
CREATE INDEX ix_disclosure_case_id ON disclosure (case_id);

CREATE TABLE delivery (
    disclosure_id UUID NOT NULL,
    how TEXT NOT NULL,
    delivered_at TIMESTAMP WITH TIME ZONE NOT NULL,
    recorded_by_id UUID NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    controller_id UUID NOT NULL,
    retention_class TEXT NOT NULL,
    CONSTRAINT pk_delivery PRIMARY KEY (id),
    CONSTRAINT uq_delivery_disclosure_id UNIQUE (disclosure_id),
    CONSTRAINT fk_delivery_disclosure_id FOREIGN KEY(disclosure_id) REFERENCES disclosure (id),
    CONSTRAINT fk_delivery_recorded_by_id FOREIGN KEY(recorded_by_id) REFERENCES post (id),
    CONSTRAINT fk_delivery_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
    CONSTRAINT fk_delivery_controller_id FOREIGN KEY(controller_id) REFERENCES agency (id)
);
CREATE INDEX ix_delivery_case_id ON delivery (case_id);

CREATE TABLE receipt (
    disclosure_id UUID NOT NULL,
    case_reference TEXT NOT NULL,
    from_agency_id UUID NOT NULL,
    from_post_id UUID NOT NULL,
    ground_id UUID NOT NULL,
    purpose TEXT NOT NULL,
    requested_by BYTEA,
    content BYTEA NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    read_at TIMESTAMP WITH TIME ZONE,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    controller_id UUID NOT NULL,
    retention_class TEXT NOT NULL,
    CONSTRAINT pk_receipt PRIMARY KEY (id),
    CONSTRAINT uq_receipt_disclosure_id UNIQUE (disclosure_id),
    CONSTRAINT fk_receipt_disclosure_id FOREIGN KEY(disclosure_id) REFERENCES disclosure (id),
    CONSTRAINT fk_receipt_from_agency_id FOREIGN KEY(from_agency_id) REFERENCES agency (id),
    CONSTRAINT fk_receipt_from_post_id FOREIGN KEY(from_post_id) REFERENCES post (id),
    CONSTRAINT fk_receipt_ground_id FOREIGN KEY(ground_id) REFERENCES legal_ground (id),
    CONSTRAINT fk_receipt_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
    CONSTRAINT fk_receipt_controller_id FOREIGN KEY(controller_id) REFERENCES agency (id)
);
CREATE INDEX ix_receipt_case_id ON receipt (case_id);

CREATE TABLE child_welfare_decision (
    decision TEXT NOT NULL,
    reason BYTEA,
    disclosure_id UUID,
    decided_by_id UUID NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    controller_id UUID NOT NULL,
    retention_class TEXT NOT NULL,
    CONSTRAINT pk_child_welfare_decision PRIMARY KEY (id),
    CONSTRAINT fk_child_welfare_decision_disclosure_id FOREIGN KEY(disclosure_id) REFERENCES disclosure (id),
    CONSTRAINT fk_child_welfare_decision_decided_by_id FOREIGN KEY(decided_by_id) REFERENCES post (id),
    CONSTRAINT fk_child_welfare_decision_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
    CONSTRAINT fk_child_welfare_decision_controller_id FOREIGN KEY(controller_id) REFERENCES agency (id)
);
CREATE INDEX ix_child_welfare_decision_case_id ON child_welfare_decision (case_id);

CREATE TABLE ground_sharing (
    ground_id UUID NOT NULL,
    agency_id UUID NOT NULL,
    kinds TEXT[] NOT NULL,
    necessity BYTEA NOT NULL,
    author_id UUID NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    controller_id UUID NOT NULL,
    retention_class TEXT NOT NULL,
    CONSTRAINT pk_ground_sharing PRIMARY KEY (id),
    CONSTRAINT fk_ground_sharing_ground_id FOREIGN KEY(ground_id) REFERENCES legal_ground (id),
    CONSTRAINT fk_ground_sharing_agency_id FOREIGN KEY(agency_id) REFERENCES agency (id),
    CONSTRAINT fk_ground_sharing_author_id FOREIGN KEY(author_id) REFERENCES post (id),
    CONSTRAINT fk_ground_sharing_case_id FOREIGN KEY(case_id) REFERENCES case_file (id),
    CONSTRAINT fk_ground_sharing_controller_id FOREIGN KEY(controller_id) REFERENCES agency (id)
);
CREATE INDEX ix_ground_sharing_case_id ON ground_sharing (case_id);

ALTER TABLE lawful_basis ADD COLUMN ground_id UUID;
ALTER TABLE lawful_basis ADD COLUMN disclosure_id UUID;
ALTER TABLE lawful_basis ADD CONSTRAINT fk_lawful_basis_ground_id FOREIGN KEY(ground_id) REFERENCES legal_ground (id);
ALTER TABLE lawful_basis ADD CONSTRAINT fk_lawful_basis_disclosure_id
    FOREIGN KEY(disclosure_id) REFERENCES disclosure (id);

-- The register as it starts (sections 3 and 6 of the law facts, F37, F39, F40 of the MARAK facts). Own words; whoever
-- administers it corrects them when the law changes.
INSERT INTO legal_ground (id, code, provision, from_kinds, to_kinds, duty, needs_consent, discloses, on_request,
                          text_fi, text_sv, text_en, valid_from)
SELECT gen_random_uuid(), code, provision, from_kinds::text[], to_kinds::text[], duty, needs_consent, discloses,
       on_request, text_fi, text_sv, text_en, '2026-01-01T00:00:00Z'
FROM (VALUES
    ('SUOSTUMUS', 'JulkL (621/1999) 26 §, 29 §',
     '{police,county,municipality,shelter,victim_support}', '{police,county,municipality,shelter,victim_support}',
     false, true, true, false,
     'Asiakas on suostunut siihen, että juuri tämä organisaatio saa juuri nämä tiedot.',
     'Klienten har samtyckt till att just den här organisationen får just de här uppgifterna.',
     'The client has agreed that this very agency may be given these very data.'),
    ('LSL-25', 'Lastensuojelulaki (417/2007) 25 §',
     '{police,county,municipality,shelter,victim_support}', '{county}', true, false, true, false,
     'Lastensuojeluilmoitus: lapsen hoito, olosuhteet tai käytös antavat aihetta selvittää lastensuojelun tarvetta. Ilmoitus tehdään viipymättä ja salassapidosta huolimatta.',
     'Barnskyddsanmälan: barnets omsorg, förhållanden eller beteende ger skäl att utreda behovet av barnskydd. Anmälan görs utan dröjsmål och trots sekretessen.',
     'Child-welfare notification: the care, circumstances or conduct of a child call for finding out whether child welfare is needed. It is made without delay and despite secrecy.'),
    ('LSL-25-POL', 'Lastensuojelulaki (417/2007) 25 § 3 mom.',
     '{county,municipality,shelter,victim_support}', '{police}', true, false, true, false,
     'Ilmoitus poliisille, kun epäillään lapseen kohdistunutta seksuaalirikosta tai sellaista henkeen tai terveyteen kohdistunutta rikosta, josta voi seurata vähintään kaksi vuotta vankeutta. Lastensuojeluilmoitus tehdään lisäksi.',
     'Anmälan till polisen när ett barn misstänks ha utsatts för ett sexualbrott eller för ett brott mot liv eller hälsa som kan ge minst två års fängelse. Dessutom görs en barnskyddsanmälan.',
     'Notice to the police when a sexual offence against a child is suspected, or an offence against life or health that carries at least two years of imprisonment. A child-welfare notification is made as well.'),
    ('ATL-62', 'Asiakastietolaki (703/2023) 62 §', '{county}', '{police}', false, false, true, false,
     'Tiedot, jotka poliisi välttämättä tarvitsee henkeen tai terveyteen kohdistuvan uhkan arviointiin ja uhkaavan teon estämiseen. Oikeus on suppea: vain se, mikä on välttämätöntä.',
     'Uppgifter som polisen nödvändigtvis behöver för att bedöma ett hot mot liv eller hälsa och förhindra en hotande gärning. Rätten är snäv: bara det som är nödvändigt.',
     'Data that the police necessarily need to assess a threat to life or health and to prevent a threatening act. The right is narrow: only what is necessary.'),
    ('ATL-63-OMA', 'Asiakastietolaki (703/2023) 63 §', '{county}', '{police}', false, false, true, false,
     'Omasta aloitteesta: tiedot rikoksesta, jonka ankarin rangaistus on vähintään neljä vuotta vankeutta tai jonka ilmoittamatta jättäminen on rangaistavaa; lievemmästäkin, jos lapsen etu tai erittäin tärkeä etu sitä vaatii.',
     'På eget initiativ: uppgifter om ett brott som kan ge minst fyra års fängelse eller som det är straffbart att låta bli att anmäla; också om ett lindrigare brott, om barnets bästa eller ett synnerligen viktigt intresse kräver det.',
     'On own initiative: data on an offence that carries at least four years of imprisonment or that it is punishable not to report; on a lesser one too where the interest of a child or a very important interest requires it.'),
    ('ATL-63-PYYNTO', 'Asiakastietolaki (703/2023) 63 §', '{county}', '{police}', true, false, true, true,
     'Poliisin pyynnöstä: tiedot, joita tarvitaan selvitettäessä rikosta, jonka ankarin rangaistus on vähintään neljä vuotta vankeutta tai jonka ilmoittamatta jättäminen on rangaistavaa.',
     'På polisens begäran: uppgifter som behövs för att utreda ett brott som kan ge minst fyra års fängelse eller som det är straffbart att låta bli att anmäla.',
     'At the request of the police: data needed to investigate an offence that carries at least four years of imprisonment or that it is punishable not to report.'),
    ('HE333-OWN', 'Salassapidon estämättä tehtävä ilmoitus poliisille (HE 333/2014)',
     '{county,municipality,shelter,victim_support}', '{police}', false, false, true, false,
     'Omasta aloitteesta: välttämättömät tiedot henkeen tai terveyteen kohdistuvan uhkan arviointiin ja teon estämiseen, kun tehtävässä on tullut ilmi syytä epäillä jonkun olevan vaarassa joutua väkivallan kohteeksi. Oikeus, ei velvollisuus.',
     'På eget initiativ: nödvändiga uppgifter för att bedöma ett hot mot liv eller hälsa och förhindra en gärning, när det i arbetet har framkommit skäl att misstänka att någon riskerar att utsättas för våld. En rätt, ingen skyldighet.',
     'On own initiative: the data necessary to assess a threat to life or health and to prevent the act, when the work has given reason to suspect that somebody is in danger of violence. A right, not a duty.'),
    ('RL-15-10', 'Rikoslaki (39/1889) 15 luku 10 §',
     '{police,county,municipality,shelter,victim_support}', '{police}', true, false, true, false,
     'Ilmoitus hankkeilla olevasta törkeästä rikoksesta, kuten taposta, törkeästä pahoinpitelystä tai raiskauksesta, kun se voidaan vielä estää.',
     'Anmälan om ett grovt brott som är på väg att begås, såsom dråp, grov misshandel eller våldtäkt, när det ännu kan förhindras.',
     'Notice of a grave offence about to be committed, such as manslaughter, aggravated assault or rape, while it can still be prevented.'),
    ('POLL-7-2', 'Poliisilaki (872/2011) 7 luku 2 §',
     '{police}', '{county,municipality,shelter}', false, false, true, false,
     'Poliisin tieto viranomaiselle tai julkista tehtävää hoitavalle, joka tarvitsee sen lakisääteisessä tehtävässään.',
     'Polisens uppgift till en myndighet eller ett organ med ett offentligt uppdrag som behöver den i sin lagstadgade uppgift.',
     'Information of the police to an authority or body with a public task that needs it for its statutory task.'),
    ('PHTL-22', 'Laki henkilötietojen käsittelystä poliisitoimessa (616/2019) 22 §',
     '{police}', '{police,county,municipality}', false, false, true, false,
     'Poliisin henkilötieto, joka on perustellusta syystä välttämätön toisen viranomaisen lakisääteisessä tehtävässä.',
     'En personuppgift hos polisen som av grundad anledning är nödvändig för en annan myndighets lagstadgade uppgift.',
     'Personal data of the police that another authority for a justified reason necessarily needs for its statutory task.'),
    ('ATL-64', 'Asiakastietolaki (703/2023) 64 §',
     '{police,municipality,shelter,victim_support}', '{county}', false, false, true, true,
     'Sosiaalihuollon viranomaisen pyynnöstä: tiedot, jotka sillä on oikeus saada asiakkaan palvelua varten.',
     'På begäran av socialvårdsmyndigheten: uppgifter som den har rätt att få för klientens service.',
     'At the request of the social-care authority: data that it has a right to get for the service of the client.'),
    ('SHL-35-ILM', 'Sosiaalihuoltolaki (1301/2014) 35 §',
     '{police,county,municipality,shelter,victim_support}', '{county}', true, false, true, false,
     'Ilmoitus sosiaalihuoltoon ilman suostumusta: henkilö ei kykene vastaamaan huolenpidostaan tai turvallisuudestaan, tai lapsen etu sitä välttämättä vaatii.',
     'Anmälan till socialvården utan samtycke: personen kan inte svara för sin omsorg eller säkerhet, eller barnets bästa kräver det nödvändigtvis.',
     'Notice to social care without consent: the person cannot look after their own care or safety, or the interest of a child necessarily requires it.'),
    ('ATL-48', 'Asiakastietolaki (703/2023) 48 §',
     '{police,county,municipality,shelter,victim_support}', '{police,county,municipality,shelter,victim_support}',
     false, false, false, false,
     'Oikeus kirjata monialaisessa yhteistyössä saatu välttämätön tieto oman organisaation asiakirjaan. Tämä ei ole peruste luovuttaa tietoja.',
     'Rätt att anteckna nödvändiga uppgifter från det sektorsövergripande samarbetet i den egna organisationens handling. Detta är ingen grund för att lämna ut uppgifter.',
     'A right to record, in one''s own agency''s documents, necessary data received in multi-sector cooperation. It is no ground for disclosing anything.')
) AS seed (code, provision, from_kinds, to_kinds, duty, needs_consent, discloses, on_request, text_fi, text_sv, text_en);

-- Cases whose shell the actor sees: whoever has only received a disclosure is not among them.
CREATE FUNCTION discloser_cases() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT case_id FROM live_grants() WHERE 'shell' = ANY (grant_kinds) AND 'shell' = ANY (basis_kinds)
$$;

CREATE FUNCTION disclosing_kinds() RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$ SELECT kind FROM agency WHERE id = current_agency() $$;

-- Which kinds of data a living consent lets this agency be given; asked only about cases in sight.
CREATE FUNCTION consented_kinds(wanted_case uuid, wanted_agency uuid) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT unnest(b.kinds) FROM lawful_basis b
    WHERE b.case_id = wanted_case AND b.agency_id = wanted_agency AND b.reason = 'consent' AND b.ended_at IS NULL
      AND (b.valid_to IS NULL OR b.valid_to > statement_timestamp()) AND wanted_case IN (SELECT discloser_cases())
$$;

-- Does this ground, in force now, let my agency disclose to such a recipient? Consent must name the recipient.
CREATE FUNCTION ground_lets(wanted_ground uuid, wanted_case uuid, taker uuid, taker_kind text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM legal_ground g LEFT JOIN agency t ON t.id = taker
        WHERE g.id = wanted_ground AND g.discloses AND g.valid_from <= statement_timestamp()
          AND (g.valid_to IS NULL OR g.valid_to > statement_timestamp())
          AND g.from_kinds && ARRAY(SELECT disclosing_kinds()) AND coalesce(t.kind, taker_kind) = ANY (g.to_kinds)
          AND (NOT g.needs_consent OR EXISTS (SELECT consented_kinds(wanted_case, taker))))
$$;

-- The posts that receive for an agency: living, intake, and nobody whom a bar keeps out of the case.
CREATE FUNCTION intake_posts(wanted_case uuid, wanted_agency uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT p.id FROM post p
    WHERE p.agency_id = wanted_agency AND p.role = 'intake' AND p.valid_from <= statement_timestamp()
      AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp()) AND wanted_case IN (SELECT discloser_cases())
      AND NOT EXISTS (
          SELECT FROM access_bar x
          WHERE x.case_id = wanted_case AND x.person_id = p.person_id
            AND (x.valid_to IS NULL OR x.valid_to > statement_timestamp()))
$$;

-- Did I make this disclosure, in this case, to this agency?
CREATE FUNCTION i_disclosed(wanted_disclosure uuid, wanted_case uuid, wanted_agency uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM disclosure d
        WHERE d.id = wanted_disclosure AND d.case_id = wanted_case AND d.recipient_agency_id = wanted_agency
          AND d.channel = 'inbox' AND d.author_id = current_post())
$$;

-- The team's own number, else everybody's, else 0: by default only consent brings a case to the table.
CREATE FUNCTION team_shares_on_ground(wanted_case uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce((
        SELECT p.value FROM case_file c JOIN dated_parameter p ON p.pathway = c.pathway
        WHERE c.id = wanted_case AND p.name = 'agenda_without_consent'
          AND (p.team_id = c.team_id OR p.team_id IS NULL) AND p.valid_from <= statement_timestamp()
          AND (p.valid_to IS NULL OR p.valid_to > statement_timestamp())
        ORDER BY p.team_id IS NULL, p.valid_from DESC LIMIT 1), 0) = 1
$$;

-- Whoever may be given data, by consent or on a ground, may be given an action of their own too.
SET LOCAL ROLE multiagency_guard;
CREATE OR REPLACE FUNCTION agency_has_consent(wanted_case uuid, wanted_agency uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM lawful_basis b
        WHERE b.case_id = wanted_case AND b.agency_id = wanted_agency AND b.reason IN ('consent', 'ground')
          AND b.ended_at IS NULL AND (b.valid_to IS NULL OR b.valid_to > statement_timestamp()))
$$;
RESET ROLE;

-- The register: whoever is signed in may read it, an administrator adds wordings and ends them.
SELECT pg_temp.protect('legal_ground');
CREATE POLICY register ON legal_ground FOR SELECT TO multiagency_app, multiagency_worker
    USING ((SELECT current_post()) IS NOT NULL);
CREATE POLICY administration ON legal_ground FOR ALL TO multiagency_owner USING (true);
CREATE POLICY adding ON legal_ground FOR INSERT TO multiagency_app WITH CHECK (
    (SELECT current_post_role()) = 'administrator' AND edited_by_id = (SELECT current_post()) AND valid_to IS NULL);
CREATE POLICY ending ON legal_ground FOR UPDATE TO multiagency_app
    USING ((SELECT current_post_role()) = 'administrator' AND valid_to IS NULL) WITH CHECK (valid_to IS NOT NULL);
GRANT SELECT, INSERT, UPDATE (valid_to) ON legal_ground TO multiagency_app;
GRANT SELECT ON legal_ground TO multiagency_worker;

SELECT pg_temp.protect_client_data('disclosure', 'disclosure', '{read,contribute,refer,coordinate,act}', '{}', true);
SELECT pg_temp.protect_client_data('delivery', 'disclosure', '{read,contribute,refer,coordinate,act}', '{}', true);
SELECT pg_temp.protect_client_data('receipt', 'disclosure', '{read,contribute,refer,coordinate,act}', '{}', false);
SELECT pg_temp.protect_client_data('child_welfare_decision', 'disclosure', '{refer}', '{}', true);
SELECT pg_temp.protect_client_data('ground_sharing', 'disclosure', '{refer}', '{}', true);

-- No basis shares these: each agency reads what stands in its own part, and what arrived is read by who receives.
DO $$
DECLARE sent text;
BEGIN
    FOREACH sent IN ARRAY ARRAY['disclosure', 'delivery', 'child_welfare_decision', 'ground_sharing'] LOOP
        EXECUTE format('CREATE POLICY own_part ON %I AS RESTRICTIVE FOR SELECT TO multiagency_app '
                       'USING (controller_id = (SELECT current_agency()) AND (SELECT current_post_role()) <> %L)',
                       sent, 'intake');
    END LOOP;
END $$;
CREATE POLICY own_part ON receipt AS RESTRICTIVE FOR SELECT TO multiagency_app
    USING (controller_id = (SELECT current_agency()) AND (SELECT current_post_role()) = 'intake');

CREATE POLICY on_a_ground ON disclosure AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    author_id = (SELECT current_post()) AND case_id = ANY (ARRAY(SELECT discloser_cases()))
    AND ground_lets(ground_id, case_id, recipient_agency_id, recipient_kind));
CREATE POLICY by_hand ON delivery AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    recorded_by_id = (SELECT current_post()) AND delivered_at <= recorded_at
    AND EXISTS (SELECT FROM disclosure d
                WHERE d.id = disclosure_id AND d.case_id = delivery.case_id AND d.channel = 'by_hand'));
CREATE POLICY as_disclosed ON receipt AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    from_agency_id = (SELECT current_agency()) AND from_post_id = (SELECT current_post()) AND read_at IS NULL
    AND i_disclosed(disclosure_id, case_id, controller_id)
    AND EXISTS (SELECT FROM disclosure d WHERE d.id = disclosure_id AND d.ground_id = receipt.ground_id));
CREATE POLICY reading ON receipt FOR UPDATE TO multiagency_app
    USING (controller_id = (SELECT current_agency()) AND case_id = ANY (ARRAY(SELECT own_cases('disclosure'))))
    WITH CHECK (read_at IS NOT NULL);
GRANT UPDATE (read_at) ON receipt TO multiagency_app;
CREATE POLICY same_case ON child_welfare_decision AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    decided_by_id = (SELECT current_post())
    AND (disclosure_id IS NULL OR EXISTS (
        SELECT FROM disclosure d WHERE d.id = disclosure_id AND d.case_id = child_welfare_decision.case_id)));
CREATE POLICY on_a_ground ON ground_sharing AS RESTRICTIVE FOR INSERT TO multiagency_app WITH CHECK (
    author_id = (SELECT current_post()) AND team_shares_on_ground(case_id)
    AND ground_lets(ground_id, case_id, agency_id, NULL));

-- My agency's own part for what I disclose; the recipient's own part for what it was given.
CREATE POLICY disclosing ON lawful_basis FOR INSERT TO multiagency_app WITH CHECK (
    reason = 'own_record' AND kinds <@ '{disclosure}' AND valid_to IS NULL AND (
        disclosure_id IS NULL AND agency_id = (SELECT current_agency())
        AND case_id = ANY (ARRAY(SELECT discloser_cases()))
        OR i_disclosed(disclosure_id, case_id, agency_id)));
CREATE POLICY disclosing ON access_grant FOR INSERT TO multiagency_app WITH CHECK (
    capability = 'read' AND occasion = 'disclosure' AND kinds <@ '{disclosure}'
    AND grant_fits(case_id, basis_id, post_id, kinds) AND case_id = ANY (ARRAY(SELECT discloser_cases())) AND (
        post_id = (SELECT current_post())
        OR EXISTS (SELECT FROM post p
                   WHERE p.id = post_id AND i_disclosed(occasion_id, access_grant.case_id, p.agency_id)
                     AND p.id = ANY (ARRAY(SELECT intake_posts(access_grant.case_id, p.agency_id))))));

-- To the table on a ground: only where the team has so decided, only what may be shared, recorded as a decision first.
CREATE POLICY sharing ON lawful_basis FOR INSERT TO multiagency_app WITH CHECK (
    reason = 'ground' AND kinds <@ '{shell,meeting,minutes,action,identity,contact,party,narrative,risk}'
    AND team_shares_on_ground(case_id) AND ground_lets(ground_id, case_id, agency_id, NULL)
    AND case_id = ANY (ARRAY(SELECT acting_cases('shell', '{refer}')))
    AND EXISTS (SELECT FROM ground_sharing s WHERE s.case_id = lawful_basis.case_id AND s.agency_id = lawful_basis.agency_id
                  AND s.ground_id = lawful_basis.ground_id
                  AND lawful_basis.kinds <@ (s.kinds || '{shell,meeting,minutes,action}'::text[])));

-- What the questions above need.
DO $$
DECLARE asked text;
BEGIN
    FOREACH asked IN ARRAY ARRAY['legal_ground', 'disclosure', 'dated_parameter'] LOOP
        EXECUTE format('CREATE POLICY guard_of_grounds ON %I FOR SELECT TO multiagency_guard USING (true)', asked);
        EXECUTE format('GRANT SELECT ON %I TO multiagency_guard', asked);
    END LOOP;
END $$;
