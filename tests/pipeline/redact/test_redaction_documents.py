"""Title and body are redacted together."""

from pipeline.redact import redact, redact_document
from pipeline.redacted import RedactedText


def test_a_name_announced_in_the_body_goes_from_the_title_too():
    document = redact_document("宋小玲家门口的路", "联系人：宋小玲。")
    assert (document.title, document.body) == ("〈人名〉家门口的路", "联系人：〈人名〉。")


def test_a_name_announced_in_the_title_goes_from_the_body():
    document = redact_document("联系人：宋小玲的诉求", "宋小玲家门前的沟堵了。")
    assert document.body == "〈人名〉家门前的沟堵了。"
    assert document.counts == {"name": 2}


def test_both_parts_are_of_the_only_type_that_the_store_takes():
    document = redact_document("标题", "正文")
    assert isinstance(document.title, RedactedText)
    assert isinstance(document.body, RedactedText)


def test_a_number_cut_by_the_border_of_title_and_body_stays_in_its_part():
    document = redact_document("电话13800138000", "13900139000打不通")
    assert (document.title, document.body) == ("电话〈电话〉", "〈电话〉打不通")
    assert document.counts == {"phone": 2}


def test_a_line_break_in_a_title_becomes_a_space():
    assert redact_document("上\n下", "正文").title == "上 下"


def test_counts_name_only_the_classes_that_occurred():
    assert redact("电话13800138000，邮箱a1@example.com").counts == {"phone": 1, "account": 1}


def test_officials_stay_in_official_texts_and_go_from_petitions():
    text = "市住建局局长王建军到现场调研。"
    assert redact(text, official=True).text == text
    assert redact(text).text == "市住建局局长到现场调研。"
