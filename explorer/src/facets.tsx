/** The search and the filters, with the number of listings that each value would leave. */

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { capital, countryName, label, plural, usePage } from "./page";
import { emptyFilters, FACETS, type Facet, UNKNOWN } from "./route";
import { counts } from "./selection";
import type { Listing } from "./tables";

const WIDE = "(min-width: 56rem)";
const SHOWN = 8;

export function Facets({ listings }: { listings: readonly Listing[] }) {
  const { route, go } = usePage();
  const [wide, setWide] = useState(() => matchMedia(WIDE).matches);
  useEffect(() => {
    const query = matchMedia(WIDE);
    const change = () => setWide(query.matches);
    query.addEventListener("change", change);
    return () => query.removeEventListener("change", change);
  }, []);
  const used = FACETS.reduce((sum, facet) => sum + route.filters[facet].length, 0);
  return (
    <search class="filters">
      <label class="search">
        Name, alias or domain
        <input
          type="search"
          value={route.search}
          autocomplete="off"
          spellcheck={false}
          placeholder="such as Taobao"
          onInput={(event) => go({ search: event.currentTarget.value, page: 1 }, true)}
        />
      </label>
      <details open={wide} key={String(wide)}>
        <summary>Filters{used > 0 ? ` (${used})` : ""}</summary>
        <div class="facets">
          {FACETS.map((facet) => (
            <FacetGroup key={facet} facet={facet} listings={listings} />
          ))}
        </div>
      </details>
      {(used > 0 || route.search) && (
        <button type="button" class="clear" onClick={() => go({ filters: emptyFilters(), search: "", page: 1 })}>
          Clear all
        </button>
      )}
    </search>
  );
}

function FacetGroup({ facet, listings }: { facet: Facet; listings: readonly Listing[] }) {
  const { answers, route, go } = usePage();
  const [all, setAll] = useState(false);
  const chosen = route.filters[facet];
  const found = counts(listings, route.filters, facet);
  const options = valuesOf();
  const shown = all ? options : options.filter((value, n) => n < SHOWN || chosen.includes(value));

  function valuesOf(): string[] {
    if (facet === "year") return answers.years.map(String).reverse();
    if (facet === "kind" || facet === "grade") return answers.vocabularies[facet];
    const known =
      facet === "goods" ? answers.vocabularies.goods : [...found.keys()].filter((value) => value !== UNKNOWN);
    const values = [...new Set([...known, ...chosen])].filter((value) => value !== UNKNOWN);
    values.sort((a, b) => (found.get(b) ?? 0) - (found.get(a) ?? 0) || a.localeCompare(b));
    return [...values, ...(found.has(UNKNOWN) || chosen.includes(UNKNOWN) ? [UNKNOWN] : [])];
  }

  function toggle(value: string) {
    const values = chosen.includes(value) ? chosen.filter((each) => each !== value) : [...chosen, value];
    go({ filters: { ...route.filters, [facet]: values }, page: 1 });
  }

  return (
    <fieldset class={`facet ${facet}`}>
      <legend>{capital(label(facet))}</legend>
      {(facet === "year" ? options : shown).map((value) => (
        <label key={value} class={found.has(value) ? "" : "none"}>
          <input type="checkbox" value={value} checked={chosen.includes(value)} onChange={() => toggle(value)} />
          <span class="value">{facet === "country" ? countryName(value, answers) : label(value)}</span>{" "}
          <span class="count">{(found.get(value) ?? 0).toLocaleString("en")}</span>
        </label>
      ))}
      {facet !== "year" && options.length > shown.length && (
        <button type="button" class="more" onClick={() => setAll(true)}>
          {`Show all ${options.length}`}
        </button>
      )}
    </fieldset>
  );
}

/** The number of listings of the selection, and what the search could not see. */
export function Summary(props: { found: readonly Listing[]; all: readonly Listing[]; children?: ComponentChildren }) {
  const { route } = usePage();
  const unnamed = route.search ? props.all.filter((listing) => listing.market_id === null).length : 0;
  return (
    <div class="summary">
      <p role="status">
        <strong>{plural(props.found.length, "listing")}</strong>
        {unnamed > 0 && (
          <span class="soft">
            {" "}
            · {plural(unnamed, "more listing")} cannot be searched, because no source names{" "}
            {unnamed > 1 ? "them" : "it"}
          </span>
        )}
      </p>
      <div class="actions">{props.children}</div>
    </div>
  );
}

/** Return the question in Python that selects the same listings, if there is one. */
export function inPython(filters: Record<Facet, readonly string[]>, search: string): string | undefined {
  const used = FACETS.filter((facet) => filters[facet].length > 0);
  if (search || used.some((facet) => filters[facet].includes(UNKNOWN))) return undefined;
  const conditions = used.map((facet) => {
    const values = filters[facet].map((value) => (facet === "year" ? value : `"${value}"`));
    return `${facet}=${values.length === 1 ? values[0] : `[${values.join(", ")}]`}`;
  });
  return `import notorious_markets as nm\n\nnm.markets(${conditions.join(", ")})`;
}

/** Return the conditions of the selection in words, for its citation. */
export function inWords(filters: Record<Facet, readonly string[]>, search: string): string {
  const parts = FACETS.filter((facet) => filters[facet].length > 0).map(
    (facet) => `${label(facet)} ${filters[facet].map(label).join(" or ")}`,
  );
  if (search) parts.push(`search “${search}”`);
  return parts.join("; ") || "all editions";
}
