package message

// words are what the report and the terminal share.
var words = map[string]text{
	"unit.hour":    {"{0} {0|hour|hours}", "{0}小时"},
	"unit.day":     {"{0} {0|day|days}", "{0}天"},
	"unit.week":    {"{0} {0|week|weeks}", "{0}周"},
	"unit.month":   {"{0} {0|month|months}", "{0}个月"},
	"unit.quarter": {"{0} {0|quarter|quarters}", "{0}个季度"},
	"unit.year":    {"{0} {0|year|years}", "{0}年"},
	"unit.period":  {"{0} {0|period|periods}", "{0}个周期"},
}
