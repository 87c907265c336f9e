"""The disclosure record: title, department, region, year and kind of the document as a whole."""

from services.normalizer.identity.identify import Identity, identify
from services.normalizer.layout import Layout
from services.normalizer.recorder import Left, LeftKind, ReaderResult, Recorder
from shared.schemas.document import Document
from shared.schemas.names import Severity
from shared.schemas.records import Attachment, Disclosure


def read(layout: Layout, recorder: Recorder) -> ReaderResult:
    """The one disclosure record; what neither portal nor document states is null."""
    document = layout.document
    identity = identify(layout)
    department = identity.department
    record = recorder.make(
        Disclosure,
        recorder.at_document(identity.title or ""),
        title=identity.title,
        region_code=identity.place.code,
        region_name=identity.place.name,
        department=department.name if department else None,
        department_code=department.code if department else None,
        fiscal_year=identity.fiscal_year,
        kind=identity.kind,
        published_at=document.origin.published_at or _published(document),
        source_url=document.origin.url,
        attachments=_attachments(document),
        revision=document.revision,
        supersedes=document.supersedes,
    )
    return ReaderResult((record,), left=_conflicts(identity, record, recorder))


def _published(document: Document) -> object:
    return next((file.head.published_at for file in document.files if file.head and file.head.published_at), None)


def _attachments(document: Document) -> tuple[Attachment, ...]:
    """The files of the disclosure other than the article page itself."""
    return tuple(
        Attachment(name=file.name, url=file.url, sha256=file.sha256, format=file.format)
        for file in document.files
        if file.url is None or file.url != document.origin.url
    )


def _conflicts(identity: Identity, record: Disclosure, recorder: Recorder) -> tuple[Left, ...]:
    """That the document names another region than the portal it was published on."""
    other = identity.place.conflict
    if other is None:
        return ()
    place = identity.place
    message = (
        f"门户登记的地区为{place.name}（{place.code}），文件写的是{other.full_name}（{other.code}）；"
        "记录按门户的地区。"
    )
    at = recorder.at_document(identity.title or "")
    return (Left(LeftKind.REGION, Severity.WARNING, message, at, (record.id,)),)
