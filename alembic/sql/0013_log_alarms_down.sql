-- Takes revision 0013 back.
SET LOCAL ROLE multiagency_guard;
DROP FUNCTION matching_controllers(uuid);
RESET ROLE;
