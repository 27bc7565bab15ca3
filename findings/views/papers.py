"""Pages that put documents to remedies and extensions, and take them away."""

from __future__ import annotations

from directives.views.papers import attach_page, detach_page
from findings.papers import EXTENSION, REMEDY

remedy_attach, remedy_detach = attach_page(REMEDY), detach_page(REMEDY)
extension_attach, extension_detach = attach_page(EXTENSION), detach_page(EXTENSION)
