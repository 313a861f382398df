"""Words that announce a name (姓名的提示语), and how much each says."""

from __future__ import annotations

import re
from typing import Final

FORM_LABEL: Final = re.compile(
    r"(?:姓\s?名|联系人|投诉人|举报人|信访人|反映人|来访人|来信人|上访人|申请人|"
    r"被申请人|申诉人|诉求人|求助人|建议人|报案人|报修人|承租人|出租人|委托人|代理人|"
    r"监护人|担保人|经办人|收件人|户主|业主|业主代表|村民代表|代表|代表人|上访代表|"
    r"诉求代表|签名|签字|落款|署名|具名|发帖人|留言人|原告|被告|法定代表人|法人代表|"
    r"法人|负责人|家长|本人姓名|真名|实名|姓名及电话|联系人及电话|联系方式|受害人|"
    r"当事人|户名|收款人|开户名|持卡人)"
    r"(?:姓名|签名|签字|名字)?\s?(?:[:=]|\(签[名字]\)[::]?)\s*$"
)
SELF_NAMING: Final = re.compile(
    r"(?:我叫|我的名字(?:叫|是)|名叫|名为|姓名叫?|我名叫|本名|真名叫?|全名|化名|人叫|叫做|名字(?:叫|是)|叫)\s?$"
)
PARTY: Final = re.compile(
    r"(?:原告|被告|申请人|信访人|举报人|投诉人|反映人|来访人|上访人|当事人|受害人|"
    r"嫌疑人|委托人|收款人|死者|伤者|户主|联系人|来电人|来信人|来电者|网友|市民|包工头|工友|我(?:丈夫|妻子|"
    r"老公|老婆|爱人|父亲|母亲|爸爸?|妈妈?|儿子|女儿|哥哥?|弟弟|姐姐?|妹妹))(?:之一)?\s?$"
)
CONTACT_BEFORE: Final = re.compile(r"(?:〈电话〉|1[3-9]\d[\d \-]{8,10})[,。;、\s]{0,2}$")
CONTACT_AFTER: Final = re.compile(r"[,;、\s]{0,2}(?:地址|住址|家住|电话|手机|身份证|〈电话〉|1[3-9]\d[\d \-]{8})")
"""A name stands before or behind its phone number or address."""
FAMILY_AFTER: Final = re.compile(r"(?:两口子|夫妇|夫妻|一家|家里|家的|父子|父女|母子|母女|兄弟|兄妹|姐妹|他们家)")
SELF: Final = re.compile(r"(?:本人|我是|我|笔者|此致敬礼|敬礼|此致)[,\s:]{0,2}$")
LATIN_NAME: Final = re.compile(
    r"(?:姓\s?名|联系人|投诉人|申请人|联系方式|负责人|法人代表|我叫|户主|收款人|"
    r"Name|name)\s?[:是]?\s?([A-Z][a-z]{1,12}(?:[ \-][A-Z][a-z]{1,12}){1,2})(?![A-Za-z])"
)
OWN_NAME: Final = re.compile(r"(?:我叫|我名叫|我的名字(?:叫|是)|本人叫)([\u4e00-\u9fff]{2,4})(?=[,。;!、\s(]|$)")
"""我叫X and a boundary: a name when it begins with a surname, whatever the model thinks of it."""
LABELLED_NAME: Final = re.compile(
    r"(?:姓\s?名|联系人|投诉人|举报人|信访人|反映人|申请人|诉求人|户主|我叫|名叫|"
    r"户名|收款人|签名|署名)\s?(?::|叫|是|\s)\s?"
    r"([\u4e00-\u9fff]{2,4})(?=\s?(?:[,。;、(]|\n|$|\s|电话|手机|身份证|联系|男|女|性别|\d))"
)
"""A label, a short string and a boundary: a name even when its surname is unknown."""
