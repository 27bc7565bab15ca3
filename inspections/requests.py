"""The signed-in request, under the name by which apps further right know it."""

from directives.requests import UserRequest

__all__ = ["UserRequest"]
