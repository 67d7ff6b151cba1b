package message

// workspace is what is said of workspaces.
var workspace = map[string]text{
	"workspace.made":  {"The workspace {0} is ready. Next: tidewatch import --workspace {0} orders.csv", "工作区 {0} 已建立。下一步：tidewatch import --workspace {0} orders.csv"},
	"workspace.empty": {"The workspace {0} is empty. Next: tidewatch import --workspace {0} orders.csv", "工作区 {0} 为空。下一步：tidewatch import --workspace {0} orders.csv"},
	"workspace.is":    {"Workspace {0}: {1} {1|import|imports}, the last known at {2}", "工作区 {0}：导入{1}次，最近一次获知于 {2}"},

	"import.read":      {"{0}: {1} {1|row|rows} read, {2} new", "{0}：读取{1}行，新增{2}行"},
	"import.changed":   {"{0} new {0|version|versions}", "{0}行为新版本"},
	"import.same":      {"{0} known already", "{0}行已有"},
	"import.conflicts": {"{0} in conflict with the first of their key, which stays", "{0}行与同键的首行冲突，保留首行"},
	"import.corrected": {"{0} superseded", "更正了{0}行"},
	"import.refused":   {"{0} refused", "拒收{0}行"},
	"import.rounded":   {"{0} amounts rounded to six decimals", "{0}个金额舍入到六位小数"},
	"import.now":       {"{0}: {1} {1|row|rows} now, snapshot {2}", "{0}：现有{1}行，快照 {2}"},
	"import.left":      {"Not kept, as they look personal: {0} (--keep-column NAME keeps one)", "下列列疑似个人信息，未保存：{0}（用 --keep-column 列名 保留）"},
	"import.took":      {"Took {0} s", "用时{0}秒"},

	"snapshots.table":   {"table", "表"},
	"snapshots.known":   {"known at (K)", "获知时间（K）"},
	"snapshots.rows":    {"rows", "行数"},
	"snapshots.from":    {"from", "起"},
	"snapshots.to":      {"to", "止"},
	"snapshots.imports": {"imports", "导入次数"},
	"snapshots.refused": {"refused", "拒收"},
	"snapshots.file":    {"file", "文件"},
	"snapshots.id":      {"snapshot", "快照"},

	"forget.done": {"The key of {0} is destroyed: nothing in the workspace, or in copies of its rows, says any more which rows were theirs. Copies of the file {1} hold the key still: destroy those too.", "{0} 的密钥已销毁：工作区及其数据副本不再能说明哪些行属于此人。文件 {1} 的旧副本仍含该密钥，请一并销毁。"},
	"forget.none": {"The workspace knows no user {0}: nothing was changed.", "工作区中没有用户 {0}：未作任何更改。"},
}
