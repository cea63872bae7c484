/** The state of the page, and the address that restores it. All of it is in the fragment, which is not sent to the server. */

import type { Answers } from "./tables";

export const FACETS = ["year", "kind", "country", "category", "goods", "grade"] as const;
export type Facet = (typeof FACETS)[number];
export type Filters = Record<Facet, readonly string[]>;

/** The value of a facet that selects the listings of which no source gives the value. */
export const UNKNOWN = "unknown";

export const VIEWS = ["listings", "markets", "map", "changes", "coverage", "check", "about"] as const;
export type View = (typeof VIEWS)[number] | "market";

export interface Route {
  view: View;
  /** The id of the market that the view "market" shows. */
  market: string;
  search: string;
  filters: Filters;
  /** The column by which listings are sorted, after a minus in descending order; empty for the order of the table. */
  sort: string;
  page: number;
  /** The listing in the drawer, as "2021-5". */
  listing: string;
  /** The locality that is selected on the map, as "CN/Beijing". */
  place: string;
  before: number;
  after: number;
  /** Whether the general sites of companies count as hits. */
  company: boolean;
  /** Whether only hits are shown. */
  hits: boolean;
}

export function emptyFilters(): Filters {
  return { year: [], kind: [], country: [], category: [], goods: [], grade: [] };
}

export function startRoute(years: readonly number[]): Route {
  return {
    view: "listings",
    market: "",
    search: "",
    filters: emptyFilters(),
    sort: "",
    page: 1,
    listing: "",
    place: "",
    before: years.at(-2) ?? 0,
    after: years.at(-1) ?? 0,
    company: false,
    hits: false,
  };
}

/** Return the fragment of the address of a state, such as `#/listings?year=2021&kind=online`. */
export function toHash(route: Route, years: readonly number[]): string {
  const start = startRoute(years);
  const parts: string[] = [];
  const add = (name: string, value: string) => parts.push(`${name}=${value}`);
  if (route.search) add("q", encodeURIComponent(route.search));
  for (const facet of FACETS) {
    const values = route.filters[facet];
    if (values.length > 0) add(facet, values.map(encodeURIComponent).join(","));
  }
  for (const name of ["sort", "listing", "place"] as const) {
    if (route[name]) add(name, encodeURIComponent(route[name]).replaceAll("%2F", "/"));
  }
  if (route.page > 1) add("page", String(route.page));
  for (const name of ["before", "after"] as const) if (route[name] !== start[name]) add(name, String(route[name]));
  for (const name of ["company", "hits"] as const) if (route[name]) add(name, "1");
  const path = route.view === "market" ? `market/${encodeURIComponent(route.market)}` : route.view;
  return `#/${path}${parts.length > 0 ? `?${parts.join("&")}` : ""}`;
}

export interface Read {
  route: Route;
  /** What the address asks for and the data do not have, in sentences. */
  problems: string[];
}

/** Read the fragment of an address. A value that cannot match is left out and reported. */
export function fromHash(hash: string, answers: Answers): Read {
  const route = startRoute(answers.years);
  const problems: string[] = [];
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const [view = "", id = ""] = path.split("/", 2);
  if (view === "market") {
    route.view = "market";
    route.market = decoded(id);
  } else if ((VIEWS as readonly string[]).includes(view)) {
    route.view = view as View;
  } else if (view) {
    problems.push(`There is no view “${decoded(view)}”.`);
  }
  const values = new URLSearchParams(query);
  const known = knownValues(answers);
  route.search = values.get("q") ?? "";
  for (const facet of FACETS) {
    const wanted = (values.get(facet) ?? "").split(",").filter(Boolean);
    const valid = wanted.filter((value) => known[facet].has(value));
    const unknown = wanted.filter((value) => !known[facet].has(value));
    if (unknown.length > 0) problems.push(`There is no ${facet} ${unknown.map((each) => `“${each}”`).join(", ")}.`);
    route.filters = { ...route.filters, [facet]: valid };
  }
  route.sort = values.get("sort") ?? "";
  route.page = Math.max(1, Math.trunc(Number(values.get("page"))) || 1);
  route.listing = values.get("listing") ?? "";
  route.place = values.get("place") ?? "";
  for (const name of ["before", "after"] as const) {
    const year = values.get(name);
    if (year === null) continue;
    if (answers.years.includes(Number(year))) route[name] = Number(year);
    else problems.push(`There is no edition “${year}”.`);
  }
  route.company = values.get("company") === "1";
  route.hits = values.get("hits") === "1";
  return { route, problems };
}

function knownValues(answers: Answers): Record<Facet, Set<string>> {
  const { kind, category, goods, grade } = answers.vocabularies;
  return {
    year: new Set(answers.years.map(String)),
    kind: new Set(kind),
    // Like the package, the page accepts every country, also one without listings.
    country: new Set([...Object.keys(answers.countries), UNKNOWN]),
    category: new Set([...category, UNKNOWN]),
    goods: new Set([...goods, UNKNOWN]),
    grade: new Set(grade),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
