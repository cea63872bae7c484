/** The changes between two editions. */

import { Cite } from "../cite";
import { countryName, type Listings, plural, useLoaded, usePage } from "../page";
import { Downloads, Mark } from "../parts";
import { type Change, type ChangeGroup, type Grade, table } from "../tables";

const GROUPS: Record<ChangeGroup, [heading: string, meaning: string]> = {
  added: ["Added", "The second edition lists them, and the first one certainly does not."],
  dropped: ["Dropped", "The first edition lists them, and the second one certainly does not."],
  cannot_be_told: [
    "Cannot be told",
    "One edition lists them. The other has listings that no source names, or a rule infers the listing.",
  ],
  renamed: ["Kept under another name", "Both editions list them, under different names."],
  kept: ["Kept", "Both editions list them."],
};

export function ChangesView({ data }: { data: Listings }) {
  const { answers, route, go } = usePage();
  const loaded = useLoaded(() => table("changes"));
  const { before, after } = route;
  const rows = loaded?.rows.filter((row) => row.before_year === before && row.after_year === after) ?? [];
  const groups = (Object.keys(GROUPS) as ChangeGroup[]).map((name) => ({
    name,
    rows: rows.filter((row) => row.group === name),
  }));
  const choice = (name: "before" | "after", text: string) => (
    <label>
      {text}
      <select value={route[name]} onChange={(event) => go({ [name]: Number(event.currentTarget.value) })}>
        {answers.years.map((year) => (
          <option key={year} value={year}>
            {year}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <>
      <div class="summary">
        <div class="choices">
          {choice("before", "From the edition")}
          {choice("after", "to the edition")}
        </div>
        <div class="actions">
          <Downloads
            name={`notorious-markets-changes-${before}-${after}`}
            columns={loaded?.columns.filter((column) => column !== "group") ?? []}
            rows={rows}
          />
          <Cite
            what={`Changes from ${before} to ${after}`}
            years={[before, after]}
            code={`import notorious_markets as nm\n\nnm.changes(${before}, ${after})`}
          />
        </div>
      </div>
      {before === after && <p class="empty">Choose two different editions.</p>}
      {!loaded && <p class="loading">Loading the changes…</p>}
      {loaded && before !== after && (
        <>
          <p role="status" class="counts">
            {groups.map(({ name, rows: some }) => (
              <span key={name} class={`tile ${name}`}>
                <b>{some.length}</b> {GROUPS[name][0].toLowerCase()}
              </span>
            ))}
          </p>
          {groups.map(
            ({ name, rows: some }) =>
              some.length > 0 && (
                <section key={name} data-group={name}>
                  <h2>
                    {GROUPS[name][0]} ({some.length})
                  </h2>
                  <p class="soft">{GROUPS[name][1]}</p>
                  <ChangeTable rows={some} title={GROUPS[name][0]} before={before} after={after} data={data} />
                </section>
              ),
          )}
          <p class="soft">
            {plural(rows.length, "market")}. A heading that combines several markets counts for each of them. The
            package decides what is certain; see <code>notorious_markets.changes</code>.
          </p>
        </>
      )}
    </>
  );
}

function ChangeTable(props: { rows: readonly Change[]; title: string; before: number; after: number; data: Listings }) {
  const { answers, href } = usePage();
  const printed = (name: string | null, grade: Grade | null, sure: boolean) => {
    if (grade === null) return <span class="soft status">{sure ? "not listed" : "cannot be told"}</span>;
    return (
      <>
        <Mark name={grade} meaning={answers.words.grade[grade]} /> {name ?? <span class="soft">inferred</span>}
      </>
    );
  };
  return (
    <div class="scroll">
      <table class="changes">
        <caption class="hidden">{props.title}</caption>
        <thead>
          <tr>
            <th scope="col">Market</th>
            <th scope="col" class="kind">
              Kind
            </th>
            <th scope="col" class="country">
              Country
            </th>
            <th scope="col">In {props.before}</th>
            <th scope="col">In {props.after}</th>
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row) => (
            <tr key={row.market_id}>
              <th scope="row">
                <a href={href({ view: "market", market: row.market_id })}>{row.name}</a>
                <span class="soft narrow">
                  {[row.kind, row.country && countryName(row.country, answers)].filter(Boolean).join(" · ")}
                </span>
              </th>
              <td class="kind">{row.kind}</td>
              <td class="country">
                {row.country ? countryName(row.country, answers) : <span class="soft">not known</span>}
              </td>
              <td>{printed(row.before_name, row.before_grade, row.sure)}</td>
              <td>{printed(row.after_name, row.after_grade, row.sure)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
