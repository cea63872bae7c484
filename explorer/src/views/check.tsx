/** A list of addresses or names that the reader pastes, looked up in the browser. */

import { useMemo, useState } from "preact/hooks";
import { check } from "../check";
import { useDeferred } from "../deferred";
import tests from "../differences.json";
import { hostOf } from "../hosts";
import { countryName, type Listings, label, plural, runs, useLoaded, usePage } from "../page";
import { Downloads } from "../parts";
import { names, type Role, table } from "../tables";

const { browser, tested, differences } = tests;
const number = (some: typeof differences) => some.reduce((sum, each) => sum + Object.keys(each.hosts).length, 0);
const differing = number(differences);
const wrong = number(differences.filter((each) => each.answer !== "same"));

const SHOWN = 500;
const COLUMNS = ["line", "text", "by", "host", "matched_domain", "role", "event", "event_date", "market_ids"];
const EXAMPLE = ["https://ja.aliexpress.com/item/1", "MEGAUPLOAD.com", "淘宝", "https://example.org/?from=taobao.com"];

// What is pasted stays in memory while the reader looks at other views, and is stored nowhere.
const kept = { text: "", own: "" };

function useKept(name: keyof typeof kept): [string, (text: string) => void] {
  const [value, setValue] = useState(kept[name]);
  return [
    value,
    (text) => {
      kept[name] = text;
      setValue(text);
    },
  ];
}

export function CheckView({ data }: { data: Listings }) {
  const { answers, route, go, href } = usePage();
  const [text, setText] = useKept("text");
  const [own, setOwn] = useKept("own");
  const settled = useDeferred(text);
  const settledOwn = useDeferred(own);
  const lists = useLoaded(async () => {
    const [domains, forms] = await Promise.all([table("domains"), names()]);
    return { domains: new Map(domains.rows.map((row) => [row.domain, row])), names: forms };
  });
  const hits = useMemo(() => {
    if (!lists) return [];
    const roles = new Set<Role>(route.company ? ["own", "former", "company"] : ["own", "former"]);
    const added = new Set(settledOwn.split("\n").flatMap((line) => (line.trim() ? (hostOf(line) ?? []) : [])));
    return check(settled.split("\n"), { ...lists, roles, added });
  }, [lists, settled, settledOwn, route.company]);
  const found = hits.filter((hit) => hit.by !== null);
  const rows = route.hits ? found : hits;
  return (
    <>
      <p>
        Paste addresses, hosts or names, one per line. <strong>They stay in this page:</strong> your browser looks them
        up, and they are sent to nobody.
      </p>
      <label class="paste">
        Addresses or names
        <textarea
          rows={8}
          value={text}
          spellcheck={false}
          autocomplete="off"
          placeholder={EXAMPLE.join("\n")}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <div class="summary">
        <p role="status">
          {!lists && "Loading the domains and names…"}
          {hits.length > 0 && (
            <>
              <strong>{plural(found.length, "hit")}</strong> in {plural(hits.length, "line")}
            </>
          )}
        </p>
        <div class="actions">
          {!text && (
            <button type="button" onClick={() => setText(EXAMPLE.join("\n"))}>
              Try an example
            </button>
          )}
          {text && (
            <button type="button" onClick={() => setText("")}>
              Clear
            </button>
          )}
          <label>
            <input type="checkbox" checked={route.hits} onChange={() => go({ hits: !route.hits }, true)} /> Only hits
          </label>
          <label>
            <input type="checkbox" checked={route.company} onChange={() => go({ company: !route.company }, true)} />{" "}
            Also general sites of companies
          </label>
          <Downloads name="notorious-markets-check" columns={COLUMNS} rows={rows} />
        </div>
      </div>
      {rows.length > 0 && (
        <div class="scroll">
          <table class="hits">
            <caption class="hidden">Answers for the pasted lines</caption>
            <thead>
              <tr>
                <th scope="col" class="number line">
                  Line
                </th>
                <th scope="col">Text</th>
                <th scope="col">Answer</th>
                <th scope="col">Market</th>
                <th scope="col" class="listed">
                  Listed in
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, SHOWN).map((hit) => (
                <tr key={hit.line} class={hit.by ? "hit" : ""} data-domain={hit.matched_domain} data-host={hit.host}>
                  <td class="number line">{hit.line}</td>
                  <th scope="row" class="text">
                    {hit.text}
                  </th>
                  <td>{inWords(hit)}</td>
                  <td>
                    {hit.market_ids.map((id) => (
                      <div key={id}>
                        <a href={href({ view: "market", market: id })}>{data.markets.get(id)?.name}</a>{" "}
                        <span class="soft">{countryName(data.markets.get(id)?.country ?? "", answers)}</span>
                        <span class="soft narrow">listed {runs(answers.spells[id] ?? [])}</span>
                      </div>
                    ))}
                  </td>
                  <td class="listed">
                    {hit.market_ids.map((id) => (
                      <div key={id}>{runs(answers.spells[id] ?? [])}</div>
                    ))}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {rows.length > SHOWN && (
        <p class="soft">
          The first {SHOWN} of {plural(rows.length, "line")}. The files contain all of them.
        </p>
      )}
      <details>
        <summary>Your own domains</summary>
        <label class="paste">
          Further domains to look for, one per line
          <textarea rows={4} value={own} spellcheck={false} onInput={(event) => setOwn(event.currentTarget.value)} />
        </label>
      </details>
      <details>
        <summary>What counts as a hit, and what this page does not find</summary>
        <ul>
          <li>
            An address is a hit if its host is a listed domain or a subdomain of one. A listed domain elsewhere in an
            address is no hit. A former domain tells about the past: its owner today is unknown and may be innocent.
          </li>
          <li>
            A name is a hit if it equals a known name, alias, id or domain of a market, apart from case, width of
            letters, spaces and punctuation. Misspelt and similar names are not found here;{" "}
            <code>notorious_markets.match_names</code> finds them.
          </li>
          <li>
            No hit does not mean that a market is not listed: editions have listings that no source names, and markets
            have domains that no source tells.
          </li>
          <li>
            Your browser reads the hosts. It was tested with {browser}: of {tested} addresses for the URL standard, it
            reads the hosts of {differing} in another way than the standard, and gives {wrong} of these addresses
            another answer. Other browsers may differ in other addresses.
            <ul>
              {differences.map((each) => (
                <li key={each.reason}>
                  {each.reason} {each.answer === "same" ? "" : `Result: ${each.answer}.`}
                </li>
              ))}
            </ul>
          </li>
        </ul>
      </details>
    </>
  );

  function inWords(hit: (typeof hits)[number]) {
    if (hit.by === null) return <span class="soft">no hit</span>;
    if (hit.by === "name") return hit.market_ids.length > 1 ? "name of several markets" : "name of a market";
    const event = [hit.event && label(hit.event), hit.event_date].filter(Boolean).join(" ");
    const words = { own: "domain", former: "former domain", company: "site of a company" };
    return (
      <>
        {hit.role ? words[hit.role] : "your own domain"} <code>{hit.matched_domain}</code>
        {event && ` (${event})`}
      </>
    );
  }
}
