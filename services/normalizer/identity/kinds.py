"""What a document is: a department's budget, accounts or targets, or a government's own."""

import re
from collections.abc import Sequence
from itertools import islice
from typing import Final

from services.normalizer.identity.evidence import Evidence
from services.normalizer.identity.names import TOWN, is_of_government
from services.normalizer.identity.titles import TitleCandidate
from services.normalizer.language.years import YEAR, plain_years
from services.normalizer.layout import Layout
from shared.schemas.names import DisclosureKind, TableName

_OF_DEPARTMENT: Final = re.compile(
    r"(?<!分)(?<!征收)部门(?!(?:预算)?(?:支出)?经济分类)|单位(?!基本养老|养老)|三公|绩效|采购|机关运行|街道(?![)）]?[^，。]{0,6}(?:转移支付|补助))|学校|拨款(?!.*转移支付)"
)
_OF_GOVERNMENT: Final = re.compile(
    r"预算执行|执行情况|执行表|预算[(（]?草案|决算[(（]?草案|财政预算|财政决算|财政总决算|财政收支|财政收入|财政支出|财政运行|政府预算|政府决算|预算调整|调整预算|调整方案|"
    r"政府.{0,4}债|债务限额|债务余额|债务情况|债券|转移支付|(?:社会|养老|医疗|失业|工伤)保险基金|税收返还|直达资金|三保|预备费|全[省市县区州盟旗]|[省市县区州盟旗](?:本)?级|本级|社会保险"
)
_PRESENTED: Final = re.compile(r"[省市县区州盟旗]人民政府关于.{0,30}[预决]算.{0,20}报告")
"""A government that reports on its budget or accounts: `青石县人民政府关于2025年决算的报告`."""
_TOWNS_OWN: Final = re.compile(
    "(?:预算执行|执行情况).*草案|财政(?:收支)?(?:预算|决算|总决算)|政府预算|政府决算|调整方案|收支平衡"
)
"""What in the title of a town says that it is of all its finances, not of the office that is a department."""
_ZONES_OFFICE: Final = re.compile("(?:[新园]区|开发区|高新区|经开区|示范区|度假区)(?:管理委员会|管委会)$")
_DEBT: Final = re.compile(r"政府.{0,4}债|债务限额|债务余额|债务|债券")
_WITH_DEBT: Final = re.compile(r"^[^债]*[预决]算[^债]{0,8}(?:报告|公开|草案)[^债]*债")
"""A budget or accounts with the tables of debt behind: `2018年决算报告及政府债务限额、余额表`."""
_NEXT_BUDGET: Final = re.compile(r"执行[^，。]{0,16}(?:和|与|及|暨)[^，。]{0,16}20\d\d年[^，。]{0,20}预算(?!执行)")
_ADJUSTMENT: Final = re.compile(r"预算.{0,4}调整|调整.{0,4}(?:预算|方案)")
_EXECUTION: Final = re.compile(
    r"执行|(?:直达|结余|结转)资金.{0,6}(?:使用|支出)|完成情况|财政收支(?:完成)?情况|财政运行|(?<!\d)\d{1,2}月|上半年|季度"
)
_ALL_DEPARTMENTS: Final = re.compile("三公.{0,12}汇总")
_WHOLE_LEVEL: Final = re.compile("(?:全|本)[省市县区州盟旗]?级?.{0,12}三公|[省市县区州盟旗]本?级.{0,8}三公")
"""“三公” expenses of all departments of a government together; of one level of it, beyond doubt."""
_FUND_NAMES: Final = re.compile(
    r"一般公共预算|政府性基金预算|国有资本经营预算|年初预算|预算单位|预算部门|预算编制|预算法"
)
_OWN_MONEY: Final = re.compile(
    r"(?:[全我][省市县区州盟旗镇乡](?:本级)?|[省市县区州盟旗]本?级)(?:地方)?(?:财政)?(?:一般公共预算|公共财政预算|政府性基金|国有资本经营|财政)(?:预算)?总?[收支]"
)
"""What is said of a government's own revenue and spending."""
_DONE_AS: Final = (
    (re.compile("决算"), DisclosureKind.GOVERNMENT_ACCOUNTS),
    (re.compile("完成|执行|实现"), DisclosureKind.GOVERNMENT_EXECUTION),
)
"""What a column or a sentence is of that says what was done."""
_TOLD_AS: Final = (
    *_DONE_AS,
    (re.compile("安排|预期|计划"), DisclosureKind.GOVERNMENT_BUDGET),
    (re.compile("同比|增长|下降"), DisclosureKind.GOVERNMENT_EXECUTION),
)
"""What a sentence on a government's revenue is of, where no other says what the document is."""
_PLANNED: Final = re.compile("预算|草案|安排|计划|任务")
_HEAD: Final = 6
"""Rows of a table in which its head is looked for."""
_ADDRESSED: Final = re.compile("各位代表|(?:尊敬的)?主任、")
_DEPARTMENTS_WORDS: Final = re.compile(
    "(?:部门|单位)(?:概况|职责|基本情况)|主要职[能责]|机构设置|本(?:部门|单位)|部门[预决]算(?:公开|情况|收支)"
)
"""What only the book of a department says."""
_BUDGET_PARTS: Final = re.compile(
    "预算安排的总体情况|^(?:.{1,4}[、.）)])?(?:收入|支出)说明|三公.?经费预算|部门预算收支|预算情况说明|预算表"
)
_TARGET_PARTS: Final = re.compile("绩效目标|绩效指标|绩效自评")
_STATED: Final = re.compile(r"(?:部门|单位)(预算|决算)|20\d\d年[^，。；]{0,30}?(预算|决算)")
_LONGEST_HEADING: Final = 60
_MOST_PROSE: Final = 200
"""Paragraphs in which a document without title or table is searched for its kind."""


