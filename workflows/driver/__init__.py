"""The loop around the pure engine: leases, facts in, one commit, orders out. Decides nothing of workflows."""
