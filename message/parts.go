package message

// parts is what is said of a total and its parts.
var parts = map[string]text{
	"nav.parts":     {"Parts", "构成"},
	"parts.title":   {"What the total is made of", "总量的构成"},
	"parts.intro":   {"Over the {0}, {1} are expected in all ({2} range {3}). The parts add up to it.", "{0}合计预计为{1}（{2}区间{3}），各部分相加等于总量。"},
	"parts.kept":    {"At {2} past origins, {0} intervals held {1} of what came.", "在过去{2}个预测起点上，{0}区间包含了{1}的实际值。"},
	"parts.next":    {"expected", "预计"},
	"parts.share":   {"share", "占比"},
	"parts.picture": {"bar of what is expected, with its range", "预计值及其区间的条形图"},
	"parts.rest":    {"{0} others", "其余{0}个"},
	"parts.note":    {"All numbers come from the same sample paths, in each of which the parts make the total: so means add up, and ranges do not.", "所有数字来自同一组样本路径，每条路径中各部分之和即为总量；因此均值可以相加，区间不能。"},
	"parts.added":   {"Added, the parts' ranges would make {0}; the total's own is {1} narrower, as not everything is high or low at once.", "若把各部分的区间相加会得到{0}；总量自身的区间窄{1}，因为各部分不会同时偏高或偏低。"},
}
