"""The words for what the audit trail says was done."""

from __future__ import annotations

from typing import Final

from api.console.i18n import N_

AUDIT_ACTIONS: Final[dict[str, str]] = {
    "accounts.create": N_("新建账号"), "accounts.disable": N_("停用账号"), "accounts.enable": N_("恢复账号"),
    "accounts.link": N_("签发一次性链接"), "accounts.list": N_("查看账号列表"), "accounts.password": N_("设置密码"),
    "accounts.sign_in": N_("登录"), "accounts.sign_out": N_("退出登录"), "purposes.choose": N_("选择使用目的"),
    "accounts.manage": N_("管理账号"), "keys.manage": N_("管理接口密钥"), "keys.list": N_("查看密钥列表"),
    "keys.issue": N_("签发接口密钥"), "keys.revoke": N_("吊销接口密钥"), "keys.rotate": N_("更换密钥"),
    "audit.read": N_("查看审计记录"), "audit.verify": N_("核验审计记录链"), "audit.export": N_("下载审计记录"),
    "projects.read": N_("查看项目"), "documents.read": N_("检索文本"), "documents.export": N_("导出检索结果"),
    "saved_searches.read": N_("查看保存的检索"), "saved_searches.save": N_("保存检索"),
    "saved_searches.forget": N_("删除保存的检索"), "saved_searches.watch": N_("关注保存的检索"),
    "risk_points.read": N_("查看风险点"),
    "risk_points.changes": N_("读取风险点变动"), "risk_points.decide": N_("研判风险点"),
    "risk_points.confirm": N_("确认或办结风险点"), "candidates.read": N_("查看风险点候选"),
    "evidence.read": N_("查看证据"), "evidence.bundle": N_("导出证据包"), "sealed.read": N_("查看已封存的检举控告"),
    "dispatches.read": N_("查看派单"), "dispatches.propose": N_("拟定派单"), "dispatches.confirm": N_("办理派单"),
    "dispatches.respond": N_("答复派单"), "checklist.read": N_("查看程序清单"), "checklist.mark": N_("登记程序步骤"),
    "stages.change": N_("变更项目阶段"), "board.read": N_("查看项目看板"), "coverage.read": N_("查看覆盖情况"),
    "certificates.read": N_("查看检索证明"), "certificates.issue": N_("出具检索证明"),
    "labels.export": N_("导出研判结果"),
    "milestones.read": N_("查看里程碑"), "milestones.decide": N_("核定里程碑"), "registry.read": N_("查看项目登记册"),
    "registry.write": N_("修改项目登记册"), "registry.change": N_("修改项目登记册"), "imports.read": N_("查看导入记录"),
    "imports.run": N_("导入文件"), "imports.authorised": N_("确认导入授权"), "aliases.read": N_("查看项目别名"),
    "aliases.decide": N_("核定项目别名"), "sources.read": N_("查看来源"), "sources.switch": N_("启用或停用来源"),
    "source.enable": N_("启用来源"), "source.disable": N_("停用来源"), "alerts.read": N_("查看预警"),
    "alerts.stream": N_("接收预警"), "alerts.answer": N_("处理预警"), "life_safety.read": N_("查看生命安全线索"),
    "duty.manage": N_("指定值班人员"), "subscriptions.manage": N_("管理预警订阅"),
    "webhooks.manage": N_("管理系统对接"), "metrics.read": N_("读取运行指标"), "quality.read": N_("查看质量"),
    "taxonomy.read": N_("查看风险因素表"), "taxonomy.try": N_("试用风险因素词语"), "shares.read": N_("查看数据共享"),
    "shares.grant": N_("订立数据共享约定"), "shares.revoke": N_("终止数据共享约定"), "shares.use": N_("按约定取用数据"),
    "tables.export": N_("导出报表"), "schemas.read": N_("读取数据格式"),
}  # fmt: skip
"""Action of an audit event, without ``.denied`` → what it is called."""
BROKEN_LINKS: Final[dict[str, str]] = {
    "changed": N_("这条记录的内容被改动过。"),
    "missing": N_("这里缺少记录。"),
    "reordered": N_("记录的次序被改动过。"),
    "unreadable": N_("这条记录无法读取。"),
}
"""Why the chain does not hold → one sentence."""
