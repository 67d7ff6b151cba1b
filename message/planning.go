package message

// planning is what is said of calendars, settings and adjustments.
var planning = map[string]text{
	"calendar.day":     {"day", "日期"},
	"calendar.to":      {"to", "至"},
	"calendar.region":  {"region", "地区"},
	"calendar.kind":    {"kind", "类别"},
	"calendar.event":   {"event", "事件"},
	"calendar.off":     {"off", "休"},
	"calendar.count":   {"{0} {0|event|events}, {1} {1|day|days} off from Monday to Friday", "{0}个事件，周一至周五休息{1}天"},
	"event.holiday":    {"public holiday", "法定节假日"},
	"event.substitute": {"substitute day off", "补休"},
	"event.workday":    {"make-up workday", "调休上班"},
	"event.regional":   {"regional holiday", "地方节假日"},
	"event.festival":   {"festival", "节日"},
	"event.shopping":   {"shopping festival", "购物节"},
	"event.own":        {"own event", "自定义事件"},

	"config.file":     {"Settings of {0}", "配置文件 {0}"},
	"config.nofile":   {"No {0} here: settings come from the environment and the defaults", "此处没有 {0}：配置取自环境变量与默认值"},
	"config.key":      {"setting", "配置项"},
	"config.value":    {"value", "值"},
	"config.source":   {"from", "来源"},
	"config.default":  {"default", "默认"},
	"config.stranger": {"{0} is no setting of tidewatch, and is not used", "{0} 不是 tidewatch 的配置项，未使用"},
}
