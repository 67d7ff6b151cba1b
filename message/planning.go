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
}
