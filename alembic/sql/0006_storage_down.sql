-- Takes revision 0006 back.
SELECT 1;
