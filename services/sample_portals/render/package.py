"""A zip whose member names are GBK without the UTF-8 flag, as old Chinese archivers write them."""

import io
import zipfile
from typing import Final

EPOCH: Final = (2020, 1, 1, 0, 0, 0)


def pack(members: dict[str, bytes]) -> bytes:
    """A .zip of `members`, name → bytes."""
    out = io.BytesIO()
    names: dict[bytes, bytes] = {}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, data) in enumerate(members.items()):
            real = name.encode("gbk")
            stand_in = f"{number:x}".rjust(len(real), "~")
            names[stand_in.encode()] = real
            archive.writestr(zipfile.ZipInfo(stand_in, EPOCH), data, zipfile.ZIP_DEFLATED)
    packed = out.getvalue()
    for stand_in_bytes, real in names.items():
        packed = packed.replace(stand_in_bytes, real)
    return packed
