"""CHECKS 14: the figures of the explanation (情况说明) against each other and against the tables."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal

from services.normalizer.checks.book import Book
from services.normalizer.checks.equations import Figure
from services.normalizer.checks.outcome import Outcome, Stated
from services.normalizer.checks.places import numbers
from services.normalizer.checks.wording import money
from services.normalizer.language import vocabulary
from services.normalizer.language.money import UNIT_WORDS, UNITS
from services.normalizer.language.text import label, narrow
from services.normalizer.prose.explanation import is_of_government
from services.normalizer.prose.stated import OF_EXPENDITURE, Role, Subject
from shared.schemas.document import Paragraph
from shared.schemas.names import DisclosureKind, Metric
from shared.schemas.records import Fact

_LONGEST_TITLE = 60

METRIC_TITLES = {
    Metric.INCOME_TOTAL: "预算收入",
    Metric.INCOME_GENERAL_PUBLIC_BUDGET: "一般公共预算收入",
    Metric.INCOME_GOVERNMENT_FUND: "政府性基金预算收入",
    Metric.INCOME_STATE_CAPITAL: "国有资本经营预算收入",
    Metric.INCOME_FISCAL_ACCOUNT: "财政专户核拨收入",
    Metric.INCOME_UNIT_FUNDS: "单位资金收入",
    Metric.INCOME_OTHER: "其他来源收入",
    Metric.INCOME_CARRYOVER: "上年结转结余",
    Metric.EXPENDITURE_TOTAL: "支出预算",
    Metric.EXPENDITURE_BASIC: "基本支出",
    Metric.EXPENDITURE_PERSONNEL: "人员经费",
    Metric.EXPENDITURE_PUBLIC_USE: "日常公用经费",
    Metric.EXPENDITURE_PROJECT: "项目支出",
    Metric.CHANGE_TOTAL: "收支比上年增减额",
    Metric.CHANGE_BASIC: "基本支出比上年增减额",
    Metric.CHANGE_PROJECT: "项目支出比上年增减额",
    Metric.AGENCY_OPERATING_FUNDS: "机关运行经费",
    Metric.THREE_PUBLIC_TOTAL: "“三公”经费",
    Metric.THREE_PUBLIC_OVERSEAS: "因公出国（境）费",
    Metric.THREE_PUBLIC_VEHICLE: "公务用车购置及运维费",
    Metric.THREE_PUBLIC_VEHICLE_PURCHASE: "公务用车购置费",
    Metric.THREE_PUBLIC_VEHICLE_OPERATION: "公务用车运行维护费",
    Metric.THREE_PUBLIC_RECEPTION: "公务接待费",
    Metric.THREE_PUBLIC_CHANGE: "“三公”经费比上年增减额",
    Metric.PROCUREMENT_TOTAL: "政府采购预算",
    Metric.FIXED_ASSETS_YEAR_END: "上年末固定资产金额",
    Metric.FIXED_ASSETS_PLANNED: "拟购置固定资产总额",
    Metric.INCOME_WITH_CARRYOVER: "收入总计",
    Metric.EXPENDITURE_WITH_CARRYOVER: "支出总计",
    Metric.INCOME_PART: "收入",
    Metric.EXPENDITURE_PART: "支出",
    Metric.CHANGE_PART: "比上年增减额",
    Metric.PROCUREMENT_PART: "政府采购",
}


def name_of(subject: Subject) -> str:
    """How a message names what a figure is of."""
    if subject.scope is None and len(subject.metrics) > 1:
        return "收支总计"
    if subject.scope is not None and OF_EXPENDITURE & set(subject.metrics):
        return subject.scope + METRIC_TITLES[subject.metrics[0]]
    return subject.scope or (METRIC_TITLES[subject.metrics[0]] if subject.metrics else subject.name)


_INCOME_PARTS = tuple(
    metric
    for metric in Metric
    if metric.startswith("income_")
    and metric not in {Metric.INCOME_TOTAL, Metric.INCOME_WITH_CARRYOVER, Metric.INCOME_PART}
)
_SUMS = (
    (Metric.EXPENDITURE_BASIC, (Metric.EXPENDITURE_PERSONNEL, Metric.EXPENDITURE_PUBLIC_USE), True),
    (
        Metric.THREE_PUBLIC_VEHICLE,
        (Metric.THREE_PUBLIC_VEHICLE_PURCHASE, Metric.THREE_PUBLIC_VEHICLE_OPERATION),
        True,
    ),
    (
        Metric.THREE_PUBLIC_TOTAL,
        (Metric.THREE_PUBLIC_OVERSEAS, Metric.THREE_PUBLIC_VEHICLE, Metric.THREE_PUBLIC_RECEPTION),
        True,
    ),
    (Metric.EXPENDITURE_TOTAL, (Metric.EXPENDITURE_BASIC, Metric.EXPENDITURE_PROJECT), False),
    (Metric.INCOME_TOTAL, _INCOME_PARTS, False),
)
"""Totals and parts in prose; True where the parts are all there are and each must be stated.

