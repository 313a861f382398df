"""What the writer asks for, and which measures that is."""

import pytest


@pytest.mark.parametrize(
    ("text", "demand"),
    [
        ("清河路停水\n我们小区停水三天了，希望有关部门尽快恢复供水。谢谢！", "希望有关部门尽快恢复供水"),
        ("噪音\n工地天天半夜打桩，睡不着。请城管部门严查。", "请城管部门严查"),
        ("公交\n请问清河路的公交什么时候开通？", "请问清河路的公交什么时候开通"),
    ],
)
def test_the_demand_is_the_clause_that_asks(read, text: str, demand: str):
    (span,) = read(text).spans["demands"]
    assert span.text == demand


def test_thanks_are_no_part_of_a_demand(read):
    (span,) = read("停电\n请求尽快恢复供电，谢谢领导！").spans["demands"]
    assert "谢谢" not in span.text


def test_a_report_without_a_wish_has_no_demand(read):
    assert list(read("天气\n今天清河县下雨，路上车多。").spans["demands"]) == []


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("征地\n请求提高补偿标准。", "recalculate_standard"),
        ("工地\n要求立即停工。", "stop"),
        ("垃圾站\n希望另行选址。", "relocate_facility"),
        ("漏水\n希望物业尽快维修屋顶。", "rectify_repair"),
        ("欠薪\n请督促公司支付工资。", "pay_compensate"),
        ("安置\n何时能安置我们？", "resettle"),
        ("办证\n希望尽快办理不动产证。", "issue_certificate"),
        ("路口\n建议增设红绿灯。", "build_provide"),
        ("违建\n请求拆除楼顶违建。", "enforce_punish"),
        ("方案\n请公开征收方案。", "disclose_explain"),
        ("规划\n要求召开听证会。", "participate"),
        ("名誉\n要求公司公开道歉。", "apologise_correct"),
        ("高架\n希望加装隔音屏。", "protect"),
        ("限购\n建议调整限购政策。", "policy_change"),
        ("账目\n请纪检部门调查村里的账目。", "investigate"),
        ("审批\n望加快办理进度。", "expedite"),
    ],
)
def test_each_measure_is_recognised_where_it_is_asked_for(read, text: str, remedy: str):
    assert remedy in {span.label_ for span in read(text).spans["remedies"]}


def test_what_has_happened_is_not_what_is_demanded(read):
    assert list(read("经过\n去年他们拆除了围墙。").spans["remedies"]) == []
