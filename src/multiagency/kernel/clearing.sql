-- Takes back everything that the rooms' files say, and whatever was added by hand: policies, triggers, functions,
-- grants. Row security stays on and forced, so in between nobody sees anything. Left alone is what belongs to an
-- extension, and a table of somebody else's.
DO $$
DECLARE found record;
BEGIN
    FOR found IN SELECT p.polname, c.oid::regclass AS name FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
                 WHERE c.relnamespace = 'public'::regnamespace AND c.relowner = current_user::regrole LOOP
        EXECUTE format('DROP POLICY %I ON %s', found.polname, found.name);
    END LOOP;
    FOR found IN SELECT t.tgname, c.oid::regclass AS name FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
                 WHERE c.relnamespace = 'public'::regnamespace AND c.relowner = current_user::regrole
                   AND NOT t.tgisinternal LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', found.tgname, found.name);
    END LOOP;
    FOR found IN SELECT p.oid::regprocedure AS name FROM pg_proc p
                 WHERE p.pronamespace = 'public'::regnamespace AND NOT EXISTS (
                     SELECT FROM pg_depend d
                     WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e') LOOP
        EXECUTE format('DROP ROUTINE %s', found.name);
    END LOOP;
    -- What is taken from a table is taken from its columns too; the owner keeps what an owner has.
    FOR found IN
        SELECT c.oid::regclass AS name, CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind, (
            SELECT string_agg(DISTINCT CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END, ', ')
            FROM (SELECT c.relacl AS acl UNION ALL SELECT a.attacl FROM pg_attribute a WHERE a.attrelid = c.oid) l,
                 aclexplode(l.acl) g WHERE g.grantee <> c.relowner) AS grantees
        FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
          AND c.relowner = current_user::regrole
    LOOP
        IF found.grantees IS NOT NULL THEN
            EXECUTE format('REVOKE ALL ON %s %s FROM %s CASCADE', found.kind, found.name, found.grantees);
        END IF;
        EXECUTE format('GRANT ALL ON %s %s TO CURRENT_USER', found.kind, found.name);
    END LOOP;
    FOR found IN SELECT DISTINCT g.grantee::regrole AS name FROM pg_namespace n, aclexplode(n.nspacl) g
                 WHERE n.nspname = 'public' AND g.grantee NOT IN (0, n.nspowner) LOOP
        EXECUTE format('REVOKE ALL ON SCHEMA public FROM %s CASCADE', found.name);
    END LOOP;
    REVOKE CREATE ON SCHEMA public FROM PUBLIC;
END $$;
