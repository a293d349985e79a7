"""What changed last, for the message of a critical alert: nobody should need another page to see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generators.spec import roles

if TYPE_CHECKING:
    from generators.spec.model import Spec

NOTHING = "no start of a service is known"
_TIME = "2006-01-02 15:04:05"


def template(spec: Spec) -> str:
    """Return the template, for Prometheus, of which service was started last, in which version and when."""
    series = roles.series(spec)
    build = f"on (service, instance) group_left (version) {series['build']}"
    query = f'topk(1, max by (service, version) ({series["start"]}{{job="services"}} * {build}))'
    quoted = query.replace('"', r"\"")
    shown = '{{ . | first | label "service" }} {{ . | first | label "version" }} started '
    when = f'{{{{ (. | first | value | toTime).Format "{_TIME}" }}}} UTC'
    return f'{{{{ with query "{quoted}" }}}}{shown}{when}{{{{ else }}}}{NOTHING}{{{{ end }}}}'
