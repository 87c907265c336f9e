"""A world of fictional counties from a seed: who publishes what, when, in which format; written when asked for."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cached_property
from random import Random
from typing import Final, Literal

from services.sample_portals.budget import make_budget
from services.sample_portals.defects import plant
from services.sample_portals.disclosure import PublishingDepartment, Written, compose, write
from services.sample_portals.governments.accounts import make_accounts
from services.sample_portals.governments.defects import plant_government
from services.sample_portals.governments.layout import government_layout
from services.sample_portals.governments.write import PublishingCounty, write_government
from services.sample_portals.layout import layout
from services.sample_portals.render import docx, html, package, pdf, text, xlsx

NEWEST: Final = 2026
"""The newest year of which there is anything."""
OWN_DEFECTS: Final = ("balance_total", "class", "over_limit", "rate")
"""What may be wrong in a county's own document."""
BEIJING: Final = timezone(timedelta(hours=8))
Family = Literal["trs_wcm", "vsb", "json_catalogue"]
Format = Literal["html", "docx", "pdf", "text", "zip", "xlsx"]
Kind = Literal["department_budget", "performance_targets", "government", "notice"]

FAMILIES: Final[tuple[Family, ...]] = ("trs_wcm", "vsb", "json_catalogue")
FORMATS: Final[tuple[Format, ...]] = ("pdf", "docx", "html", "text", "zip")
PROVINCE: Final = "示例省星河市"
COUNTIES: Final = ("云岭县", "青禾县", "望溪区", "松塬县", "白榆县", "柳泉湾区", "石门坳县", "竹溪口县")
GOVERNMENTS: Final = (
    ("budget_codes", "关于{county}{last}年预算执行情况和{year}年预算草案的报告", 0),
    ("accounts", "{county}{year}年财政总决算公开", -1),
    ("debt", "{county}{year}年地方政府债务情况公开", -1),
)
"""What a county publishes of its own each year: layout, title, the year it is of."""
GOVERNMENT_FORMATS: Final[tuple[Format, ...]] = ("pdf", "docx", "xlsx")
LAYOUTS: Final[dict[str, str]] = {"department_budget": "hebei", "performance_targets": "hebei_targets"}
DEFECTS: Final = ("unit_of_agency_funds", "wrong_change", "wrong_class", "wrong_quantity")
CORRECTED: Final = "wrong_class"
"""The defect that a corrected file mends, or brings with it where it had none, so that its figures differ."""
Functions = tuple[tuple[str, str, str, str, str, str], ...]
DEPARTMENTS: Final[tuple[tuple[str, str, Functions], ...]] = (
    (
        "财政局",
        "财政",
        (
            ("201", "一般公共服务支出", "20106", "财政事务", "2010601", "行政运行"),
            ("201", "一般公共服务支出", "20106", "财政事务", "2010699", "其他财政事务支出"),
        ),
    ),
    (
        "教育局",
        "教育",
        (
            ("205", "教育支出", "20501", "教育管理事务", "2050101", "行政运行"),
            ("205", "教育支出", "20502", "普通教育", "2050202", "小学教育"),
        ),
    ),
    (
        "水利局",
        "水利",
        (
            ("213", "农林水支出", "21303", "水利", "2130301", "行政运行"),
            ("213", "农林水支出", "21303", "水利", "2130314", "防汛"),
        ),
    ),
    (
        "交通运输局",
        "交通",
        (
            ("214", "交通运输支出", "21401", "公路水路运输", "2140101", "行政运行"),
            ("214", "交通运输支出", "21401", "公路水路运输", "2140106", "公路养护"),
        ),
    ),
    (
        "文化和旅游局",
        "文旅",
        (
            ("207", "文化旅游体育与传媒支出", "20701", "文化和旅游", "2070101", "行政运行"),
            ("207", "文化旅游体育与传媒支出", "20701", "文化和旅游", "2070109", "群众文化"),
        ),
    ),
    (
        "应急管理局",
        "应急",
        (
            ("224", "灾害防治及应急管理支出", "22401", "应急管理事务", "2240101", "行政运行"),
            ("224", "灾害防治及应急管理支出", "22401", "应急管理事务", "2240106", "安全监管"),
        ),
    ),
)
NOTICES: Final = (
    "关于编制{county}{year}年部门预算的通知",
    "{county}{year}年食品安全监督抽检信息通告",
    "{county}人民医院综合楼竣工财务决算审计结果公告",
    "{county}{year}年政府性投资项目招标控制价公告",
    "{county}空气质量排名情况通报（{year}年）",
    "{county}防汛抗旱应急演练通知",
)


