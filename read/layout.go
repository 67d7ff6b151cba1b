package read

import (
	"strings"
	"unicode"
)

// Role is what a column means.
type Role string

// The roles of columns.
const (
	ID        Role = "id"        // of a ready series; may be several columns
	Time      Role = "time"      // of the row
	Value     Role = "value"     // of a ready series
	Item      Role = "item"      // what was sold or looked at
	Quantity  Role = "quantity"  // pieces of an order line; negative = returned
	Price     Role = "price"     // of one piece
	Amount    Role = "amount"    // money of a whole order line
	Order     Role = "order"     // id of the order
	User      Role = "user"      // customer, visitor or session
	Behaviour Role = "behaviour" // of an event: view, cart, favourite, buy
	Status    Role = "status"    // of an order: cancelled, refunded ...
	Country   Role = "country"   // or region
	Category  Role = "category"
	Store     Role = "store"
)

// Shape is the family a layout belongs to: what its rows are.
type Shape string

// The shapes.
const (
	Series Shape = "series" // ready series: id, time, value; an absent row is unknown
	Orders Shape = "orders" // order lines: time, item, quantity, price ...; no row means nothing was sold
	Events Shape = "events" // clicks, views, carts: time, user, item, behaviour; no row means nothing happened
)

// Layout says which columns of a known kind of file mean what. The three general layouts, named like their shapes, find their columns
// by name and content; the others are recognised by their header, or the look of their first rows where they have none.
type Layout struct {
	Name   string
	Shape  Shape
	Title  string          // where such files come from
	Header []string        // names that must all be there, in normal form; none for a file without a header
	Bare   []string        // without a header: what each column looks like (int, number, time, or words joined by |)
	Roles  map[Role]string // column name in normal form, or #number
}

// layouts is the table of layouts: a new one is a row here. The first that fits is taken; the general ones stand last.
var layouts = []Layout{
	{Name: "online-retail", Shape: Orders, Title: "Online Retail (UCI)", Header: []string{"invoiceno", "stockcode", "quantity", "invoicedate", "unitprice"},
		Roles: map[Role]string{Order: "invoiceno", Item: "stockcode", Quantity: "quantity", Time: "invoicedate", Price: "unitprice", User: "customerid", Country: "country"}},
	{Name: "online-retail-2", Shape: Orders, Title: "Online Retail II (UCI)", Header: []string{"invoice", "stockcode", "quantity", "invoicedate", "price"},
		Roles: map[Role]string{Order: "invoice", Item: "stockcode", Quantity: "quantity", Time: "invoicedate", Price: "price", User: "customerid", Country: "country"}},
	{Name: "cdnow", Shape: Orders, Title: "CDNOW", Header: []string{"customerid", "date", "numberofcds", "dollarvalue"},
		Roles: map[Role]string{User: "customerid", Time: "date", Quantity: "numberofcds", Amount: "dollarvalue"}},
	{Name: "completejourney", Shape: Orders, Title: "The Complete Journey (dunnhumby), transactions", Header: []string{"householdid", "basketid", "productid", "quantity", "salesvalue", "transactiontimestamp"},
		Roles: map[Role]string{User: "householdid", Store: "storeid", Order: "basketid", Item: "productid", Quantity: "quantity", Amount: "salesvalue", Time: "transactiontimestamp"}},
	{Name: "rossmann", Shape: Series, Title: "Rossmann, daily sales by store", Header: []string{"store", "dayofweek", "date", "sales"},
		Roles: map[Role]string{ID: "store", Time: "date", Value: "sales"}},
	{Name: "avocado", Shape: Series, Title: "Avocado sales by region and type", Header: []string{"date", "averageprice", "totalvolume", "type", "region"},
		Roles: map[Role]string{ID: "region,type", Time: "date", Value: "totalvolume"}},
	{Name: "rees46", Shape: Events, Title: "REES46 events", Header: []string{"eventtime", "eventtype", "productid", "userid"},
		Roles: map[Role]string{Time: "eventtime", Behaviour: "eventtype", Item: "productid", User: "userid", Price: "price", Category: "categorycode"}},
	{Name: "yoochoose", Shape: Events, Title: "Yoochoose clicks, prepared", Header: []string{"sessionid", "itemid", "time"},
		Roles: map[Role]string{User: "sessionid", Item: "itemid", Time: "time"}},
	{Name: "taobao", Shape: Events, Title: "Taobao UserBehavior", Bare: []string{"int", "int", "int", "pv|cart|fav|buy", "time"},
		Roles: map[Role]string{User: "#1", Item: "#2", Category: "#3", Behaviour: "#4", Time: "#5"}},
	{Name: string(Series), Shape: Series, Title: "ready series: id, time, value"},
	{Name: string(Orders), Shape: Orders, Title: "order lines: time, item, quantity, price ..."},
	{Name: string(Events), Shape: Events, Title: "events: time, user, item, behaviour"},
}

