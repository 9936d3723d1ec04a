-- Bars declared and found, protected addresses, break-glass, reassignment.
SELECT 1;
