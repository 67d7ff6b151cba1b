package message

// measures is what distributions are judged by.
var measures = map[string]text{
	"measure.title":            {"Distributions (95% confidence intervals)", "分布预测（括号内为95%置信区间）"},
	"measure.crps":             {"CRPS", "CRPS"},
	"measure.crps.about":       {"How far all quantiles lie from what came, in the series' own changes", "全部分位数与实际值的差距，以序列自身的变动为单位"},
	"measure.interval80":       {"interval score, 80%", "区间得分（80%）"},
	"measure.interval80.about": {"Width of the central 80%, and a fine for what falls outside", "80%中心区间的宽度，加上落在区间外的罚分"},
	"measure.interval95":       {"interval score, 95%", "区间得分（95%）"},
	"measure.interval95.about": {"The same of the central 95%", "95%中心区间的同一得分"},
	"measure.energy":           {"energy score", "能量得分"},
	"measure.energy.about":     {"The CRPS of a whole horizon at once, from sample paths", "整个预测期的联合CRPS，由样本路径计算"},
	"measure.uneven":           {"PIT off", "PIT偏离"},
	"measure.uneven.about":     {"Share of values in the wrong tenth of their distribution; 0 is honest", "实际值落入错误十分位区间的比例；0表示完全可信"},
	"measure.wrmsse":           {"WRMSSE", "WRMSSE"},
	"measure.wrmsse.about":     {"Squared error of the mean, over all levels that add up, large series counting more", "均值预测的平方误差，覆盖全部加总层级，规模大的序列权重更高"},
	"measure.equal":            {"p if equal", "p值（与基准相同）"},
	"measure.equal.about":      {"How likely so large a difference would be if both methods were equally good (Diebold–Mariano)", "若两种方法同样好，出现如此大差异的概率（Diebold–Mariano检验）"},
}
