"""The functional classes (类) of 政府收支分类科目: which code a class name of a balance table stands for."""

from services.normalizer.language.text import label, remembered

_CLASSES = {
    "一般公共服务": "201",
    "外交": "202",
    "国防": "203",
    "公共安全": "204",
    "教育": "205",
    "科学技术": "206",
    "文化": "207",
    "社会保障和就业": "208",
    "社会保险基金": "209",
    "卫生健康": "210",
    "医疗卫生": "210",
    "节能环保": "211",
    "城乡社区": "212",
    "农林水": "213",
    "交通运输": "214",
    "资源勘探": "215",
    "商业服务业": "216",
    "金融": "217",
    "援助其他地区": "219",
    "自然资源": "220",
    "国土": "220",
    "住房保障": "221",
    "粮油物资": "222",
    "国有资本经营": "223",
    "灾害防治": "224",
    "预备费": "227",
    "其他支出": "229",
    "转移性": "230",
    "债务还本": "231",
    "债务付息": "232",
    "债务发行费用": "233",
    "抗疫特别国债": "234",
}


@remembered
def class_code(name: str) -> str | None:
    """The three-digit code of a class name, by its beginning, which wordings of all years share."""
    plain = label(name)
    return next((code for start, code in _CLASSES.items() if plain.startswith(start)), None)
