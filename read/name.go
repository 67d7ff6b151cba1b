package read

import (
	"strings"
	"unicode"
)

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
	Currency:  {"currency", "currencycode", "ordercurrency", "币种", "货币"},
	Cancelled: {"cancelledat", "canceledat", "取消时间"},
	Discount:  {"discount", "discountamount", "linediscount", "lineitemdiscount", "retaildisc", "discountvalue", "优惠金额", "折扣金额", "商家优惠", "优惠"},
	Stock:     {"stock", "stocklevel", "stockonhand", "onhand", "inventory", "available", "库存", "库存数量", "可用库存"},
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
