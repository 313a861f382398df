"""Strings that look like a name and are none of ours: public figures (公众人物) and everyday words."""

from __future__ import annotations

from typing import Final

PUBLIC_FIGURES: Final[frozenset[str]] = frozenset(
    "习近平 毛泽东 邓小平 江泽民 胡锦涛 温家宝 李克强 周恩来 刘少奇 朱德 孙中山 雷锋 焦裕禄 孔繁森 鲁迅 孔子 孟子 屈原 李白 杜甫 包拯 曾国藩 左宗棠 林则徐 岳飞 诸葛亮 马克思 袁隆平 钟南山".split()
)
"""People of history and state, whose names in a text say nothing about a private person."""

BRANDS_AND_STATESMEN: Final[frozenset[str]] = frozenset("康师傅 毛主席 周总理 习主席 习书记 李总理 朱总理".split())
"""Three-character strings that look like a surname with a title and are a brand or a statesman."""

NOT_NAMES: Final[frozenset[str]] = frozenset(
    "高新区 高速路 高压线 高层 高考 马路 马上 黄金 黄河 石材 石灰 金额 白天 方面 方式 方便 方案 江边 水库 车位 车库 路灯 路边 路面 项目 常年 常住 常德 常委 温馨 温泉 安全 安置 安装 安居 安康 "
    "明确 明显 明明 明天 全部 全体 全家 全国 全市 时候 时间 任何 任务 单位 单元 关于 关注 经过 经济 经常 应该 强烈 强制 强拆 成立 成为 解决 解释 查处 查看 干部 干净 和谐 和平 于是 由于 余元 "
    "张贴 张开 周边 周围 周末 周一 周二 周三 周四 周五 周六 周日 严重 严格 严禁 严肃 严查 何时 何况 何处 何为 何年 何在 许多 许可 许诺 毛坯 毛病 牛羊 牛粪 万元 万多 万人 万家丽 万达 万科 "
    "江苏 江西 河南 河北 湖南 湖北 海南 黑龙江 宁夏 甘肃 青海 张家界 张家口 石家庄 马鞍山 黄山 黄石 黄冈 连云港 金华 温州 台州 台湾 平时 平方 平米 平台 白色 蓝色 黄色 杨梅 柳树 杨树 花园 花费 花钱 "
    "钱款 房产 房东 房屋 房子 房价 房租 房款 向上 向阳 古镇 古城 古树 易燃 易爆 党员 党委 党和 党中央 国家 农村 农民 农田 应急 印章 计划 计算 谈话 商业 商品 商铺 包括 包工头 雷击 雷达 雷同 "
    "龙头 龙湖 井盖 门口 门面 水费 水管 水电 水表 左右 左侧 边上 卫生 卫健 盛世 支付 支持 支书 司法 司机 施工 施工方 施工队 宋体 楼下 楼上 楼道 楼层 楼房 楼盘 楼栋 楼梯 楼顶 扬尘 扬言 "
    "童年 景区 景观 景点 曾经 曾多次 能够 广大 广告 武装 武力 段时间 段落 管理 管道 管理处 管网 管辖 车辆 车主 车道 车牌 车棚 车间 车上 汤药 焦急 焦虑 祝您 祝愿 祝福 牟利 凌晨 费用 费心 纪念 纪委 纪律 "
    "习惯 巫山 宫颈 温度 乐意 沈阳 莫名 莫非 莫大 莫过 简单 简直 简易 包庇 冷水 冷气 冷漠 胜利 符合 祁阳 毕业 毕竟 柴油 申请 申报 申诉 公司 沙子 沙石 沙土 沙尘 辛苦 辛辛苦苦 别墅 别人 季节 季度 强行 强迫 利益 利用 "
    "占用 占道 占地 尚未 尚有 官方 官员 原因 原来 原本 原告 卓越 寿命 敬礼 敬请 敬上 敬意 此致 高血压 高铁 高度 高校 高中 高额 高价 高空 高达 高楼 高考生 洪水 洪涝 涂料 涂改 夏天 夏季 秋季 冬季 顾问 顾客 贺信 姓名 "
    "康复 文件 文化 文明 文中 章程 章节 常务 常理 常识 元旦 阳台 阳光 游客 游玩 游泳池 宁可 宁愿 甘愿 屈服 祖坟 武警 段路 舒适 舒心 程序 程度 谢谢 谢绝 滕王阁 米粉 鲜花 危房 危险 危害 危及 危楼 危机 路人 路段 路口 路过 路况".split()
)
"""Words that begin with a surname's character and are no names."""
