-- Takes revision 0003 back.
SELECT 1;
