// What guests and staff ask of an installation, and what that costs.
//
// A cost is CPU in microseconds an operation: {postgres, web}, web being nginx,
// the workers, relay and rt. Rates are of operations a second.

/** What may be set about an evening: [default, what it is]. */
export const assumptions = {
  restaurants: [1000, 'restaurants'],
  guests: [1000, 'guests in each at once'],
  orders: [2, 'orders a guest and hour'],
  menus: [4, 'readings of the menu a guest and hour'],
  scans: [1, 'scanned QR codes a guest and hour'],
  joins: [1, 'sessions opened or joined a guest and hour'],
  bills: [1, 'looks at the bill a guest and hour'],
  payments: [0.5, 'payments a guest and hour'],
  steps: [3, 'changes of status an order (preparing, ready, served)'],
  heard: [6, 'live events of an order: itself, its steps, its payment'],
  listeners: [8, 'guests and screens that hear each of them'],
  polls: [0, 'polls of GET /api/sync a guest and hour, by those who do not listen'],
  lists: [300, 'list pages that the staff of a restaurant reads an hour'],
  logins: [5, 'sign-ins of staff a restaurant and hour'],
};

/**
 * nginx answers from its cache for a second after it has asked for a menu. Of the
 * readings a second of a restaurant, the number for which it asks.
 */
export const asked = (readings) => readings / (1 + readings);

/** Operations a second of an evening: menu is from nginx's cache, ask what nginx asks for. */
export function ratesOf(a) {
  const guests = a.restaurants * a.guests / 3600, places = a.restaurants / 3600, orders = guests * a.orders;
  const ask = a.restaurants * asked(a.guests * a.menus / 3600);
  return {
    scan: guests * a.scans, join: guests * a.joins, menu: guests * a.menus - ask, ask, order: orders, status: orders * a.steps,
    bill: guests * a.bills, payment: guests * a.payments, poll: guests * a.polls, list: places * a.lists,
    login: places * a.logins, event: orders * a.heard * a.listeners,
  };
}

/** Cores that are busy: {postgres, web}. */
export function coresOf(rates, costs) {
  const of = (part) => Object.entries(rates).reduce((sum, [what, rate]) => sum + rate * costs[what][part], 0) / 1e6;
  return { postgres: of('postgres'), web: of('web') };
}
