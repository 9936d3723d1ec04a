"""Measurements that are repeated: `make bench NAME=access`."""