def kind_of(
    layout: Layout, evidence: Evidence, titles: Sequence[TitleCandidate], *, labelled: bool
) -> DisclosureKind | None:
    """The kind the best title that tells one tells; else that of the tables, the headings, the sentences.

    Where a label names a department (`labelled`), the title of a table makes no document of a government. A table
    of a town may be of its office or of all its finances, as other titles tell.
    """
    of_town: DisclosureKind | None = None
    for title in titles:
        kind = kind_by_title(title)
        if kind and not kind.of_government and TOWN.search(title.department or ""):
            kind = _by_prose_of_government(evidence) or kind
        if kind and title.of_table and not kind.of_government and TOWN.search(title.department or ""):
            of_town = of_town or kind
        elif kind and not (kind.of_government and title.of_table and labelled):
            silent = kind is DisclosureKind.GOVERNMENT_BUDGET and not _PLANNED.search(
                _FUND_NAMES.sub("", title.bare)
            )
            return (_by_heads(layout, title) if silent else None) or kind
    return (
        of_town
        or _by_prose_of_government(evidence)
        or _by_tables(layout)
        or _by_headings(evidence)
        or _by_prose(evidence)
    )


def kind_by_title(title: TitleCandidate) -> DisclosureKind | None:
    """What a title says of itself; None where it says neither whose it is nor what."""
    if is_governments(title):
        return _of_government(title.bare)
    return _of_department(title.bare.replace(title.department or "\0", ""))


def is_governments(title: TitleCandidate) -> bool:
    """Whether `title` is of a government's own budget, accounts or debt.

    It names no department (or the one that presents them), no word of departments' books, one of a government's.
    """
    if title.department and not is_of_government(title.department):
        local = TOWN.search(title.department) or _ZONES_OFFICE.search(title.department)
        return bool(local and (_TOWNS_OWN.search(title.bare) or _NEXT_BUDGET.search(title.bare)))
    if not title.department and _may_be_of_all(title):
        return True
    if _OF_DEPARTMENT.search(title.bare.replace(title.department or "\0", "")):
        return False
    of_government = _OF_GOVERNMENT.search(title.bare) or _PRESENTED.search(title.bare)
    return title.place or title.place_of_budget or bool(of_government)


def _may_be_of_all(title: TitleCandidate) -> bool:
    of_level = bool(_WHOLE_LEVEL.search(title.bare))
    summed = of_level or bool(_ALL_DEPARTMENTS.search(title.bare))
    of_place = "三公" in title.bare and title.place_of_budget
    return of_place or (summed and (title.place or not title.of_table or (of_level and title.names_place)))


