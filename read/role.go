package read

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
	Key       Role = "key"       // of the row: of two rows of one key the first counts
	Currency  Role = "currency"  // of price and amount
	Cancelled Role = "cancelled" // when or why an order was cancelled: not blank where it was
	Stock     Role = "stock"     // pieces left
	Discount  Role = "discount"  // money taken off a whole order line, beside its amount
)

// RoleNames are the names of all roles.
func RoleNames() []string {
	var names []string
	for _, r := range []Role{ID, Time, Value, Item, Quantity, Price, Amount, Order, User, Behaviour, Status, Country, Category, Store, Key, Currency, Cancelled, Stock, Discount} {
		names = append(names, string(r))
	}
	return names
}

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
	Name     string
	Shape    Shape
	Title    string          // where such files come from
	Family   string          // files of layouts of one family can be read together; "" = only files of the same layout
	Header   []string        // names that must all be there, in normal form, or one of several parted by |; none for a file without a header
	Bare     []string        // without a header: what each column looks like (int, number, unix, time, any, or words joined by |)
	Roles    map[Role]string // column name in normal form, or #number; of several parted by | the first that is there and not blank; joined by +
	Constant map[Role]string // what every row is, where no column says it
	Carry    bool            // what is true of a whole order stands only in its first row
	Part     bool            // the table has no time of its own: it is read with others of its folder
}
