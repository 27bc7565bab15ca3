"""The process that works on an upload connects as the one that starts it."""

from __future__ import annotations

import os
import subprocess
import sys
from types import SimpleNamespace

import environ
import pytest

from exchange import jobs


@pytest.mark.parametrize(
    "url",
    [
        "postgres://cong:m%40t@may:5432/congvu?sslmode=require&options=-c%20jit%3Doff",
        "postgres://cong@may/congvu?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem",
        "postgres://cong@may/congvu",
    ],
)
def test_options_of_the_connection_are_passed_on(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    given = {"OPTIONS": {}, **environ.Env.db_url_config(url)}
    monkeypatch.setattr(
        jobs, "connection", SimpleNamespace(vendor="postgresql", settings_dict=given)
    )
    passed_on = {"OPTIONS": {}, **environ.Env.db_url_config(jobs._database_url())}
    assert passed_on == given


def test_options_of_the_address_stand_beside_our_own() -> None:
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "from congvu.settings import DATABASES; print(sorted(DATABASES['default']['OPTIONS']))",
        ],
        env={
            **os.environ,
            "DEBUG": "on",
            "SECRET_KEY": "x",
            "DATABASE_URL": "postgres://cong@may/congvu?sslmode=require",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "['options', 'sslmode']"
