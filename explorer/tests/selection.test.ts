import { expect, test } from "vitest";
import { emptyFilters } from "../src/route";
import { counts, search, select, sorted } from "../src/selection";
import type { Listing } from "../src/tables";

const listing = (year: number, part: Partial<Listing>): Listing =>
  ({
    year,
    listing_no: 1,
    kind: "online",
    market_id: null,
    further_market_ids: [],
    name_as_listed: null,
    country: null,
    category: null,
    goods: [],
    domains: [],
    page: null,
    grade: "primary",
    ...part,
  }) as Listing;
const listings = [
  listing(2020, { name_as_listed: "Exámple", country: "CN", goods: ["piracy", "counterfeit"], page: 9 }),
  listing(2021, { market_id: "a", further_market_ids: ["b"], kind: "physical", page: 2 }),
  listing(2021, { name_as_listed: "Other", domains: ["example.org"] }),
];

test("values of one facet are alternatives, facets are conditions", () => {
  expect(select(listings, { ...emptyFilters(), year: ["2021"], kind: ["physical", "online"] })).toHaveLength(2);
  expect(select(listings, { ...emptyFilters(), year: ["2021"], goods: ["piracy"] })).toHaveLength(0);
  expect(select(listings, { ...emptyFilters(), country: ["unknown"] })).toHaveLength(2);
});

test("a facet counts under the conditions of the others only", () => {
  const filters = { ...emptyFilters(), year: ["2020"], kind: ["online"] };
  expect([...counts(listings, filters, "year")]).toEqual([
    ["2020", 1],
    ["2021", 1],
  ]);
  expect([...counts(listings, filters, "goods")]).toEqual([
    ["piracy", 1],
    ["counterfeit", 1],
  ]);
});

test("a search looks at printed names, printed domains and all markets of the heading", () => {
  const texts = new Map([["b", "second name"]]);
  expect(search(listings, "EXAMPLE", texts)).toEqual([listings[0], listings[2]]);
  expect(search(listings, "name second", texts)).toEqual([listings[1]]);
  expect(search(listings, " ", texts)).toHaveLength(3);
});

test("missing values are last in both directions", () => {
  const page = (row: Listing) => row.page;
  expect(sorted(listings, "page", page).map(page)).toEqual([2, 9, null]);
  expect(sorted(listings, "-page", page).map(page)).toEqual([9, 2, null]);
  expect(sorted(listings, "unknown", page)).toEqual(listings);
});
