"""Run the exporter."""

import sys

from amaie_exporters.containers.exporter import main

sys.exit(main())
