package message

// report is what report.html says.
var report = map[string]text{
	"report.title": {"Forecast report", "预测报告"},
}
