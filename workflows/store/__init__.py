"""Engine values to rows and back, the commit of decisions, leases, inbox, hints. Not for who may do what."""
