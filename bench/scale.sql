-- 300000 cases with 2.5 grants each, over 50 posts of the demo's agencies; run as superuser, without foreign keys.
SET session_replication_role = replica;

INSERT INTO post (id, person_id, agency_id, role, title, email, language, valid_from)
SELECT gen_random_uuid(), (SELECT id FROM person LIMIT 1), a.id, 'representative', 'x', 'x@bench.example', 'fi', now()
FROM generate_series(1, 50 - (SELECT count(*)::integer FROM post WHERE role <> 'worker')) AS number
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place FROM agency) a
    ON a.place = 1 + number % (SELECT count(*) FROM agency);

CREATE TEMP TABLE sitting AS
SELECT id, agency_id, row_number() OVER (ORDER BY id) - 1 AS place FROM post WHERE role <> 'worker';
CREATE TEMP TABLE made AS
SELECT number, gen_random_uuid() AS id, (number::bigint * 7919) % 50 AS place FROM generate_series(1, 300000) AS number;

INSERT INTO case_file (id, reference, pathway, pathway_version, team_id, stage, stage_kind, opened_by_id, controller_id,
    opened_at, submitted_at, retention_class)
SELECT m.id, 'bench-' || m.number, 'marak', '1', (SELECT id FROM team LIMIT 1), 'in_follow_up', 'follow_up', s.id,
       s.agency_id, now() - m.number * interval '1 minute', now() - m.number * interval '1 minute', 'working_age_10y'
FROM made m JOIN sitting s ON s.place = m.place;

-- Turn 0 is the referrer on the own record; 1, and every second time 2, are seats by consent.
CREATE TEMP TABLE given AS
SELECT m.id AS case_id, turn, gen_random_uuid() AS basis_id, s.id AS post_id, s.agency_id
FROM made m CROSS JOIN generate_series(0, 2) AS turn
JOIN sitting s ON s.place = (m.place + turn * (1 + m.number % 13)) % 50
WHERE turn < 2 OR m.number % 2 = 0;

INSERT INTO lawful_basis (id, case_id, agency_id, reason, kinds, valid_from)
SELECT basis_id, case_id, agency_id, CASE turn WHEN 0 THEN 'own_record' ELSE 'consent' END,
       '{action,identity,meeting,minutes,narrative,party,risk,shell}', now() - interval '1 day'
FROM given;
INSERT INTO access_grant (id, case_id, post_id, basis_id, occasion, capability, kinds, valid_from)
SELECT gen_random_uuid(), case_id, post_id, basis_id, CASE turn WHEN 0 THEN 'referral' ELSE 'seat' END,
       CASE turn WHEN 0 THEN 'refer' ELSE 'read' END, '{action,identity,meeting,minutes,narrative,party,risk,shell}',
       now() - interval '1 day'
FROM given;

DROP TABLE sitting, made, given;
SET session_replication_role = origin;
ANALYZE;
