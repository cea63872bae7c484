/** The table of listings. */

import { Cite } from "../cite";
import { Facets, inPython, inWords, Summary } from "../facets";
import { capital, countryName, idOf, type Listings, label, plural, usePage } from "../page";
import { Downloads, isInPassing, Mark, Missing, markOf, meaningOf, Pager, pageOf } from "../parts";
import { SORTS, search, select, sorted } from "../selection";
import type { Listing } from "../tables";
import { Drawer } from "./drawer";

const SIZE = 50;
const NEWEST = "-year";

export interface Selected {
  /** The listings that meet the conditions, without the search. */
  all: Listing[];
  /** Of these, the listings that the search finds. */
  found: Listing[];
}

/** Return the listings that the filters and the search select. */
export function useSelection(data: Listings): Selected {
  const { route } = usePage();
  const all = select(data.listings, route.filters);
  return { all, found: search(all, route.search, data.texts) };
}

/** Return the listings among which the facets count: those that the search finds. */
export function searched(data: Listings, query: string): Listing[] {
  return search(data.listings, query, data.texts);
}

export function ListingsView({ data }: { data: Listings }) {
  const { answers, route, href } = usePage();
  const { all, found } = useSelection(data);
  const rows = sorted(found, route.sort || NEWEST, (listing, column) => sortKey(listing, column, data));
  // Without a chosen order, the files have the order of the package.
  const saved = route.sort ? rows : found;
  const shown = pageOf(rows, route.page, SIZE);
  const years = route.filters.year.map(Number);
  const open = data.listings.find((listing) => idOf(listing) === route.listing);

  function sortKey(listing: Listing, column: string, { markets }: Listings): string | number | null {
    if (column === "name") return listing.name_as_listed ?? markets.get(listing.market_id ?? "")?.name ?? null;
    if (column === "country") return listing.country && countryName(listing.country, answers);
    if (column === "grade") return answers.vocabularies.grade.indexOf(listing.grade);
    return listing[column as "year" | "kind" | "category" | "page"];
  }

  return (
    <div class="columns">
      <Facets listings={searched(data, route.search)} />
      <div class="results">
        <Summary found={found} all={all}>
          <Downloads name={fileName(route.filters.year)} columns={data.columns} rows={saved} />
          <Cite
            what={`${plural(found.length, "listing")}: ${inWords(route.filters, route.search)}`}
            years={years}
            code={inPython(route.filters, route.search)}
          />
        </Summary>
        {found.length > 0 ? (
          <table class="listings">
            <caption class="hidden">Listings. Links in the header sort the table.</caption>
            <thead>
              <tr>
                {SORTS.map((column) => (
                  <Heading key={column} column={column} />
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map((listing) => (
                <Row key={idOf(listing)} listing={listing} data={data} />
              ))}
            </tbody>
          </table>
        ) : (
          <p class="empty">No listing meets all conditions.</p>
        )}
        <Pager count={rows.length} size={SIZE} />
        {open && <Drawer listing={open} data={data} />}
        {route.listing && !open && (
          <p role="alert">
            There is no listing “{route.listing}”. <a href={href({ listing: "" })}>Back to the table</a>
          </p>
        )}
      </div>
    </div>
  );
}

function fileName(years: readonly string[]): string {
  return ["notorious-markets-listings", ...(years.length === 1 ? years : [])].join("-");
}

function Heading({ column }: { column: string }) {
  const { route, href } = usePage();
  const present = route.sort || NEWEST;
  const current = present.replace(/^-/, "") === column;
  const descending = current && present.startsWith("-");
  const sort = current && !descending ? `-${column}` : column;
  return (
    <th scope="col" class={column} aria-sort={current ? (descending ? "descending" : "ascending") : "none"}>
      <a href={href({ sort: sort === NEWEST ? "" : sort, page: 1 })}>
        {capital(label(column))}
        <span class="arrow" aria-hidden="true">
          {current ? (descending ? "▾" : "▴") : ""}
        </span>
      </a>
    </th>
  );
}

function Row({ listing, data }: { listing: Listing; data: Listings }) {
  const { answers, href } = usePage();
  const market = data.markets.get(listing.market_id ?? "");
  const place = [listing.locality, listing.country && countryName(listing.country, answers)].filter(Boolean).join(", ");
  const category = listing.category && label(listing.category);
  return (
    <tr>
      <td class="year">{listing.year}</td>
      <th scope="row" class="name">
        <a href={href({ listing: idOf(listing) })}>
          {listing.name_as_listed ?? market?.name ?? <i>Named by no source</i>}
        </a>
        {market && listing.name_as_listed && market.name.toLowerCase() !== listing.name_as_listed.toLowerCase() && (
          <span class="soft usual">{market.name}</span>
        )}
        <span class="soft narrow">{[listing.kind, category, place].filter(Boolean).join(" · ")}</span>
      </th>
      <td class="kind">{listing.kind}</td>
      <td class="country">{place || <Missing />}</td>
      <td class="category">{category ?? (listing.kind === "online" ? <Missing /> : "")}</td>
      <td class="grade">
        <Mark name={markOf(listing, answers)} meaning={meaningOf(listing, answers)} />{" "}
        <span class="word">
          {listing.grade}
          {isInPassing(listing, answers) && <span class="soft">, in passing</span>}
        </span>
      </td>
      <td class="page">{listing.page ?? <Missing />}</td>
    </tr>
  );
}
