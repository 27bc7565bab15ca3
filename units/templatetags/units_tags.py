"""Units in templates: `{% load units_tags %}`."""

from __future__ import annotations

from datetime import date

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from units.models import Unit

register = template.Library()


@register.simple_tag(takes_context=True)
def unit_link(context: template.Context, unit: Unit | None, day: date | None = None) -> str:
    """`{% unit_link visit.unit visit.visited_on %}`: the unit's name, a link where it is in scope.

    With a day the name is that of the day, which reads `former_names`: prefetch it for lists.
    Otherwise no query is made.
    """
    if unit is None:
        return ""
    name = unit.name_on(day) if day else unit.name
    return linked(unit, name, context)


def linked(unit: Unit, text: str, context: template.Context) -> str | SafeString:
    """The text, linked to the unit's page if the person who asks may see it."""
    request = context.get("request")
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated and user.in_scope(unit):
        return format_html('<a href="{}">{}</a>', unit.get_absolute_url(), text)
    return format_html("{}", text)
