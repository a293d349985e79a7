"""Run the exporter."""

import sys

from amaie_exporters.logstash.exporter import main

sys.exit(main())
