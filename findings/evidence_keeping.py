"""Files in the evidence storage that no record names: what a transaction left that failed later."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from congvu.keeping import when_tidying
from findings.models import Evidence, evidence_storage

# A record is saved within seconds of its file; two days leave room for clocks that differ.
_KEEP = timedelta(days=2)


@when_tidying
def remove_nameless_files() -> str:
    """Remove old files of evidence without a record. Other apps' folders are left alone."""
    storage = evidence_storage()
    removed = 0
    years = storage.listdir("")[0] if storage.exists("") else []
    for year in (each for each in years if len(each) == 4 and each.isdecimal()):
        named = Evidence.objects.filter(file__startswith=f"{year}/").values_list(
            "file", "thumbnail"
        )
        known = {name for pair in named for name in pair}
        for each in storage.listdir(year)[1]:
            name = f"{year}/{each}"
            if name in known or storage.get_modified_time(name) > timezone.now() - _KEEP:
                continue
            storage.delete(name)
            removed += 1
    return f"Đã xóa {removed} tệp bằng chứng không thuộc hồ sơ nào."
