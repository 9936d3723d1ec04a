-- Takes revision 0004 back.
SELECT 1;