// Layouts are the layouts that are known, for help and for the --layout flag.
func Layouts() []Layout { return append([]Layout(nil), layouts...) }

// synonyms are the names, in normal form, that columns of a role go by, the most telling first.
var synonyms = map[Role][]string{
	Time: {"time", "ds", "timestamp", "datetime", "date", "invoicedate", "orderdate", "ordertime", "orderedat", "eventtime", "eventdate", "transactiontimestamp",
		"transactiondate", "transactiontime", "transdate", "purchasedate", "purchasetime", "saledate", "salesdate", "paidat", "paymenttime", "createdat", "created", "createtime", "orderpurchasetimestamp", "tdat", "datum",
		"fecha", "day", "week", "weekstart", "month", "quarter", "year", "period",
		"订单付款时间", "付款时间", "支付时间", "订单创建时间", "下单时间", "下单日期", "订单时间", "订单日期", "成交时间", "成交日期", "交易时间", "交易日期", "创建时间", "购买时间", "行为时间", "时间戳", "时间", "日期", "统计日期", "销售日期", "月份", "年月", "周"},
	ID:    {"id", "uniqueid", "seriesid", "series", "tsid", "key", "序列", "序列id", "编号"},
	Value: {"value", "y", "sales", "demand", "target", "units", "unitssold", "unitsales", "volume", "totalvolume", "quantity", "qty", "count", "cnt", "amount", "revenue", "turnover", "数值", "值", "销量", "需求", "销售量", "销售额", "数量"},
	Item: {"item", "itemid", "sku", "skuid", "skucode", "stockcode", "productid", "productcode", "product", "asin", "articleid", "article", "goodsid", "upc", "ean", "barcode", "lineitemsku", "lineitemname", "productname", "itemname", "itemnbr", "title",
		"商品id", "商品编号", "商品编码", "商品代码", "宝贝id", "skuid编码", "sku编码", "货号", "商家编码", "外部系统编号", "宝贝标题", "商品标题", "商品名称", "商品", "产品", "产品名称", "品名", "物品id"},
	Quantity:  {"quantity", "qty", "units", "unitssold", "pieces", "lineitemquantity", "itemquantity", "quantityordered", "quantitysold", "numberofcds", "itemcount", "count", "购买数量", "商品数量", "宝贝总数量", "宝贝数量", "商品件数", "销售数量", "订购数量", "数量", "件数", "销量"},
	Price:     {"unitprice", "price", "itemprice", "lineitemprice", "sellprice", "saleprice", "sellingprice", "商品单价", "商品价格", "宝贝价格", "单价", "价格", "售价"},
	Amount:    {"amount", "linetotal", "lineamount", "salesvalue", "dollarvalue", "totalprice", "totalamount", "subtotal", "total", "revenue", "sales", "gmv", "买家实际支付金额", "买家实付金额", "商家实收金额", "实付金额", "实收金额", "支付金额", "成交金额", "商品总价", "订单金额", "总金额", "销售额", "金额", "总价"},
	Order:     {"orderid", "ordernumber", "orderno", "order", "invoiceno", "invoice", "invoiceid", "basketid", "transactionid", "receiptid", "receiptno", "purchaseid", "子订单编号", "主订单编号", "订单编号", "订单号", "订单id", "交易号"},
	User:      {"userid", "user", "customerid", "customer", "customeruniqueid", "clientid", "buyerid", "buyer", "memberid", "householdid", "visitorid", "sessionid", "usersession", "email", "用户id", "用户编号", "用户", "买家会员名", "买家昵称", "买家id", "买家", "会员id", "会员", "客户id", "客户编号", "客户", "顾客"},
	Behaviour: {"behaviour", "behavior", "behaviortype", "behaviourtype", "eventtype", "eventname", "event", "action", "actiontype", "行为类型", "行为", "事件类型", "事件"},
	Status:    {"status", "orderstatus", "financialstatus", "订单状态", "交易状态", "状态", "售后状态"},
	Country:   {"country", "countrycode", "region", "market", "state", "province", "国家", "地区", "区域", "省份", "收货省份", "省"},
	Category:  {"category", "categorycode", "categoryid", "catid", "department", "dept", "deptid", "productcategory", "类目", "类目id", "商品类目", "品类", "分类", "类别"},
	Store:     {"store", "storeid", "shop", "shopid", "location", "locationid", "warehouse", "retailer", "outlet", "店铺", "店铺名称", "门店", "门店id", "仓库"},
}

