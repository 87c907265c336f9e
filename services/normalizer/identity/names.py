"""What may be a department's name: an organisation, no place alone, level, sentence or column head."""

import re
from typing import Final

from services.normalizer.language import regions

_LONGEST: Final = 45
_ORGAN: Final = re.compile(
    r"(?:[局委办部院会站所馆乡镇队校学园社处厅室联场库台团科股庭署组关村宫]|中心|政府|街道|公司|机关|人大|政协|集团|基地|事务|[(（]本级[)）]|本级)$"
)
_OFFICES: Final = re.compile(r"(?:局|中心|所|站|办公室|处|办|科|委员会|院)(?:本级|[(（]本级[)）])?$")
AFTER_HE: Final = "平|县|康|顺|田|静|硕|政|龙|布克|林格尔|谐|睦|兴|安|盛|丰|桥|庄"
"""What makes 和 the first character of a place, not an "and"."""
_NO_NAME: Final = re.compile(
    r"[。，；：:！？《》〔〕【】\[\]…>#|]|万元|亿元|(?<!\d)20\d\d(?!\d)|\d{6}|批复|包括|情况|信息公开|会议文件|编制范围|编制说明|目录|第.{1,3}部分|各[乡镇县区市街]|附件|欢迎|年度|[本我该](?:部门|单位|局|站)|"
    rf"(?:^|[^议])会议$|^(?:和(?!{AFTER_HE})|及|与|的|以及|其中|纳入|根据|按照|来源|发布|关于|各|从(?![化江])|[省市县区州盟旗]?对|加强|推进|做好)|如下|大会$|次会$"
)
_OF_MONEY: Final = re.compile(r"预算|决算|收入|支出|经费|债务|债券|资金|绩效|收支")
_GENERAL: Final = re.compile(
    r"(?:本|各|全|该|预算|主管|部门|单位|编制|上级|下级|财政|有关|相关|公开|及|和|及其|所属|下属|事业|行政|汇总|全市|全县|全区|全省|机关|基层|单位本级|部门本级)*"
    r"(?:部门|单位|[省市县区州盟旗]?本级|机关|中心|各部)?"
)
TOWN: Final = re.compile(r"[镇乡](?:人民政府)?$|街道(?:办事处)?$|苏木$")
_GOVERNMENT: Final = re.compile(
    r"(?:人民政府|[省市县区州盟旗]政府|财政(?:金融|审计|国资|和金融|和审计)?(?:局|厅)|人民代表大会|人大常委会|人民代表大会常务委员会)$"
)
_OWN_LEVEL: Final = re.compile(r"(?:[省市县区州盟旗](?=本?级)|(?<=[省市县区州盟旗]))本?级$")
"""A place's own level, which is no department: `青石市市本级`, `青石县本级`."""
_LEVELS_TOGETHER: Final = re.compile(
    r"全[省市县区州盟旗]$|[与和及、](?:[省市县区州盟旗]本?级|本级|全[省市县区州盟旗])(?:政府)?$"
)
"""A place's levels together, which are no department: `青石市全市与市本级`."""
_TAIL: Final = re.compile(
    r"(?:[-－—_]|关于(?:呈送|报送|提请审议|提交审议|上报|印发|下达|批准)?|公开|的|本级部门|部门|单位|(?:本级)?[及和与](?:所属|直属|下属)(?:行政|事业|预算)*(?:单位)?|[(（](?:本级|部门|单位)[)）])+$"
)
_FRONT: Final = re.compile(r"^(?:[\[【][^\[\]【】]{2,8}[\]】]|现将|现对|关于|公开|公示|批复|下达|公布|印发)+")
_ABOVE: Final = re.compile(
    r"^.{3,30}?(?:[局委办部院会府厅校团社](?:所属|下属|直属)(?:事业单位)?[-—:]?|关于(?:批复|下达))(?P<unit>.{5,})$"
)
"""What a title names before whose budget it is: the department above a unit, who approves it."""
_LEVEL: Final = (
    "部门|单位|本级|区级|市级|县级|省级|州级|盟级|旗级|镇级|乡级|全[市县区省州盟旗](?![市县区镇乡])|一般公共|政府性基金|国有资本经营|"
    "收支|收入|支出|总体|整体|年初|年度|三公|拨款|机关运行"
)
_OTHER: Final = (
    "及|和|与|的|地方|(?<!人民)政府|社会保险基金|项目|公开|末|度|新增|专项|一般|信息|基本|财政(?![局厅所])|、|本"
)
"""What stands among those; a name may begin with them too (和平区, 本溪县, 信息中心), but does not end so."""
_LEVELS_IN_FRONT: Final = re.compile(rf"^(?:[的度末及与、]|(?:{_OTHER})*(?:{_LEVEL}))+")
_LEVELS_AT_END: Final = re.compile(rf"(?:{_LEVEL}|{_OTHER}|(?:各|所辖)?(?:乡镇|镇街|街镇)(?:街道)?)+$")


def trimmed(text: str) -> str:
    """`text` less what stands around a name in a title: `关于…部门`, `…公开`, `…（本级）`, `教育局所属…小学`."""
    name = _FRONT.sub("", _TAIL.sub("", text))
    above = _ABOVE.match(name)
    return above["unit"] if above and is_organisation(above["unit"]) else name


def without_levels(text: str) -> str:
    """`text` less the words of levels, funds and totals at its ends: `青石县水务局部门` is `青石县水务局`."""
    return _LEVELS_AT_END.sub("", _LEVELS_IN_FRONT.sub("", text))


def is_organisation(text: str) -> bool:
    """Whether `text` ends as the name of an organisation does, and is a name."""
    return bool(_ORGAN.search(text)) and may_be_name(text)


def may_be_name(text: str) -> bool:
    """Whether `text` may name a department: no place alone, no sentence, no general word, nothing of money."""
    if not 2 <= len(text) <= _LONGEST or _NO_NAME.search(text) or _GENERAL.fullmatch(text):
        return False
    if _LEVELS_TOGETHER.search(text) or regions.is_place(_OWN_LEVEL.sub("", text)):
        return False
    named = re.search(r"[\u4e00-\u9fff]{2}", text) and not _OF_MONEY.search(text)
    return bool(named or _OFFICES.search(text))


def is_of_government(text: str) -> bool:
    """Whether `text` presents a government's own budget: the government, its finance bureau, the congress."""
    return bool(_GOVERNMENT.search(text))
