"""Parts of pages that templates draw from one place."""

from django import template

register = template.Library()
