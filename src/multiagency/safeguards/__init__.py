"""What protects people around a case: conflict of interest, protected addresses, break-glass, handing over."""
