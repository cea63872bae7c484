/** One listing: every field with the sources that show it. */

import { countryName, idOf, type Listings, label, plural, runs, useLoaded, usePage } from "../page";
import { Copyable, Dialog, Mark, markOf, meaningOf, SourceLink } from "../parts";
import { marketIds } from "../selection";
import { type Citation, type Listing, type Source, table } from "../tables";

// The fields that are shown as links or in the heading.
const ELSEWHERE = new Set(["year", "listing_no", "market_id", "further_market_ids", "name_as_listed", "grade", "rule"]);

export async function loadSources(): Promise<Map<string, Source>> {
  return new Map((await table("sources")).rows.map((source) => [source.source_id, source]));
}

export function Drawer({ listing, data }: { listing: Listing; data: Listings }) {
  const { answers, go, href } = usePage();
  const loaded = useLoaded(async () => {
    const [citations, sources, texts] = await Promise.all([
      table("citations"),
      loadSources(),
      table("listing_citations"),
    ]);
    return { citations: citations.rows, sources, texts: texts.rows };
  });
  const markets = marketIds(listing).flatMap((id) => data.markets.get(id) ?? []);
  const own = <Row extends { year: number; listing_no: number }>(rows: readonly Row[]) =>
    rows.filter((row) => idOf(row) === idOf(listing));
  const citations = loaded ? own(loaded.citations) : [];
  const text = loaded && own(loaded.texts)[0];
  const fields = data.columns.filter((column) => !ELSEWHERE.has(column));
  const cited = (field: string) => citations.filter((citation) => citation.field === field);
  const isFilled = (field: string) => shown(field) !== null || cited(field).length > 0;
  const missing = fields.filter((field) => !isFilled(field));

  function shown(field: string): string | null {
    const value = listing[field as keyof Listing];
    if (value === null || (Array.isArray(value) && value.length === 0)) return null;
    if (field === "country" || field === "hosting_country") return `${countryName(String(value), answers)} (${value})`;
    if (field === "category" || field === "goods")
      return [value]
        .flat()
        .map((each) => label(String(each)))
        .join(", ");
    if (typeof value === "boolean") return value ? "yes" : "no";
    return Array.isArray(value) ? value.join(", ") : String(value);
  }

  return (
    <Dialog
      title={listing.name_as_listed ?? markets[0]?.name ?? "Named by no source"}
      class="drawer"
      onClose={() => go({ listing: "" })}
    >
      <p>
        Listing {listing.listing_no} of the {listing.year} edition.{" "}
        {markets.map((market) => (
          <span key={market.market_id}>
            <a href={href({ view: "market", market: market.market_id, listing: "" })}>{market.name}</a>
            <span class="soft"> (listed {runs(answers.spells[market.market_id] ?? [])}) </span>
          </span>
        ))}
      </p>
      <p>
        <Mark name={markOf(listing, answers)} /> <b>{listing.grade}</b>: {meaningOf(listing, answers)}
        {listing.rule && ` (rule: ${label(listing.rule)})`}
      </p>
      {loaded ? (
        <dl class="fields">
          <dt>Listed</dt>
          <dd>
            {cited("listing").length > 0 ? "" : <span class="soft">no source names this listing</span>}
            <Sources citations={cited("listing")} sources={loaded.sources} />
          </dd>
          {fields.filter(isFilled).map((field) => (
            <div key={field}>
              <dt>{label(field)}</dt>
              <dd>
                <span class="shown">{shown(field) ?? "–"}</span>
                <Sources citations={cited(field)} sources={loaded.sources} />
              </dd>
            </div>
          ))}
        </dl>
      ) : (
        <p class="loading">Loading the sources…</p>
      )}
      {missing.length > 0 && loaded && <p class="soft">Not known: {missing.map(label).join(", ")}.</p>}
      {text && <Copyable heading="Citation of this listing" text={text.apa} />}
      {text && <Copyable heading="BibTeX" text={text.bibtex} />}
      <details>
        <summary>What the fields mean</summary>
        <dl class="meanings">
          {fields.map((field) => (
            <div key={field}>
              <dt>{label(field)}</dt>
              <dd>{answers.columns[field]}</dd>
            </div>
          ))}
        </dl>
      </details>
      <p class="caution">{answers.caution}</p>
    </Dialog>
  );
}

const SHOWN = 3;
const BEST = new Set(["report", "report-copy", "ustr-page"]);

/** The sources of a field, reports first. */
function Sources({ citations, sources }: { citations: readonly Citation[]; sources: ReadonlyMap<string, Source> }) {
  const isBest = (citation: Citation) => BEST.has(sources.get(citation.source_id)?.source_kind ?? "");
  const rows = [...citations].sort((a, b) => Number(isBest(b)) - Number(isBest(a)));
  const rest = rows.slice(SHOWN);
  return (
    <>
      <CitationList citations={rows.slice(0, SHOWN)} sources={sources} />
      {rest.length > 0 && (
        <details class="rest">
          <summary>{plural(rest.length, "more source")}</summary>
          <CitationList citations={rest} sources={sources} />
        </details>
      )}
    </>
  );
}

function CitationList({
  citations,
  sources,
}: {
  citations: readonly Citation[];
  sources: ReadonlyMap<string, Source>;
}) {
  return (
    <ul class="sources">
      {citations.map((citation) => {
        const source = sources.get(citation.source_id);
        return (
          <li key={citation.source_id}>
            {source && <SourceLink source={source} />}
            {citation.locator && <span>, {citation.locator}</span>}
            {citation.as_sourced && <q>{citation.as_sourced}</q>}
            {citation.confidence === "medium" && <span class="soft"> · medium confidence</span>}
            {citation.note && <span class="soft"> · {citation.note}</span>}
          </li>
        );
      })}
    </ul>
  );
}
