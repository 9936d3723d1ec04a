-- Takes revision 0005 back.
SELECT 1;
