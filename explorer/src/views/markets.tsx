/** The markets of the selection, each with its editions. */

import { Cite } from "../cite";
import { Facets, inWords, Summary } from "../facets";
import { countryName, type Listings, label, plural, usePage } from "../page";
import { Downloads, Legend, Pager, pageOf, Strip, statusOf } from "../parts";
import { marketIds } from "../selection";
import type { Market } from "../tables";
import { searched, useSelection } from "./listings";

const SIZE = 50;
const COLUMNS = ["market_id", "name", "kind", "country", "category"];

export function MarketsView({ data }: { data: Listings }) {
  const { answers, route, href } = usePage();
  const { all, found } = useSelection(data);
  const ids = new Set(found.flatMap(marketIds));
  const first = (market: Market) => answers.spells[market.market_id]?.[0]?.[0] ?? 9999;
  const listed = (market: Market) =>
    [...(answers.statuses[market.market_id] ?? "")].filter((each) => each === "0").length;
  const markets = [...data.markets.values()]
    .filter((market) => ids.has(market.market_id))
    .sort((a, b) => first(a) - first(b) || listed(b) - listed(a) || a.name.localeCompare(b.name));
  // One row for each market, in the order of the package, with its status in each edition.
  const rows = [...markets]
    .sort((a, b) => (a.market_id < b.market_id ? -1 : 1))
    .map((market) => ({
      ...market,
      ...Object.fromEntries(answers.years.map((year) => [year, statusOf(market.market_id, year, answers)])),
    }));
  return (
    <div class="columns">
      <Facets listings={searched(data, route.search)} />
      <div class="results">
        <Summary found={found} all={all}>
          <Downloads
            name="notorious-markets-timeline"
            columns={[...COLUMNS, ...answers.years.map(String)]}
            rows={rows}
          />
          <Cite what={`${plural(markets.length, "market")}: ${inWords(route.filters, route.search)}`} years={[]} />
        </Summary>
        <p>
          {plural(markets.length, "market")} in them, ordered by first listing. A row shows all editions of a market,
          also those outside the selection.
        </p>
        <Legend marks={["primary", "secondary", "uncertain", "unsettled", "not-listed"]} />
        <div class="timelines">
          <div class="years" aria-hidden="true">
            {answers.years.map((year) => (
              <span key={year}>
                <span class="century">20</span>
                {String(year).slice(2)}
              </span>
            ))}
          </div>
          <ul>
            {pageOf(markets, route.page, SIZE).map((market) => (
              <li key={market.market_id}>
                <span class="who">
                  <a href={href({ view: "market", market: market.market_id })}>{market.name}</a>
                  <span class="soft">
                    {[
                      market.category ? label(market.category) : market.kind,
                      market.country && countryName(market.country, answers),
                    ]
                      .filter(Boolean)
                      .join(" · ")}
                  </span>
                </span>
                <Strip
                  marketId={market.market_id}
                  listings={data.listings.filter((listing) => marketIds(listing).includes(market.market_id))}
                />
              </li>
            ))}
          </ul>
        </div>
        <Pager count={markets.length} size={SIZE} />
      </div>
    </div>
  );
}
