"""The units of a department where prose lists them: `下设2个预算单位：1.…本级，行政单位，财政拨款；2.…站`."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from services.normalizer.language.text import joined, label, without_marker
from services.normalizer.layout import Layout
from services.normalizer.recorder import Recorder
from shared.schemas.document import Block, Paragraph
from shared.schemas.records import OrganisationUnit

_SECTION: Final = re.compile("机构设置|机构情况|单位构成|部门构成|单位基本情况|部门概况")
_LEAD: Final = re.compile(
    r"(?!.*(?:内设|股室|科室|处室))(?P<lead>[^:：]{0,80}(?:预算|核算|编报|所属|下属|直属)[^:：]{0,8}单位[^:：]{0,40})[:：](?P<rest>.*)",
    re.DOTALL,
)
_UNIT: Final = re.compile(
    r"[\u4e00-\u9fff（）()“”]{3,40}(?:本级|机关|局|委|办|部|院|中心|会|站|所|馆|政府|队|校|学|园|社|处|公司|厅|室|场|库|台|[)）])"
)
_MARKED: Final = re.compile(r"\s*(?:[（(]?\d{1,2}[)）.、．]|[（(]?[一二三四五六七八九十]{1,3}[)）、])")
_KINDS: Final = (
    ("rank", re.compile(r".{0,6}[正副]?(?:厅|处|科|股)级")),
    ("funding", re.compile(r".{0,6}(?:拨款|财政|自收自支|全额|差额|定额|自筹).{0,12}")),
    ("nature", re.compile(r".{0,10}(?:行政|事业|参公|公益|企业|机关|群团).{0,10}")),
)


def units(layout: Layout, recorder: Recorder) -> Iterator[OrganisationUnit]:
    """The units of every such list."""
    blocks = layout.document.blocks
    for number, block in enumerate(blocks):
        if not isinstance(block, Paragraph) or not any(map(_SECTION.search, layout.sections[number])):
            continue
        if match := _LEAD.fullmatch(joined(block.text)):
            rest = [(number, text) for text in re.split("[；;。]", match["rest"]) if text.strip()]
            for place, text in rest or _marked(blocks, number + 1):
                yield from _unit(recorder, place, text)


def _marked(blocks: Sequence[Block], start: int) -> Iterator[tuple[int, str]]:
    """The numbered lines from `start` on."""
    for number in range(start, len(blocks)):
        block = blocks[number]
        if not isinstance(block, Paragraph) or not _MARKED.match(block.text):
            return
        yield number, joined(block.text).rstrip("；;。")


def _unit(recorder: Recorder, block: int, text: str) -> Iterator[OrganisationUnit]:
    name, *said = re.split("[，,]", without_marker(joined(text)))
    if not _UNIT.fullmatch(name.strip()):
        return
    fields: dict[str, str] = {}
    for each in said:
        kind = next(
            (kind for kind, pattern in _KINDS if kind not in fields and pattern.fullmatch(label(each))), None
        )
        if kind:
            fields[kind] = each.strip()
    yield recorder.make(
        OrganisationUnit,
        recorder.at_paragraph(block, text),
        name=name.strip(),
        nature=fields.get("nature"),
        rank=fields.get("rank"),
        funding=fields.get("funding"),
    )
