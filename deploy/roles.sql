-- Run once by a superuser, before the first migration. Passwords are set afterwards (ALTER ROLE … PASSWORD …).
-- owner migrates; app, worker and signin are what the processes connect as, keeper what the commands that change keys and
-- delete what has expired connect as: none of them owns a table or bypasses a policy. guard cannot log in: it owns the few functions that row security asks, and reads only what they need.
CREATE ROLE multiagency_owner LOGIN;
CREATE ROLE multiagency_app LOGIN;
CREATE ROLE multiagency_worker LOGIN;
CREATE ROLE multiagency_signin LOGIN;
CREATE ROLE multiagency_keeper LOGIN;
CREATE ROLE multiagency_guard NOLOGIN;
GRANT multiagency_guard TO multiagency_owner WITH INHERIT FALSE, SET TRUE;
