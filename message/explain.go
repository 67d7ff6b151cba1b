package message

// explain is what is said of what a forecast is made of.
var explain = map[string]text{
	"explain.series":     {"{0}: {1} values, {2}, {3} to {4}", "{0}：{1}个值，{2}，{3}至{4}"},
	"explain.method":     {"Method: {0}", "方法：{0}"},
	"explain.form":       {"Model:  {0}", "模型：{0}"},
	"explain.made":       {"What the forecasts of the next {0} are made of, on average:", "未来{0}的预测由以下部分组成（平均值）："},
	"explain.total":      {"forecast", "预测"},
	"explain.range":      {"80% range", "80%区间"},
	"part.level":         {"level", "水平"},
	"part.trend":         {"trend", "趋势"},
	"explain.season":     {"season of {0}", "{0}的季节性"},
	"part.past":          {"earlier values", "以往的值"},
	"part.other":         {"adjustment", "调整"},
	"part.is.level":      {"where the series stands now, trend and season aside", "剔除趋势与季节后序列目前所处的水平"},
	"explain.is.trend":   {"what growth adds by then: {0} by the first step, {1} by the last", "增长到那时带来的变化：第一步{0}，最后一步{1}"},
	"explain.is.season":  {"from {0} ({1}) to {2} ({3})", "从{0}（{1}）到{2}（{3}）"},
	"part.is.past":       {"what the values before say of the next ones", "由此前的值推知的部分"},
	"part.is.other":      {"how far the method was off in the past, and values held within bounds", "按历史偏差所作的校准，以及限定范围的修正"},
	"explain.is.driver":  {"what this influence, known beforehand, adds", "该已知因素带来的影响"},
	"explain.fit.season": {"One step ahead it was off by {0} on average over the last {1} values; repeating the last season would have been off by {2}.", "最近{1}个值中，提前一步的平均误差为{0}；若重复上一季，误差为{2}。"},
	"explain.fit.last":   {"One step ahead it was off by {0} on average over the last {1} values; repeating the last value would have been off by {2}.", "最近{1}个值中，提前一步的平均误差为{0}；若重复上一个值，误差为{2}。"},
	"explain.parameters": {"Parameters", "参数"},
	"explain.alpha.slow": {"the level follows new values slowly (alpha {0})", "水平对新值反应缓慢（alpha {0}）"},
	"explain.alpha.fast": {"the level follows new values quickly (alpha {0})", "水平对新值反应迅速（alpha {0}）"},
	"explain.alpha.mid":  {"the level follows new values moderately (alpha {0})", "水平对新值反应适中（alpha {0}）"},
	"explain.step":       {"period", "时期"},
}
