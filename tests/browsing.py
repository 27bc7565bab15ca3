"""What the browser tests share: windows of two sizes, signed in without the sign-in page."""

from __future__ import annotations

from typing import Any

from django.test import Client

SIZES = {"phone": (390, 844), "desktop": (1440, 900)}


def signed_in(browser: Any, live_server: Any, client: Client, size: tuple[int, int]) -> Any:
    """A window of that size in which the client's person is signed in."""
    width, height = size
    window = browser.new_context(
        viewport={"width": width, "height": height},
        locale="vi-VN",
        base_url=live_server.url,
        # A button that is just changing its colour has, for that moment, too little contrast.
        reduced_motion="reduce",
    )
    cookie = client.cookies["sessionid"]
    window.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    return window
