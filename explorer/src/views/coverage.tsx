/** How complete each edition is. */

import { Cite } from "../cite";
import { capital, useLoaded, usePage } from "../page";
import { Downloads, Legend } from "../parts";
import { emptyFilters } from "../route";
import { type Grade, table } from "../tables";

export function CoverageView() {
  const { answers, href } = usePage();
  const loaded = useLoaded(async () => {
    const [coverage, editions] = await Promise.all([table("coverage"), table("editions")]);
    return { coverage, editions: new Map(editions.rows.map((edition) => [edition.year, edition])) };
  });
  if (!loaded) return <p class="loading">Loading the coverage…</p>;
  const { columns, rows } = loaded.coverage;
  const grades = answers.vocabularies.grade as Grade[];
  const released = (year: number) => {
    const edition = loaded.editions.get(year);
    return edition?.report_url ? (
      <a href={edition.report_url} rel="noopener noreferrer" title="Report of USTR">
        {edition.released}
        <span class="hidden"> report of USTR</span>
      </a>
    ) : (
      edition?.released
    );
  };
  const most = Math.max(...rows.map((row) => row.rows));
  return (
    <>
      <div class="summary">
        <p>
          How many listings of each edition are known, and how surely. An edition with an announced total has exactly
          that many listings: what no source names is a listing without a name. Where the total is not known, an edition
          may list more markets.
        </p>
        <div class="actions">
          <Downloads name="notorious-markets-coverage" columns={columns} rows={rows} />
          <Cite what="Coverage of all editions" years={[]} />
        </div>
      </div>
      <Legend marks={grades} />
      <div class="scroll">
        <table class="coverage">
          <caption class="hidden">Listings of each edition and kind, by grade</caption>
          <thead>
            <tr>
              <th scope="col">Edition</th>
              <th scope="col" class="date">
                Released
              </th>
              <th scope="col">Kind</th>
              <th scope="col" class="number">
                Announced
              </th>
              <th scope="col" class="number">
                Listings
              </th>
              <td class="wide" />
              {grades.map((grade) => (
                <th key={grade} scope="col" class="number">
                  {capital(grade)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.year} ${row.kind}`}>
                <th scope="row">
                  <a
                    href={href({
                      view: "listings",
                      search: "",
                      page: 1,
                      filters: { ...emptyFilters(), year: [String(row.year)], kind: [row.kind] },
                    })}
                  >
                    {row.year}
                    <span class="hidden"> {row.kind}</span>
                  </a>
                </th>
                <td class="date">{released(row.year)}</td>
                <td>{row.kind}</td>
                <td class="number">{row.announced ?? <span class="soft">not known</span>}</td>
                <td class="number">{row.rows}</td>
                <td class="wide">
                  <span class="bar" aria-hidden="true" style={{ width: `${(100 * row.rows) / most}%` }}>
                    {grades.map((grade) =>
                      row[grade] > 0 ? (
                        <span key={grade} class={`mark ${grade}`} style={{ flexGrow: row[grade] }} />
                      ) : null,
                    )}
                  </span>
                </td>
                {grades.map((grade) => (
                  <td key={grade} class="number">
                    {row[grade]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