def rng_of(*parts: object) -> Random:
    """A generator of its own for what `parts` name: nothing else drawn changes it."""
    return Random(hashlib.sha256("|".join(map(str, parts)).encode()).digest())  # noqa: S311 - samples, not secrets


@dataclass(frozen=True)
class File:
    """A published file."""

    name: str
    data: bytes
    media_type: str


@dataclass(frozen=True)
class Item:
    """A row of a list page; `held` items appear one a publication, `corrected` ones replace their file then."""

    seed: int
    county: "County"
    number: int
    kind: Kind
    title: str
    published_at: datetime
    department: int = 0
    year: int = 0
    format: Format = "html"
    held: bool = False
    defects: tuple[str, ...] = ()
    corrected: bool = False
    layout: str = ""

    @cached_property
    def written(self) -> Written:
        """The disclosure's content and truth; a notice has a sentence and no truth."""
        if self.kind == "government":
            return self._of_government()
        name, short, functions = DEPARTMENTS[self.department]
        rng = rng_of(self.seed, self.county.region, self.department, self.year, self.kind)
        budget = make_budget(rng, functions, fund=rng.random() < 0.4)
        chosen = layout(LAYOUTS[self.kind])
        publisher = PublishingDepartment(
            region=self.county.region,
            region_name=self.county.region_name,
            county=self.county.name,
            department=f"{self.county.name}{name}",
            code=str(301 + self.department),
            subject=short,
            year=self.year,
        )
        figures = compose(rng, chosen, publisher, budget)
        wrong = tuple(sorted({*self.defects} ^ {CORRECTED})) if self.corrected else self.defects
        return plant(chosen, publisher, figures, wrong) if wrong else write(chosen, publisher, figures)

    def _of_government(self) -> Written:
        """The county's own document; with a defect where its layout can show the item's."""
        rng = rng_of(self.seed, self.county.region, self.year, self.layout)
        chosen = government_layout(self.layout)
        publisher = PublishingCounty(self.county.region, self.county.region_name, self.county.name, self.year)
        figures = make_accounts(rng, self.year - chosen.after)
        wrong = [plant_government(chosen, publisher, figures, defect, rng) for defect in self.defects]
        return next((each for each in wrong if each), None) or write_government(chosen, publisher, figures)

    @cached_property
    def files(self) -> tuple[File, ...]:
        """The attachments; none where the article itself is the disclosure."""
        if self.kind == "notice" or self.format == "html":
            return ()
        content = self.written.content
        if self.format == "pdf":
            return (File(f"{self.title}.pdf", pdf.render(content), "application/pdf"),)
        if self.format == "xlsx":
            return (File(f"{self.title}.xlsx", xlsx.render(content), "application/octet-stream"),)
        if self.format == "text":
            return (File(f"{self.title}.txt", text.render(content), "text/plain"),)
        word = docx.render(content)
        if self.format == "zip":
            return (File(f"{self.title}.zip", package.pack({f"{self.title}.docx": word}), "application/zip"),)
        return (File(f"{self.title}.docx", word, "application/octet-stream"),)

    @cached_property
    def body(self) -> str:
        """The article's own HTML."""
        if self.kind == "notice":
            return "<p>　　示例通知，纯属虚构。</p>"
        if self.format == "html":
            return html.render(self.written.content)
        return f"<p>　　现将{self.title}予以公开。示例数据，纯属虚构。</p>"