One part alone is no enumeration.
"""


def check_prose_sums(book: Book, outcome: Outcome) -> None:
    """Figures of one enumeration add up: 收入, 支出, 基本支出, “三公”, 政府采购."""
    for total_metric, part_metrics, closed in _SUMS:
        total = book.fact(total_metric)
        parts = _beside(book, total, part_metrics) if total else []
        further = _further_parts(book, total, total_metric) if total and not closed else []
        least = len(part_metrics) if closed else 2
        if total is None or len(parts) + len(further) < least:
            continue
        names = "、".join(_part_name(part.record) for part in (*parts, *further) if isinstance(part.record, Fact))
        ways = [way for way in ([*parts, *further], parts, further) if len(way) >= least]
        doubt = None if closed else _doubt_of(book, total, [*parts, *further], ways)
        subject = f"正文中{METRIC_TITLES[total_metric]}"
        outcome.adds_up_some_way(subject, total, ways, f"{names or '所列各项'}之和", doubt)
    _check_funds(book, outcome)
    procured = book.fact(Metric.PROCUREMENT_TOTAL)
    if procured is not None and (classes := _classes_of(book, procured)):
        subject = f"正文中{METRIC_TITLES[Metric.PROCUREMENT_TOTAL]}"
        outcome.adds_up(subject, procured, classes, "货物、工程、服务之和")
    if not outcome.comparisons:
        outcome.lacks("正文没有可核对的收支构成")


_SUMS_OF_A_FUND = (
    (Metric.EXPENDITURE_BASIC, (Metric.EXPENDITURE_PERSONNEL, Metric.EXPENDITURE_PUBLIC_USE)),
    (Metric.EXPENDITURE_PART, (Metric.EXPENDITURE_BASIC, Metric.EXPENDITURE_PROJECT)),
)


def _check_funds(book: Book, outcome: Outcome) -> None:
    """The expenditure of one fund, in the sentence that states it: 基本 and 项目支出, 人员 and 公用经费."""
    for told in book.told:
        levels: defaultdict[tuple[int, str, Metric], list[Figure]] = defaultdict(list)
        for each in told.statements:
            record = book.fact_at(told.block, abs(each.amount))
            if each.role is Role.LEVEL and each.year == book.year and each.subject.scope and record is not None:
                figure = Figure(each.amount, each.unit, record, "amount")
                levels[each.sentence, each.subject.scope, each.subject.metrics[0]].append(figure)
        for (sentence, scope, metric), totals in list(levels.items()):
            for _, parts in (each for each in _SUMS_OF_A_FUND if each[0] is metric):
                found = [levels.get((sentence, scope, part), []) for part in parts]
                if len(totals) == 1 and all(len(each) == 1 for each in found):
                    figures = [each[0] for each in found]
                    names = "与".join(METRIC_TITLES[part] for part in parts)
                    doubt = (
                        None if metric is Metric.EXPENDITURE_BASIC else _other_amounts(book, [*totals, *figures])
                    )
                    name = scope if metric is Metric.EXPENDITURE_PART else scope + METRIC_TITLES[metric]
                    outcome.adds_up(f"正文中{name}", totals[0], figures, f"{names}之和", doubt)


def _classes_of(book: Book, procured: Figure) -> list[Figure]:
    """Goods, works and services, where the sentence that states what is procured states each of them once."""
    found: defaultdict[str, list[Figure]] = defaultdict(list)
    for fact in book.facts:
        figure = book.figure(fact) if fact.metric is Metric.PROCUREMENT_PART and fact.year == book.year else None
        if figure is not None and _in_one_sentence(book, procured, figure):
            found[(fact.scope or "").removesuffix("类")].append(figure)
    classes = [found[name] for name in ("货物", "工程", "服务")]
    return [each[0] for each in classes] if all(len(each) == 1 for each in classes) else []


def _part_name(fact: Fact) -> str:
    return fact.scope or METRIC_TITLES[fact.metric]


def _doubt_of(book: Book, total: Figure, parts: Sequence[Figure], ways: Sequence[Sequence[Figure]]) -> str | None:
    """Why parts that do not add up to `total` may not be all its parts, or not parts beside each other."""
    if reason := _other_amounts(book, [total, *parts]) or _left_out(book, total, ways):
        return reason
    excess = sum((part.amount for part in parts), Decimal(0)) - total.amount
    within = excess > 0 and any(part.amount == excess for part in parts)
    return "多出的金额恰为其中一项，该项可能已含在另一项之内" if within else None


def _left_out(book: Book, total: Figure, ways: Sequence[Sequence[Figure]]) -> str | None:
    """Why sources of income that add up to less say nothing: but 其他来源收入 of a budget is all the rest."""
    assert isinstance(total.record, Fact)
    if total.record.metric is not Metric.INCOME_TOTAL:
        return None
    final = book.disclosure is not None and book.disclosure.kind is DisclosureKind.FINAL_ACCOUNTS
    named = {part.record.metric for way in ways for part in way if isinstance(part.record, Fact)}
    if Metric.INCOME_OTHER in named and not final:
        return None
    most = max(sum((part.amount for part in way), Decimal(0)) for way in ways)
    return "正文所列收入来源未必齐全" if most < total.amount else None


def _beside(book: Book, total: Figure, metrics: tuple[Metric, ...]) -> list[Figure]:
    """The figures of `metrics` in the sentence of `total`: numbers of two sentences are no enumeration."""
    found = (
        next((one for one in book.facts_of(metric) if _in_one_sentence(book, total, one)), None)
        for metric in metrics
    )
    return [figure for figure in found if figure is not None]


def _in_one_sentence(book: Book, one: Figure, other: Figure) -> bool:
    if one.record.provenance.block != other.record.provenance.block:
        return False
    first, second = book.statement_of(one.record, one.amount), book.statement_of(other.record, other.amount)
    return first is None or second is None or first.sentence == second.sentence


def _further_parts(book: Book, total: Figure, metric: Metric) -> list[Figure]:
    """The parts of a total that no metric names (事业收入, 单位预留机动经费) in its sentence."""
    words = vocabulary.metrics()
    income = metric is Metric.INCOME_TOTAL
    wanted = Metric.INCOME_PART if income else Metric.EXPENDITURE_PART
    known = {*words.income_parts, *words.funds["other"]} if income else set(words.expenditure_parts)
    return [
        figure
        for fact in book.facts
        if fact.metric is wanted
        and fact.scope in known
        and (figure := book.figure(fact)) is not None
        and _in_one_sentence(book, total, figure)
    ]


def _other_amounts(book: Book, enumeration: Sequence[Figure]) -> str | None:
    """Why an enumeration may have further parts: its paragraph names amounts beside these and their changes."""
    place = enumeration[0].record.provenance.block
    block = book.block(place)
    if not isinstance(block, Paragraph):
        return None
    stated = [number.value * number.scale for number in numbers(block.text) if number.scale and number.value]
    changes = [fact for fact in book.facts if fact.provenance.block == place and fact.metric.startswith("change_")]
    known = [abs(figure.amount) for figure in enumeration] + [abs(fact.amount) for fact in changes if fact.amount]
    return "正文所列构成中有未能归类的金额" if Counter(stated) - Counter(known) else None


_EXPLAINED = re.compile("口径|包[含括]项目|含项目|项目支出")


def check_agency_funds(book: Book, outcome: Outcome) -> None:
    """机关运行经费 is public-use money of the offices alone, so no more than all of 公用经费."""
    agency, public = book.fact(Metric.AGENCY_OPERATING_FUNDS), book.fact(Metric.EXPENDITURE_PUBLIC_USE)
    if agency is None or public is None:
        outcome.lacks("正文没有同时说明机关运行经费与公用经费")
    elif agency.amount == public.amount * UNITS["万元"]:
        outcome.lacks("机关运行经费与公用经费相差一万倍，单位有疑问")
    else:
        text = label(agency.record.provenance.text)
        doubt = "正文说明机关运行经费的口径与公用经费不同" if _EXPLAINED.search(text) else None
        outcome.at_most("正文中机关运行经费", agency, public, "日常公用经费", doubt)


def check_repeated_facts(book: Book, outcome: Outcome) -> None:
    """A fact of the whole stated twice is stated alike; figures of one sentence may be those of several units."""
    groups: defaultdict[tuple[Metric, int | None, tuple[Metric, ...]], list[Figure]] = defaultdict(list)
    for fact in book.facts:
        figure = book.figure(fact)
        if figure is not None and fact.scope is None and book.told:
            stated = book.statement_of(fact, figure.amount)
            of_change = fact.metric is Metric.CHANGE_TOTAL and stated is not None
            groups[fact.metric, fact.year, stated.subject.metrics if of_change and stated else ()].append(figure)
    outcome.tried(_stated_alike(book))
    doubt = "文件含多套预算表，正文所指不能确定" if len(book.volumes) > 1 else None
    for (metric, year, _), (first, *others) in groups.items():
        parts = _parts(first, others)
        for other in others:
            if other.record.provenance.block in parts:
                continue
            subject = f"正文再次出现的{year or ''}年{METRIC_TITLES[metric]}"
            outcome.agrees(subject, book.as_printed(other), book.as_printed(first), "前文所述", doubt)
    _check_said_twice(book, outcome)
    if not outcome.comparisons:
        outcome.absent = "正文没有重复出现的数字"


_PLANNED_AGAIN = re.compile(
    rf"(?<=[,。;])(20\d\d)年(?:当年|本年|年初)?预算(?:安排|数)?为?(\d+(?:\.\d+)?)({UNIT_WORDS})"
)


def _check_said_twice(book: Book, outcome: Outcome) -> None:
    """A paragraph about one thing states its budget again after last year's: 350.35万元…，2024年预算安排…."""
    if book.disclosure is None or book.disclosure.kind is not DisclosureKind.DEPARTMENT_BUDGET:
        return
    for told in book.told:
        of_the_year = [each for each in told.statements if each.role is Role.LEVEL and each.subject.metrics]
        again = [match for match in _PLANNED_AGAIN.finditer(told.text) if int(match[1]) == book.year]
        if len(of_the_year) != 1 or len(again) != 1 or of_the_year[0].year != book.year:
            continue
        first, (digits, word) = of_the_year[0], again[0].groups()[1:]
        amount, unit = Decimal(digits) * UNITS[word], UNITS[word].scaleb(-len(digits.partition(".")[2]))
        outcome.tried()
        if abs(amount - first.amount) > (first.unit + unit) / 2:
            record = book.fact_at(told.block, first.amount)
            outcome.breaks(
                f"正文同一段中{name_of(first.subject)}{book.year}年预算先写为{money(first.amount)}，又写为{money(amount)}。",
                (record,) if record else (),
                (first.amount, amount),
            )


