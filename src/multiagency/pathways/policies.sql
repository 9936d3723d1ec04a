-- Whoever is signed in may see the numbers in force; only the owner, in a migration, changes them.
SELECT pg_temp.protect('dated_parameter');
CREATE POLICY directory ON dated_parameter FOR SELECT TO multiagency_app, multiagency_worker
    USING ((SELECT current_post()) IS NOT NULL);
CREATE POLICY keeper ON dated_parameter FOR SELECT TO multiagency_keeper
    USING ((SELECT current_post_role()) = 'keeper');
CREATE POLICY administration ON dated_parameter FOR ALL TO multiagency_owner USING (true);
GRANT SELECT ON dated_parameter TO multiagency_app, multiagency_worker, multiagency_keeper;
CREATE POLICY guard_of_grounds ON dated_parameter FOR SELECT TO multiagency_guard USING (true);
GRANT SELECT ON dated_parameter TO multiagency_guard;