@dataclass(frozen=True)
class County:
    """A fictional county and its portal's site system."""

    name: str
    region: str
    slug: str
    family: Family

    @property
    def region_name(self) -> str:
        return PROVINCE + self.name


@dataclass(frozen=True)
class World:
    """The counties and everything they publish, oldest first."""

    seed: int
    counties: tuple[County, ...]
    items: tuple[Item, ...]

    def of(self, county: County) -> list[Item]:
        return [item for item in self.items if item.county == county]


def _county(at: int) -> County:
    name = COUNTIES[at % len(COUNTIES)] if at < len(COUNTIES) else f"示例{at}县"
    return County(
        name, f"99{at // 100 + 1:02d}{at % 100 + 1:02d}", f"county{at + 1}", FAMILIES[at % len(FAMILIES)]
    )


def _items(seed: int, county: County, at: int, departments: int, years: int) -> list[Item]:
    rng = rng_of(seed, county.region, "items")
    rows: list[Item] = []
    for year_at in range(years):
        year = NEWEST - years + 1 + year_at
        start = datetime(year, 2, 1, 9, 0, tzinfo=BEIJING)
        for department in range(departments):
            name = county.name + DEPARTMENTS[department % len(DEPARTMENTS)][0]
            serial = at + department + year_at
            kind: Kind = "performance_targets" if serial % 4 == 3 else "department_budget"
            flawed = serial % 3 == 0 and kind == "department_budget"
            title = f"{name}{year}年部门预算" + ("绩效文本" if kind == "performance_targets" else "信息公开")
            rows.append(
                Item(
                    seed,
                    county,
                    0,
                    kind,
                    title,
                    start + timedelta(hours=rng.randint(1, 400)),
                    department % len(DEPARTMENTS),
                    year,
                    FORMATS[serial % len(FORMATS)],
                    held=year_at == years - 1 and department == departments - 1,
                    defects=(rng.choice(DEFECTS),) if flawed else (),
                )
            )
        for pattern in NOTICES * 5:
            title = pattern.format(county=county.name, year=year)
            rows.append(Item(seed, county, 0, "notice", title, start + timedelta(hours=rng.randint(1, 700))))
    rows.sort(key=lambda item: (item.held, item.published_at))
    return [Item(**(vars(item) | {"number": 18000 + 7 * place})) for place, item in enumerate(rows, start=1)]


def _own_items(seed: int, county: County, at: int) -> Iterator[Item]:
    """What the county publishes of its own in the newest year, each in another format; every second is wrong."""
    for number, (layout_name, title, year) in enumerate(GOVERNMENTS):
        of = NEWEST + year
        name = title.format(county=county.name, year=of, last=of - 1)
        published = datetime(NEWEST, 2, 1 + number, 10, 0, tzinfo=BEIJING)
        wrong = OWN_DEFECTS[(at + number) % len(OWN_DEFECTS)]
        yield Item(
            seed,
            county,
            17000 + number,
            "government",
            name,
            published,
            year=of,
            format=GOVERNMENT_FORMATS[(at + number) % len(GOVERNMENT_FORMATS)],
            defects=(wrong,) if (at + number) % 2 == 0 else (),
            layout=layout_name,
        )


def make_world(
    seed: int = 1, counties: int = 3, departments: int = 4, years: int = 2, *, governments: bool = False
) -> World:
    """A world: the same arguments give the same bytes of every page and file.

    With `governments` the counties publish their own budget, accounts and debt too.
    """
    places = tuple(_county(at) for at in range(counties))
    items: list[Item] = []
    for at, county in enumerate(places):
        items += _own_items(seed, county, at) if governments else ()
        items += _items(seed, county, at, departments, years)
    return World(seed, places, tuple(items))
