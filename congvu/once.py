"""A form is taken once, however often it arrives: a double click must not make two records."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect

from congvu.models import Submission

View = TypeVar("View", bound=Callable[..., HttpResponse])


def once(view: View) -> View:
    """Let a view that writes take each form once, told by its hidden `_once` key.

    The view runs in one transaction with the note that the key was taken. A second arrival waits
    for the first and is led where the first was led. A form with faults leaves no note.
    """

    @functools.wraps(view)
    def handle(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        key = _key(request.POST.get("_once", "")) if request.method == "POST" else None
        if key is None:
            return view(request, *args, **kwargs)
        try:
            with transaction.atomic():
                taken = Submission.objects.create(key=key, by=request.user)
                response = view(request, *args, **kwargs)
                if response.status_code == 302:
                    taken.location = response.headers["Location"]
                    taken.save(update_fields=["location"])
                else:
                    taken.delete()
                return response
        except IntegrityError:
            earlier = Submission.objects.filter(key=key, by=request.user).first()
            if earlier is None and Submission.objects.filter(key=key).exists():
                return view(request, *args, **kwargs)  # another person's key says nothing
            if earlier is None:
                raise  # another rule of the database was broken, which the view should have met
            return redirect(earlier.location or request.path)

    return handle  # type: ignore[return-value]  # wraps keeps the view's own signature


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
