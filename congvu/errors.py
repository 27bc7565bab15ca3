"""Pages for what went wrong: a sentence in Vietnamese, what to do, and a way on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: an unknown address, or a record outside the scope, which is not told apart."""
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: may be seen but not done; the refusal's own sentence says why."""
    return render(
        request,
        "403.html",
        {"reason": str(exception), "was_sent": request.method == "POST"},
        status=403,
    )


def conflict(request: HttpRequest) -> HttpResponse:
    """409: somebody else saved the record at the same moment; nothing was written."""
    return render(request, "409.html", status=409)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form was too old, or came from elsewhere."""
    why = (
        "Phiên làm việc đã hết hạn hoặc biểu mẫu đã mở quá lâu. Hãy quay lại trang trước, tải lại "
        "trang rồi gửi lại."
    )
    return render(request, "403.html", {"reason": why, "was_sent": True}, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: without a trace of what happened; the log has it."""
    return render(request, "500.html", status=500)
