"""The Django application that `bench/pages.py` measures our pages against; it has no other use."""
