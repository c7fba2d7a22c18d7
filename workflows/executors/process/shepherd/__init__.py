"""The small program that starts, watches and ends processes on behalf of Sluice, and outlives it.

It runs as ``python -I -S <this folder>``, so it sees the standard library only and must import nothing of
`workflows`. It knows nothing of templates or images: it is told argument vectors, paths and times.
"""