def _stated_alike(book: Book) -> int:
    """How often a paragraph states again, by the same amount, what one before it stated of the whole."""
    blocks: defaultdict[tuple[Metric, int | None, Decimal], set[int]] = defaultdict(set)
    for told in book.told:
        for each in told.statements:
            if each.role is Role.LEVEL and each.subject.scope is None:
                for metric in each.subject.metrics:
                    blocks[metric, each.year, each.amount].add(told.block)
    return sum(len(found) - 1 for found in blocks.values())


def _parts(whole: Figure, others: Sequence[Figure]) -> set[int | None]:
    """The paragraphs that say nothing again: that of `whole`, and those whose figures, one a unit, sum to it."""
    beside: defaultdict[int | None, list[Decimal]] = defaultdict(list)
    for each in others:
        beside[each.record.provenance.block].append(each.amount)
    added = {block for block, parts in beside.items() if len(parts) > 1 and sum(parts, Decimal(0)) == whole.amount}
    return added | {whole.record.provenance.block}


_HEADING_YEAR = re.compile(r"(20\d\d)年度?(?:部门|单位)?(决算|预算)(?:情况)?说明")
_AT_YEAR_END = re.compile(r"截[至止](20\d\d)年12月31日")


def check_years(book: Book, outcome: Outcome) -> None:
    """A figure is given for the fiscal year or the one before; titles and dates bear the fiscal year."""
    if book.year is None or (book.disclosure is not None and is_of_government(book.disclosure)):
        outcome.lacks("没有预算年度或部门的正文数字")
        return
    wrong: defaultdict[tuple[int | None, int], list[Fact]] = defaultdict(list)
    for fact in book.facts:
        if fact.year is None:
            continue
        outcome.tried()
        if fact.year not in (book.year, book.year - 1) and not _is_of_a_series(book, fact):
            wrong[fact.provenance.block, fact.year].append(fact)
    for (_, year), facts in wrong.items():
        first = facts[0]
        amount = money(first.amount) if first.amount is not None else label(first.provenance.text)
        more = f"等{len(facts)}个数字" if len(facts) > 1 else ""
        outcome.breaks(
            f"正文中{first.scope or METRIC_TITLES[first.metric]}{amount}{more}写为{year}年，"
            f"预算年度为{book.year}年。",
            facts,
            texts=Stated(str(book.year), str(year), "年"),
        )
    _check_compared_year(book, outcome, book.year)
    if book.disclosure is not None and book.disclosure.kind is DisclosureKind.FINAL_ACCOUNTS:
        _check_dates(book, outcome, book.year)
    if not outcome.comparisons:
        outcome.lacks("正文没有写明年度的数字")


