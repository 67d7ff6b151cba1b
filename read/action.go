package read

import "strings"

// Action is the canonical form of an event's behaviour.
type Action string

// The actions.
const (
	View   Action = "view"
	Cart   Action = "cart"
	Fav    Action = "favourite"
	Buy    Action = "buy"
	Return Action = "return"
	Other  Action = "other"
)

var actions = map[string]Action{
	"pv": View, "view": View, "views": View, "click": View, "pageview": View, "viewitem": View, "productview": View, "viewproduct": View, "selectitem": View, "impression": View, "detail": View, "点击": View, "浏览": View, "1": View,
	"cart": Cart, "addtocart": Cart, "add": Cart, "basket": Cart, "加购": Cart, "加购物车": Cart, "购物车": Cart, "3": Cart,
	"fav": Fav, "favorite": Fav, "favourite": Fav, "wishlist": Fav, "addtowishlist": Fav, "like": Fav, "收藏": Fav, "2": Fav,
	"refund": Return, "return": Return, "退款": Return, "退货": Return,
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

var cancelledStatus = map[string]bool{"cancelled": true, "canceled": true, "refunded": true, "returned": true, "voided": true, "void": true, "unavailable": true, "failed": true, "trash": true,
	"已取消": true, "交易关闭": true, "已关闭": true, "已退款": true, "退款成功": true, "已退货": true, "交易取消": true, "等待买家付款": true, "等待付款": true, "待付款": true, "待支付": true, "未支付": true}

// IsCancelled reports whether an order's status says that it came to nothing, or was never paid. Of several statuses joined by / one is enough.
func IsCancelled(statusText string) bool {
	for part := range strings.SplitSeq(statusText, "/") {
		n := strings.TrimPrefix(normal(part), "wc")
		if cancelledStatus[n] || strings.HasPrefix(n, "删除") || strings.HasSuffix(n, "退款成功") && !strings.Contains(n, "部分") {
			return true
		}
	}
	return false
}

var refundedStatus = map[string]bool{"refunded": true, "returned": true, "已退款": true, "退款成功": true, "已退货": true}

// IsRefunded reports whether an order's status says that it was a sale whose money was given back later.
func IsRefunded(statusText string) bool {
	for part := range strings.SplitSeq(statusText, "/") {
		n := strings.TrimPrefix(normal(part), "wc")
		if refundedStatus[n] || strings.HasSuffix(n, "退款成功") && !strings.Contains(n, "部分") {
			return true
		}
	}
	return false
}