def _of_government(text: str) -> DisclosureKind:
    drafted = "草案" in text or _NEXT_BUDGET.search(text)
    if _EXECUTION.search(text) and drafted and "决算" not in text:
        return DisclosureKind.GOVERNMENT_BUDGET
    if _ADJUSTMENT.search(text):
        return DisclosureKind.GOVERNMENT_ADJUSTMENT
    if _DEBT.search(text) and not _WITH_DEBT.search(text):
        return DisclosureKind.GOVERNMENT_DEBT
    if "决算" in text and "预决算" not in text:
        return DisclosureKind.GOVERNMENT_ACCOUNTS
    if _EXECUTION.search(text):
        return DisclosureKind.GOVERNMENT_EXECUTION
    return DisclosureKind.GOVERNMENT_BUDGET


def _of_department(text: str) -> DisclosureKind | None:
    """决算 before 绩效 before 预算."""
    if "决算" in text and not re.search("预决算|预算.{0,6}决算", text):
        return DisclosureKind.FINAL_ACCOUNTS
    if "绩效" in text and not re.search("预算(?:信息)?(?:及|和|与|、)", text):
        return DisclosureKind.PERFORMANCE_TARGETS
    return DisclosureKind.DEPARTMENT_BUDGET if "预算" in text else None


def _by_heads(layout: Layout, title: TitleCandidate) -> DisclosureKind | None:
    """What the columns of tables say that a title like `2024年青石县政府性基金收支情况` does not."""
    year = str(title.years[-1]) if title.years else ""
    rows = [(grid, row) for grid in layout.grids.values() for row in islice(grid.rows(), _HEAD)]
    heads = {re.sub(f"^{year}年?度?", "", plain_years(text)) for grid, row in rows for text in grid.labels(row)}
    for words, kind in _DONE_AS:
        if any(re.fullmatch(f"(?:累计|实际)?(?:{words.pattern})数?", head) for head in heads):
            return kind
    return None


def _by_prose_of_government(evidence: Evidence) -> DisclosureKind | None:
    """What a report without a title is, that speaks to a congress, or of the revenue of all of a place."""
    texts = [re.sub(r"[“”\"]", "", text) for text in evidence.sentences[:_MOST_PROSE]]
    if any(_DEPARTMENTS_WORDS.search(text) for text in texts):
        return None
    sentences = [sentence for text in texts for sentence in re.split("[。；;]", text)]
    own = [sentence for sentence in sentences if _OWN_MONEY.search(sentence)]
    if not own and not any(_ADDRESSED.match(text) for text in texts):
        return None
    for sentence in sentences:
        if YEAR.search(sentence) and re.search("预算|决算", _FUND_NAMES.sub("", sentence)):
            return _of_government(sentence)
    return next((kind for words, kind in _TOLD_AS if own and words.search(own[0])), None)


def _by_tables(layout: Layout) -> DisclosureKind | None:
    known = layout.of(*TableName)
    if not known:
        return None
    of_department = [each for each in known if each.title and "决算" in each.title]
    return DisclosureKind.FINAL_ACCOUNTS if of_department else DisclosureKind.DEPARTMENT_BUDGET


def _by_headings(evidence: Evidence) -> DisclosureKind | None:
    lines = [
        re.sub(r"[“”\"]", "", each.plain)
        for each in (*evidence.opening, *evidence.parts, *evidence.body, *evidence.titles_of_tables)
        if len(each.plain) < _LONGEST_HEADING
    ]
    if any("决算" in each.plain and re.search("部门决算|单位决算", each.plain) for each in evidence.parts):
        return DisclosureKind.FINAL_ACCOUNTS
    if any(_BUDGET_PARTS.search(line) for line in lines):
        return DisclosureKind.DEPARTMENT_BUDGET
    if any(_TARGET_PARTS.search(line) for line in lines):
        return DisclosureKind.PERFORMANCE_TARGETS
    return None


def _by_prose(evidence: Evidence) -> DisclosureKind | None:
    """What the first sentence that states a year's budget or accounts calls it."""
    for text in evidence.sentences[:_MOST_PROSE]:
        if match := _STATED.search(_FUND_NAMES.sub("", plain_years(text))):
            final = "决算" in (match[1] or match[2])
            return DisclosureKind.FINAL_ACCOUNTS if final else DisclosureKind.DEPARTMENT_BUDGET
    return None