def _is_of_a_series(book: Book, fact: Fact) -> bool:
    """Whether the sentence of a figure gives one for the fiscal year too: 2023年…，2024年…，2025年…"""
    stated = book.statement_of(fact, fact.amount) if fact.amount is not None else None
    return stated is not None and any(
        each.sentence == stated.sentence and each.year == book.year and each.role is Role.LEVEL
        for told in book.told
        if told.block == fact.provenance.block
        for each in told.statements
    )


def _check_compared_year(book: Book, outcome: Outcome, fiscal: int) -> None:
    """A total of the accounts is not of the very year it is then compared with (2022年度…。与2022年度相比)."""
    for told in book.told:
        first = told.statements[0] if told.statements else None
        stated = (
            first is not None and first.role is Role.LEVEL and first.subject.metrics[:1] == (Metric.INCOME_TOTAL,)
        )
        if first is None or not stated or first.year != fiscal - 1:
            continue
        outcome.tried()
        if re.search(f"与{first.year}年度?.{{0,6}}相比", told.text):
            record = book.fact_at(told.block, first.amount)
            outcome.breaks(
                f"正文中收支总计{money(first.amount)}写为{first.year}年，又与{first.year}年相比，预算年度为{fiscal}年。",
                (record,) if record else (),
                texts=Stated(str(fiscal), str(first.year), "年"),
            )


def _check_dates(book: Book, outcome: Outcome, fiscal: int) -> None:
    """In accounts: the year in the title of the explanation, and the day its assets are counted."""
    seen: set[str] = set()
    for block in book.document.blocks:
        if not isinstance(block, Paragraph):
            continue
        text = narrow(label(block.text))
        for pattern, what in ((_HEADING_YEAR, "情况说明的标题"), (_AT_YEAR_END, "国有资产的截止日期")):
            match = pattern.search(text) if pattern is _AT_YEAR_END or len(text) <= _LONGEST_TITLE else None
            if match is None or match[0] in seen:
                continue
            seen.add(match[0])
            outcome.tried()
            if int(match[1]) != fiscal:
                message = f"{what}写为{match[1]}年（{match[0]}），决算年度为{fiscal}年。"
                outcome.breaks(message, (), texts=Stated(str(fiscal), match[1], "年"))
