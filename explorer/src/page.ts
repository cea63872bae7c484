/** What every part of the page shares: the state and the answers, loading, and words for values. */

import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { type Route, toHash, UNKNOWN } from "./route";
import { textOfMarket } from "./selection";
import type { Answers, Listing, Market } from "./tables";
import { table } from "./tables";

/** The documentation, in whose folder the site has the explorer. Its pages of markets and editions keep their addresses. */
export const DOCUMENTATION = "../";

export interface Page {
  answers: Answers;
  route: Route;
  /** Return the address of a state that differs in some parts from the present one. */
  href(change: Partial<Route>): string;
  /** Go to such a state, as a step of the history or instead of the present one. */
  go(change: Partial<Route>, replace?: boolean): void;
  /** Report an error to the reader. */
  fail(error: unknown): void;
}

export const PageContext = createContext<Page | null>(null);

export function usePage(): Page {
  const page = useContext(PageContext);
  if (!page) throw new Error("the page has no state");
  return page;
}

export function hrefOf(route: Route, answers: Answers, change: Partial<Route>): string {
  return toHash({ ...route, ...change }, answers.years);
}

/** Return what a function loads, or `null` until it is loaded. */
export function useLoaded<Value>(load: () => Promise<Value>): Value | null {
  const { fail } = usePage();
  const [value, setValue] = useState<Value | null>(null);
  // Everything that is loaded is loaded once and never changes.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    load().then(setValue, fail);
  }, []);
  return value;
}

export interface Listings {
  columns: string[];
  listings: Listing[];
  markets: Map<string, Market>;
  /** The texts in which a search finds the markets, by their ids. */
  texts: Map<string, string>;
}

/** Load the listings, and the markets by their ids. */
export async function loadListings(): Promise<Listings> {
  const [listings, markets] = await Promise.all([table("listings"), table("markets")]);
  return {
    columns: listings.columns,
    listings: listings.rows,
    markets: new Map(markets.rows.map((market) => [market.market_id, market])),
    texts: new Map(markets.rows.map((market) => [market.market_id, textOfMarket(market)])),
  };
}

export const idOf = (listing: { year: number; listing_no: number }): string => `${listing.year}-${listing.listing_no}`;

const LABELS: Record<string, string> = {
  counterfeit: "counterfeit goods",
  "e-commerce": "e-commerce",
  iptv: "IPTV",
  [UNKNOWN]: "not known",
  year: "edition",
};

/** Return a value of a vocabulary, or the name of a column, in words. */
export function label(value: string): string {
  return LABELS[value] ?? value.replaceAll(/[-_]/g, " ");
}

export function countryName(code: string, answers: Answers): string {
  return code === UNKNOWN ? label(code) : (answers.countries[code] ?? code);
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Return a number with its noun: `plural(1, "listing")`. */
export function plural(count: number, noun: string): string {
  const many = noun.endsWith("y") ? `${noun.slice(0, -1)}ies` : `${noun}s`;
  return `${count.toLocaleString("en")} ${count === 1 ? noun : many}`;
}

/** Return runs of years in words: `2016–2018, 2020`. */
export function runs(spells: readonly [number, number][]): string {
  return spells.map(([first, last]) => (first === last ? String(first) : `${first}–${last}`)).join(", ");
}
