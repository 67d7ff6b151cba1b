package message

// terminal is what the command line says.
var terminal = map[string]text{
	"phase.read":     {"reading", "读取"},
	"phase.score":    {"testing on the past", "用历史检验"},
	"phase.fit":      {"choosing methods", "选择方法"},
	"phase.forecast": {"forecasting", "预测"},
	"phase.paths":    {"drawing sample paths", "生成样本路径"},
	"phase.write":    {"writing", "写入"},
	"phase.fetch":    {"fetching", "下载"},
	"phase.tune":     {"tuning networks", "调整网络"},
	"phase.left":     {"about {0} left", "约剩 {0}"},

	"models.added": {"{0} is in {1}. Use it with", "{0} 已放入 {1}。使用方法："},

	"tune.round": {"round", "轮"},
	"tune.steps": {"steps", "步数"},
	"tune.work":  {"work", "工作量"},
	"tune.best":  {"The best of them:", "其中最好的："},

	"train.scout":      {"finding how long to train", "确定训练时长"},
	"train.network":    {"network {0} of {1}", "第{0}/{1}个网络"},
	"train.loss":       {"loss {0}", "损失 {0}"},
	"train.validation": {"validation {0}", "验证 {0}"},

	"summary.series":     {"{0} {0|series|series}, {1}, {2} to {3}", "{0}条序列，{1}，{2}至{3}"},
	"summary.every":      {"one value every {0}", "每{0}一个值"},
	"every.h":            {"hourly", "每小时"},
	"every.D":            {"daily", "每日"},
	"every.W":            {"weekly", "每周"},
	"every.M":            {"monthly", "每月"},
	"every.Q":            {"quarterly", "每季度"},
	"every.Y":            {"yearly", "每年"},
	"summary.rows":       {"{0} rows read, {1} used", "读取{0}行，使用{1}行"},
	"summary.refused":    {"{0} refused", "拒收{0}行"},
	"summary.why":        {"({0} says why)", "（原因见 {0}）"},
	"summary.unfinished": {"Left out: {0}, which ends after the data do ({1} rows)", "未计入：{0}，数据在其结束前已截止（{1}行）"},

	"summary.next":    {"The next {0}, {1} to {2}", "未来{0}（{1}至{2}）"},
	"summary.total":   {"Total", "合计"},
	"summary.between": {"{0}, with 80% probability between {1} and {2}", "{0}，有80%的可能在{1}到{2}之间"},
	"summary.recent":  {"{0} against the last {1} ({2} sure of the direction)", "较前{1} {0}（方向把握{2}）"},
	"summary.ago":     {"{0} against the same {1} a year ago ({2} sure of the direction)", "较去年同{1} {0}（方向把握{2}）"},

	"summary.risers":   {"Rising most", "上升最多"},
	"summary.fallers":  {"Falling most", "下降最多"},
	"summary.none":     {"nothing that is more likely than not", "没有较有把握的变化"},
	"summary.sumOf":    {"sum of {0}", "{0}合计"},
	"summary.expected": {"expected", "预期"},
	"summary.sum":      {"next {0}", "未来{0}"},
	"summary.change":   {"change", "变化"},
	"summary.range":    {"80% range", "80%区间"},
	"summary.sure":     {"sure", "把握"},

	"summary.beats":  {"Tested on {0} past {0|origin|origins}: {1} less error than the seasonal naive forecast ({4} {2} against {3})", "在{0}个历史起点上检验：误差比季节性朴素预测低{1}（{4} {2}，对照{3}）"},
	"summary.loses":  {"Tested on {0} past {0|origin|origins}: {1} more error than the seasonal naive forecast ({4} {2} against {3})", "在{0}个历史起点上检验：误差比季节性朴素预测高{1}（{4} {2}，对照{3}）"},
	"summary.inside": {"{0} of what came true lay inside the 80% intervals", "{0}的实际值落在80%区间内"},

	"summary.simpler": {"{0} series needed a simpler method", "{0}条序列改用了更简单的方法"},
	"summary.without": {"{0} series have too little history and no forecast", "{0}条序列历史太短，没有预测"},
	"summary.listed":  {"({0} lists them)", "（列于 {0}）"},

	"summary.report": {"Report:   {0}   (opens in any browser, needs no network)", "报告：  {0}  （用任意浏览器打开，无需联网）"},
	"summary.files":  {"Files:    {0}", "文件：  {0}"},
	"summary.took":   {"Took {0} s and {1} MB on {2} {2|processor|processors}", "用时{0}秒，内存{1} MB，处理器{2}个"},
	"summary.hint":   {"Nothing was written. Add --out forecast.csv for the numbers, --report report.html for the pictures.", "没有写入文件。要数据请加 --out forecast.csv，要图表请加 --report report.html。"},

	"scores.title":  {"Scores of {0} past {0|origin|origins}, {1} ahead each (smaller is better)", "{0}个历史起点的得分，各预测{1}（越小越好）"},
	"scores.method": {"method", "方法"},
	"scores.skill":  {"gain over snaive (95%)", "较snaive的改进（95%）"},
	"scores.window": {"SQL by origin", "各起点的SQL"},
	"scores.step":   {"SQL by step", "各步的SQL"},
}