// normal is the form of a column name in which names are compared: lower case, letters and digits only, the explanation in brackets left out.
func normal(name string) string {
	if i := strings.IndexAny(name, "(（[【"); i > 0 {
		name = name[:i]
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// knownNames are all synonyms: a first row that holds one of them is a header.
var knownNames = func() map[string]bool {
	m := map[string]bool{}
	for _, names := range synonyms {
		for _, n := range names {
			m[n] = true
		}
	}
	return m
}()

// Action is the canonical form of an event's behaviour.
type Action string

// The actions.
const (
	View  Action = "view"
	Cart  Action = "cart"
	Fav   Action = "favourite"
	Buy   Action = "buy"
	Other Action = "other"
)

var actions = map[string]Action{
	"pv": View, "view": View, "views": View, "click": View, "pageview": View, "viewitem": View, "productview": View, "impression": View, "detail": View, "点击": View, "浏览": View, "1": View,
	"cart": Cart, "addtocart": Cart, "add": Cart, "basket": Cart, "加购": Cart, "加购物车": Cart, "购物车": Cart, "3": Cart,
	"fav": Fav, "favorite": Fav, "favourite": Fav, "wishlist": Fav, "addtowishlist": Fav, "like": Fav, "收藏": Fav, "2": Fav,
	"buy": Buy, "purchase": Buy, "transaction": Buy, "order": Buy, "checkout": Buy, "sale": Buy, "购买": Buy, "下单": Buy, "支付": Buy, "成交": Buy, "4": Buy,
}

// ActionOf is what an event's behaviour means; "" for a blank one. The numbers 1 to 4 are those of Alibaba's data sets.
func ActionOf(behaviour string) Action {
	n := normal(behaviour)
	if n == "" {
		return ""
	}
	if a, ok := actions[n]; ok {
		return a
	}
	return Other
}

var cancelledStatus = map[string]bool{"cancelled": true, "canceled": true, "refunded": true, "returned": true, "voided": true, "void": true, "unavailable": true,
	"已取消": true, "交易关闭": true, "已关闭": true, "已退款": true, "退款成功": true, "已退货": true, "交易取消": true}

// Cancelled reports whether an order's status says that it came to nothing.
func Cancelled(statusText string) bool { return cancelledStatus[normal(statusText)] }
