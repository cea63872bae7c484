/** Which listings meet the conditions, how many each further condition would leave, and in which order they are shown. */

import { FACETS, type Facet, type Filters, UNKNOWN } from "./route";
import type { Listing, Market } from "./tables";

const VALUES: Record<Facet, (listing: Listing) => readonly string[]> = {
  year: (listing) => [String(listing.year)],
  kind: (listing) => [listing.kind],
  country: (listing) => [listing.country ?? UNKNOWN],
  category: (listing) => [listing.category ?? UNKNOWN],
  goods: (listing) => (listing.goods.length > 0 ? listing.goods : [UNKNOWN]),
  grade: (listing) => [listing.grade],
};

/** Return the listings that have one of the values of each facet. A facet without values is no condition. */
export function select(listings: readonly Listing[], filters: Filters, except?: Facet): Listing[] {
  const used = FACETS.filter((facet) => facet !== except && filters[facet].length > 0);
  return listings.filter((listing) =>
    used.every((facet) => VALUES[facet](listing).some((value) => filters[facet].includes(value))),
  );
}

/** Return how many listings have each value of a facet, among those that meet the conditions on the other facets. */
export function counts(listings: readonly Listing[], filters: Filters, facet: Facet): Map<string, number> {
  const found = new Map<string, number>();
  for (const listing of select(listings, filters, facet)) {
    for (const value of VALUES[facet](listing)) found.set(value, (found.get(value) ?? 0) + 1);
  }
  return found;
}

/** Return the ids of the markets in the heading of a listing. */
export function marketIds(listing: Listing): string[] {
  return listing.market_id === null ? [] : [listing.market_id, ...listing.further_market_ids];
}

/** Return a text for search: lower case, without accents and with compatibility characters replaced. */
export function searchable(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ").trim();
}

/** Return the text in which a market is found: its name, its aliases and its id. */
export function textOfMarket(market: Market): string {
  return searchable([market.name, ...market.aliases, market.market_id].join("\n"));
}

/** Return the listings whose printed name, printed domains or markets contain every word of the search. */
export function search(listings: readonly Listing[], query: string, texts: ReadonlyMap<string, string>): Listing[] {
  const words = searchable(query).split(" ").filter(Boolean);
  if (words.length === 0) return [...listings];
  return listings.filter((listing) => {
    const printed = searchable([listing.name_as_listed ?? "", ...listing.domains].join("\n"));
    const text = [printed, ...marketIds(listing).map((id) => texts.get(id) ?? "")].join("\n");
    return words.every((word) => text.includes(word));
  });
}

export const SORTS = ["year", "name", "kind", "country", "category", "grade", "page"] as const;

/** Return the listings in the order of a column, missing values last. The order of equal values is that of the table. */
export function sorted(
  listings: readonly Listing[],
  sort: string,
  key: (listing: Listing, column: string) => string | number | null,
): Listing[] {
  const column = sort.replace(/^-/, "");
  if (!(SORTS as readonly string[]).includes(column)) return [...listings];
  const sign = sort.startsWith("-") ? -1 : 1;
  const keyed = listings.map((listing) => [key(listing, column), listing] as const);
  keyed.sort(([a], [b]) => {
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    if (typeof a === "number" && typeof b === "number") return sign * (a - b);
    return sign * COLLATOR.compare(String(a), String(b));
  });
  return keyed.map(([, listing]) => listing);
}

const COLLATOR = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
