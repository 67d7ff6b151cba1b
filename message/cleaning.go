package message

// cleaning is what is said of cleaning.
var cleaning = map[string]text{
	"note.cleaned": {"cleaned before the forecast: {0} {0|value|values} of {1} series changed ({2})", "预测前经过清洗：{1}条序列的{0}个值被更改（{2}）"},

	"clean.title":   {"What cleaning does ({0})", "清洗内容（{0}）"},
	"clean.step":    {"step", "步骤"},
	"clean.series":  {"series", "序列"},
	"clean.values":  {"values", "值"},
	"clean.does":    {"what it does", "作用"},
	"clean.nothing": {"Nothing to clean: no value would be changed.", "无需清洗：不会更改任何值。"},
	"clean.unknown": {"{0} {0|value is|values are} unknown and {0|stays|stay} so: methods take gaps as they are.", "{0}个值未知并保持未知：各方法可直接处理缺失。"},
	"clean.shifts":  {"{0} level {0|shift is|shifts are} left to the methods to model", "{0}处水平变动交由方法建模"},
	"clean.skipped": {"{0}: not done to {1} series, such as {2}: {3}", "{0}：有{1}条序列未执行，例如{2}：{3}"},
	"clean.most":    {"Changed most", "更改最多的序列"},
	"clean.before":  {"before", "清洗前"},
	"clean.after":   {"after", "清洗后"},
	"clean.change":  {"{0}: {1} becomes {2}", "{0}：{1}改为{2}"},
	"clean.gone":    {"unknown", "未知"},
	"clean.more":    {"and {0} more", "另有{0}个"},
	"clean.hint":    {"Nothing was written. Add --report clean.html for pictures, --repairs repairs.csv for the list, --out cleaned.csv for the cleaned series; 'tidewatch forecast --clean {0}' forecasts them.", "没有写入文件。要图请加 --report clean.html，要清单请加 --repairs repairs.csv，要清洗后的序列请加 --out cleaned.csv；“tidewatch forecast --clean {0}”据此预测。"},
	"clean.undone":  {"{0} {0|value was|values were} taken back: {1} holds what was there before", "已还原{0}个值：{1} 为清洗前的数据"},

	"clean.page":    {"Before and after cleaning", "清洗前后"},
	"clean.lede":    {"{0} of {1} values of {2} series change; nothing else does. Dots mark what was there before, lines what is there after.", "{1}个值中有{0}个改变，涉及{2}条序列，其余不变。圆点为清洗前的值，折线为清洗后的序列。"},
	"clean.shown":   {"The {0} series that change most; repairs.csv lists every value.", "以下为更改最多的{0}条序列；repairs.csv 列出全部更改。"},
	"clean.changed": {"{0} {0|value|values} changed", "更改{0}个值"},
	"clean.time":    {"time", "时间"},
	"clean.why":     {"why", "原因"},
	"clean.again":   {"To see it again", "重现此页"},

	"repair.outliers":   {"values that neither trend, season nor an event explains", "趋势、季节与事件都不能解释的值"},
	"repair.shifts":     {"lasting steps of the level: the past is moved to the level after them", "水平的持久变动：此前的数据调整到变动后的水平"},
	"repair.gaps":       {"unknown values", "未知值"},
	"repair.smooth":     {"noise, smoothed", "平滑噪声"},
	"repair.log":        {"log(1 + y)", "log(1 + y)"},
	"repair.boxcox":     {"a power of the values", "幂变换"},
	"repair.scale":      {"a common scale", "统一尺度"},
	"repair.difference": {"differences", "差分"},
	"repair.pca":        {"principal components of the covariates", "协变量的主成分"},
}
