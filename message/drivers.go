package message

// drivers is what is said of what moves forecasts.
var drivers = map[string]text{
	"nav.drivers":    {"Drivers", "影响因素"},
	"drivers.title":  {"What moves the forecasts", "影响预测的因素"},
	"drivers.intro":  {"By how much each influence moves a period's forecast on average; below, what it adds or takes away on the whole.", "各因素使每期预测平均变动的幅度；其下为总体上的增减。"},
	"drivers.series": {"The largest series", "主要序列"},
	"drivers.by":     {"By {0}", "按{0}"},
	"drivers.of":     {"{0} {0|series|series}", "{0}个序列"},
	"drivers.what":   {"forecast of", "预测对象"},
	"drivers.mean":   {"a period", "每期"},
	"drivers.season": {"season", "季节性"},
	"drivers.note": {"Shapley values of the boosted trees of {0} series, summed by what the features are made of. They say what the model goes by, which need not be what causes sales.",
		"由{0}个序列的提升树的沙普利值按特征来源汇总而得。它们说明模型依据什么，未必是销售的原因。"},
}
