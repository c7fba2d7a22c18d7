"""Entry point of the shepherd: ``python -I -S <this folder> ROOT OPTIONS-AS-JSON READY-FD``."""

from __future__ import annotations

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from shepherd.serve import main  # type: ignore[import-not-found, unused-ignore]

if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
