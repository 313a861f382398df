"""Chinese family names (姓氏): what a Han name begins with."""

from __future__ import annotations

from typing import Final

SURNAMES: Final[frozenset[str]] = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶"
    "阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵"
    "孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢岳"
    "齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴"
    "席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来"
    "嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖"
    "糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙薄伏岑习胥保和蔺尚"
    "占闫肖付邝麦岩楼竹佘帅鹿利雍寇匡逄"
)
"""Single-character surnames: those that name nearly all Han people, and rarer ones of official lists."""

_COMPOUND: Final = (
    "欧阳上官司马诸葛司徒东方独孤南宫夏侯皇甫尉迟公孙慕容令狐长孙宇文端木轩辕百里东郭呼延闻人申屠太史淳于"
    "单于澹台钟离濮阳公冶完颜拓跋西门赫连万俟鲜于闾丘亓官司空仲孙宰父谷梁左丘第五梁丘东门南门羊舌微生公羊"
    "段干"
)

COMPOUND_SURNAMES: Final[frozenset[str]] = frozenset(
    _COMPOUND[start : start + 2] for start in range(0, len(_COMPOUND), 2)
)
"""Two-character surnames (复姓)."""

FREQUENT_SURNAMES: Final[frozenset[str]] = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶"
    "阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵"
    "孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂焦柳邢岳齐梅莫"
    "庄祝左涂祁耿牟詹关苗凌费纪靳盛童欧甄项曲游裴席屈鲍覃霍翁隋甘柯阮闵饶刁瞿戚滕"
    "邬臧褚娄符奚穆郎闫肖付佘邝"
)
"""Surnames so frequent that a title after one of them is enough to see a person: 王大爷, 李老师."""
