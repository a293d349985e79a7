"""Run the exporter."""

import sys

from amaie_logstash.exporter import main

sys.exit(main())
