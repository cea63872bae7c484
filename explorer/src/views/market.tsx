/** The page of one market: its editions, listings, domains, operators, relations and sources. */

import { Cite } from "../cite";
import { capital, countryName, DOCUMENTATION, idOf, type Listings, label, runs, useLoaded, usePage } from "../page";
import { Downloads, Legend, Mark, Missing, markOf, SourceList, standing, statusOf } from "../parts";
import { emptyFilters } from "../route";
import { marketIds } from "../selection";
import { type Domain, type Listing, type Market, type Role, type Source, table } from "../tables";
import { Drawer, loadSources } from "./drawer";

export function MarketView({ data }: { data: Listings }) {
  const { answers, route, href } = usePage();
  const market = data.markets.get(route.market);
  const loaded = useLoaded(async () => {
    const [domains, operators, relations, developments, sources] = await Promise.all([
      table("domains"),
      table("operators"),
      table("relations"),
      table("developments"),
      loadSources(),
    ]);
    return { domains, operators, relations, developments, sources };
  });
  if (!market) {
    return (
      <p role="alert">
        There is no market with the id “{route.market}”. <a href={href({ view: "markets" })}>All markets</a>
      </p>
    );
  }
  const id = market.market_id;
  const listings = data.listings.filter((listing) => marketIds(listing).includes(id));
  const open = listings.find((listing) => idOf(listing) === route.listing);
  const its = <Row extends { market_id: string | null }>(rows: readonly Row[]) =>
    rows.filter((row) => row.market_id === id);
  const relations = loaded?.relations.rows.filter((row) => [row.market_id, row.other_market_id].includes(id)) ?? [];
  const nameOf = (each: string) => data.markets.get(each)?.name ?? each;
  return (
    <article class="market">
      <div class="summary">
        <p>
          {capital(`${market.kind} market`)}
          {[
            market.category && label(market.category),
            [market.locality, market.region, market.country && countryName(market.country, answers)]
              .filter(Boolean)
              .join(", "),
            market.operator && `operator: ${market.operator}`,
            market.parent && `parent: ${market.parent}`,
            `id: ${id}`,
          ]
            .filter(Boolean)
            .map((each) => ` · ${each}`)}
        </p>
        <div class="actions">
          <Downloads name={`notorious-markets-${id}`} columns={data.columns} rows={listings} />
          <Cite
            what={`Market ${market.name}, listed ${runs(answers.spells[id] ?? [])}`}
            years={listings.map((listing) => listing.year)}
          />
        </div>
      </div>
      {market.aliases.length > 0 && <p>Also called: {market.aliases.join(", ")}</p>}
      {market.note && <p>{market.note}</p>}
      <Timeline market={market} listings={listings} />
      <h2>Listings</h2>
      <div class="scroll">
        <table>
          <caption class="hidden">Listings of {market.name}</caption>
          <thead>
            <tr>
              <th scope="col">Edition</th>
              <th scope="col">Name as listed</th>
              <th scope="col">Page</th>
              <th scope="col">Grade</th>
            </tr>
          </thead>
          <tbody>
            {listings.map((listing) => (
              <tr key={idOf(listing)}>
                <th scope="row">
                  <a href={href({ listing: idOf(listing) })}>{listing.year}</a>
                </th>
                <td>{listing.name_as_listed ?? <span class="soft">inferred</span>}</td>
                <td>{listing.page ?? <Missing />}</td>
                <td class="grade">
                  <Mark name={markOf(listing, answers)} /> {listing.grade}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {loaded ? (
        <>
          <Domains domains={its(loaded.domains.rows)} sources={loaded.sources} />
          {its(loaded.operators.rows).length > 0 && (
            <>
              <h2>Operators</h2>
              <ul>
                {its(loaded.operators.rows).map((row) => (
                  <li key={row.operator}>
                    {row.operator}
                    {row.parent && `, owned by ${row.parent}`}: editions from {row.from_year}
                    {row.to_year ? ` to ${row.to_year}` : ""}
                    {row.note && <span class="soft"> · {row.note}</span>}
                    <SourceList ids={row.source_ids} sources={loaded.sources} />
                  </li>
                ))}
              </ul>
            </>
          )}
          {relations.length > 0 && (
            <>
              <h2>Relations</h2>
              <ul>
                {relations.map((row) => (
                  <li key={`${row.market_id} ${row.other_market_id}`}>
                    <a href={href({ market: row.market_id })}>{nameOf(row.market_id)}</a>{" "}
                    {answers.words.relation[row.relation]}{" "}
                    <a href={href({ market: row.other_market_id })}>{nameOf(row.other_market_id)}</a>
                    <SourceList ids={row.source_ids} sources={loaded.sources} />
                  </li>
                ))}
              </ul>
            </>
          )}
          {its(loaded.developments.rows).length > 0 && (
            <>
              <h2>Developments</h2>
              <ul>
                {its(loaded.developments.rows).map((row) => (
                  <li key={`${row.year} ${row.development_no}`}>
                    {row.year} edition, {label(row.development)}: {row.description}
                    <SourceList ids={row.source_ids} sources={loaded.sources} />
                  </li>
                ))}
              </ul>
            </>
          )}
        </>
      ) : (
        <p class="loading">Loading domains and sources…</p>
      )}
      <p class="more-links">
        <a href={`${DOCUMENTATION}markets/${encodeURIComponent(id)}.html`}>Permanent page of {market.name}</a>
        <a href={href({ view: "listings", filters: emptyFilters(), search: market.name, page: 1 })}>
          Find {market.name} in the table
        </a>
      </p>
      {open && <Drawer listing={open} data={data} />}
    </article>
  );
}

function Timeline({ market, listings }: { market: Market; listings: readonly Listing[] }) {
  const { answers, href } = usePage();
  const byYear = new Map(listings.map((listing) => [listing.year, listing]));
  const cells = answers.years.map((year) => {
    const listing = byYear.get(year);
    return { year, listing, ...standing(market.market_id, year, listing, answers) };
  });
  const used = (["primary", "secondary", "inferred", "uncertain", "unsettled", "not-listed"] as const).filter((mark) =>
    cells.some((cell) => cell.mark === mark),
  );
  return (
    <section>
      <h2>Editions</h2>
      <p>Listed in {runs(answers.spells[market.market_id] ?? []) || "no edition, as far as is known"}.</p>
      <ol class="timeline">
        {cells.map(({ year, mark, words, listing }) => (
          <li key={year} data-status={statusOf(market.market_id, year, answers)}>
            {listing ? (
              <a href={href({ listing: idOf(listing) })} aria-label={`${year}: ${words}`} title={words}>
                <span class="soft">{year}</span>
                <Mark name={mark} />
              </a>
            ) : (
              <span title={words}>
                <span class="soft">{year}</span>
                <Mark name={mark} />
                <span class="hidden">{words}</span>
              </span>
            )}
          </li>
        ))}
      </ol>
      <Legend marks={used} />
    </section>
  );
}

function Domains({ domains, sources }: { domains: readonly Domain[]; sources: ReadonlyMap<string, Source> }) {
  const { answers } = usePage();
  const meanings: Record<Role, string> = {
    own: "The market holds them; a source shows them in use in the two years before the data were compiled.",
    former: "The market held them. Whose they are today is not known, and the owner may be innocent.",
    company: "General sites of a company; the market is only a part of them.",
  };
  if (domains.length === 0) {
    return (
      <>
        <h2>Domains</h2>
        <p class="soft">The data have no domain of this market.</p>
      </>
    );
  }
  return (
    <>
      {answers.vocabularies.role.map((role) => {
        const rows = domains.filter((row) => row.role === role);
        return (
          rows.length > 0 && (
            <section key={role}>
              <h2>{capital(answers.words.role[role as Role])}</h2>
              <p class="soft">{meanings[role as Role]}</p>
              <div class="scroll">
                <table class="domains">
                  <caption class="hidden">{answers.words.role[role as Role]}</caption>
                  <thead>
                    <tr>
                      <th scope="col">Domain</th>
                      <th scope="col">Basis</th>
                      <th scope="col">Seen in use</th>
                      <th scope="col">Event</th>
                      <th scope="col">Sources</th>
                    </tr>
                  </thead>
                  <tbody>
                    {rows.map((row) => (
                      <tr key={row.domain}>
                        <th scope="row">{row.domain}</th>
                        <td>{row.basis}</td>
                        <td>
                          {[...new Set([row.first_seen, row.last_seen])].filter(Boolean).join("–") || (
                            <span class="soft">not known</span>
                          )}
                        </td>
                        <td>{[row.event && label(row.event), row.event_date].filter(Boolean).join(" ") || "–"}</td>
                        <td>
                          <details>
                            <summary>
                              {row.source_ids.length} <span class="hidden">sources of {row.domain}</span>
                            </summary>
                            <SourceList ids={row.source_ids} sources={sources} />
                            <p class="soft">{row.note}</p>
                          </details>
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            </section>
          )
        );
      })}
    </>
  );
}
