"""Archives: names as published, junk left out, bombs refused, one bad member never the end of the rest."""

import ctypes.util
import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.mutations import rar
from services.parser.contents import NamedBytes
from services.parser.packages import Budget, Member, unpack
from services.parser.reading import Limits
from services.parser.stage import read_document
from shared.errors import Corrupt, Encrypted, PermanentError, TooLarge


def archive(members: dict[bytes, bytes], flags: int = 0) -> bytes:
    """A stored zip whose names are raw bytes, as old Chinese programs write them."""
    body, directory = b"", b""
    for name, data in members.items():
        fields = struct.pack(
            "<HHHHHLLLHH", 20, flags, 0, 0, 33, zlib.crc32(data), len(data), len(data), len(name), 0
        )
        entry = (
            b"PK\x01\x02" + struct.pack("<H", 20) + fields + struct.pack("<HHHLL", 0, 0, 0, 0, len(body)) + name
        )
        body += b"PK\x03\x04" + fields + name + data
        directory += entry
    end = struct.pack("<HHHHLLH", 0, 0, len(members), len(members), len(directory), len(body), 0)
    return body + directory + b"PK\x05\x06" + end


def packed(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in members.items():
            package.writestr(name, data)
    return out.getvalue()


def members(data: bytes, limits: Limits | None = None, depth: int = 0) -> list[Member]:
    return list(unpack(data, depth, Budget(limits or Limits())))


@pytest.mark.parametrize(("charset", "flags"), [("gb18030", 0), ("utf-8", 0), ("utf-8", 0x800)])
def test_names_in_every_charset(charset: str, flags: int) -> None:
    name = "组织部2025年部门预算䶮.txt"
    assert [member.name for member in members(archive({name.encode(charset): b"x"}, flags))] == [name]


@given(
    st.text(
        alphabet=st.characters(categories=["Lo", "Nd"], max_codepoint=0x9FFF, min_codepoint=0x4E00), min_size=4
    )
)
def test_chinese_names_survive_gb18030(name: str) -> None:
    assert members(archive({name.encode("gb18030"): b"x"}))[0].name == name


@given(st.binary(min_size=1, max_size=40))
def test_any_name_gives_a_printable_name_without_a_path(name: bytes) -> None:
    for member in members(archive({name: b"x"})):
        assert member.name.isprintable()
        assert not set(member.name) & set("/\\")


def test_folders_backslashes_and_system_files() -> None:
    names = ["a/", "a/b\\正文.txt", "../../etc/x.txt", "__MACOSX/._c.txt", "a/~$d.docx", "Thumbs.db", ".DS_Store"]
    assert [member.name for member in members(archive({name.encode(): b"x" for name in names}))] == [
        "正文.txt",
        "x.txt",
    ]


def test_an_encrypted_member_is_reported() -> None:
    (member,) = members(archive({b"a.txt": b"x"}, flags=1))
    assert isinstance(member.data, Encrypted)


def test_a_bomb_is_refused_by_what_comes_out_not_by_what_it_says() -> None:
    bomb = packed({"a.txt": bytes(40_000_000), "b.txt": "一、职责".encode()})
    first, second = members(bomb)
    assert isinstance(first.data, TooLarge)
    assert second.data == "一、职责".encode()
    lying = bytearray(bomb)
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = lying.index(mark) + offset
        lying[place : place + 4] = struct.pack("<L", 100)
    assert all(
        isinstance(member.data, PermanentError) or len(member.data) < 1000 for member in members(bytes(lying))
    )


def test_too_many_members_and_too_deep() -> None:
    with pytest.raises(TooLarge):
        members(packed({f"{number}.txt": b"x" for number in range(5)}), Limits(members=4))
    with pytest.raises(TooLarge):
        members(packed({"a.txt": b"x"}), depth=3)


def test_all_files_together_are_bounded() -> None:
    text = "按照规定公开。\n".encode()
    limits = Limits(total_bytes=4 * len(text))
    names = [NamedBytes(f"{number}.txt", text + str(number).encode()) for number in range(5)]
    assert [note.cause for note in read_document(names, limits=limits).unread] == ["too_large", "too_large"]


def test_an_archive_in_an_archive_is_read_and_one_bad_member_reported() -> None:
    inner = packed({"内.txt": "二、总体情况\n".encode()})
    outer = packed(
        {
            "外.txt": "一、职责\n".encode(),
            "内.zip": inner,
            "坏.docx": b"PK\x03\x04 broken",
            "空.txt": b"",
            "音.mp3": b"ID3\x04",
        }
    )
    document = read_document([NamedBytes("公开.zip", outer)])
    assert [(file.name, file.format) for file in document.files] == [
        ("公开.zip", "zip"), ("外.txt", "text"), ("内.zip", "zip"), ("内.txt", "text"),
    ]  # fmt: skip
    assert document.files[1].within == document.files[0].sha256
    assert document.files[3].within == document.files[2].sha256
    assert [block.file for block in document.blocks] == [1, 3]
    assert [(note.name, note.cause) for note in document.unread] == [
        ("坏.docx", "corrupt"), ("空.txt", "empty_file"), ("音.mp3", "unsupported"),
    ]  # fmt: skip


def test_an_archive_that_holds_itself_over_and_over_ends() -> None:
    data = packed({"a.txt": "一、职责".encode()})
    for _ in range(6):
        data = packed({"a.zip": data})
    with pytest.raises(TooLarge):
        read_document([NamedBytes("a.zip", data)])


def test_a_broken_archive_is_corrupt() -> None:
    data = packed({"a.txt": b"x" * 1000})
    for cut in (4, 30, len(data) - 5):
        with pytest.raises(Corrupt):
            read_document([NamedBytes("a.zip", data[:cut])])


def lzma_zip(dictionary: int | None = None, damage: bool = False) -> bytes:
    """An archive of a good member and one packed by LZMA, which may state another dictionary or be damaged."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("a.txt", "第一份正文")
        package.writestr("b.txt", "第二份正文" * 50, zipfile.ZIP_LZMA)
        start = package.getinfo("b.txt").header_offset + 30 + len("b.txt") + 4
    data = bytearray(out.getvalue())
    if dictionary is not None:
        data[start + 1 : start + 5] = struct.pack("<I", dictionary)
    if damage:
        data[start + 8 : start + 20] = b"\xff" * 12
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "cause"),
    [(lzma_zip(), None), (lzma_zip(0xFFFFFFFF), "too_large"), (lzma_zip(damage=True), "corrupt")],
    ids=["sound", "a dictionary of 4 GiB", "damaged"],
)
def test_a_member_packed_by_lzma_costs_no_more_than_itself(data: bytes, cause: str | None) -> None:
    found = read_document([NamedBytes("a.zip", data)])
    assert [file.name for file in found.files][:2] == ["a.zip", "a.txt"]
    assert [note.cause for note in found.unread] == ([cause] if cause else [])


def tar(mode: str, names: Sequence[bytes]) -> bytes:
    """A tar archive, its members called as these bytes are."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode, format=tarfile.GNU_FORMAT) as archive:  # type: ignore[call-overload]
        for name in names:
            entry = tarfile.TarInfo(name.decode("utf-8", "surrogateescape"))
            entry.size = len("一、职责\n".encode())
            archive.addfile(entry, io.BytesIO("一、职责\n".encode()))
    return file.getvalue()


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_tar_archives_with_names_in_gbk(mode: str) -> None:
    data = tar(mode, ["附件/预算.txt".encode("gbk"), "说明.txt".encode(), b"__MACOSX/._x"])
    document = read_document([NamedBytes("附件.tar", data)])
    assert [file.name for file in document.files] == ["附件.tar", "预算.txt", "说明.txt"]


def test_a_compressed_file_is_read_by_the_name_it_had() -> None:
    document = read_document([NamedBytes("预算.TXT.GZ", gzip.compress("一、职责\n".encode()))])
    assert [file.name for file in document.files] == ["预算.TXT.GZ", "预算.TXT"]


@pytest.mark.skipif(not ctypes.util.find_library("archive"), reason="this machine has no libarchive")
def test_archives_in_7z_are_opened_by_libarchive(tmp_path: Path) -> None:
    import libarchive  # it fails to load where the library is missing

    path = tmp_path / "a"
    with libarchive.file_writer(str(path), "7zip") as archive:
        content = "一、职责\n".encode()
        archive.add_file_from_memory("附件/预算.txt", len(content), content)
    document = read_document([NamedBytes("a", path.read_bytes())])
    assert [file.name for file in document.files] == ["a", "预算.txt"]


@pytest.mark.parametrize(
    "data", [tar("w:gz", [b"a"])[:60], b"Rar!\x1a\x07\x01\x00x", b"7z\xbc\xaf\x27\x1cx"], ids=["gz", "rar", "7z"]
)
def test_damaged_archives_of_every_kind_are_told(data: bytes) -> None:
    with pytest.raises(PermanentError):
        read_document([NamedBytes("a", data)])


def test_a_bomb_of_one_compressed_file_is_refused() -> None:
    with pytest.raises(TooLarge):
        read_document([NamedBytes("a.gz", gzip.compress(bytes(20_000_000)))], limits=Limits(archive_ratio=2))


@pytest.mark.skipif(not ctypes.util.find_library("archive"), reason="this machine has no libarchive")
def test_a_rar_archive_that_is_cut_or_leads_astray_is_told() -> None:
    whole = rar({"a.txt": "一、职责\n".encode(), "b.txt": "二、机构\n".encode()})
    assert read_document([NamedBytes("a.rar", whole)]).unread == ()
    second = whole.index(b"b.txt")
    for damaged in (whole[: second - 12], whole[: second - 30] + b"xxxx" + whole[second - 30 :]):
        document = read_document([NamedBytes("a.rar", damaged)])
        assert [file.name for file in document.files] == ["a.rar", "a.txt"]
        assert [(each.name, each.cause) for each in document.unread] == [("a.rar", "corrupt")]
