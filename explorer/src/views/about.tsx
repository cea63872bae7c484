/** What the page shows, where the data come from, and under which terms. */

import { DOCUMENTATION, usePage } from "../page";
import { Legend } from "../parts";
import type { Grade } from "../tables";

export function AboutView() {
  const { answers } = usePage();
  return (
    <article class="about">
      <p>
        The {answers.publisher} (USTR) publishes a list of notorious markets every year. This page shows all editions,
        from {answers.years[0]} to {answers.years.at(-1)}, as data, with a source for each fact.
      </p>
      <h2>How sure is a listing?</h2>
      <Legend marks={answers.vocabularies.grade as Grade[]} />
      <p>
        Whether an edition lists a market has three answers: listed, not listed, and cannot be told. The answer cannot
        be told if the edition is not known to list the market, but the evidence does not exclude it, for example
        because the edition has listings that no source names. All answers come from the Python package{" "}
        <code>notorious_markets</code>; the page does not compute its own.
      </p>
      <h2>Use the data elsewhere</h2>
      <p>
        The address of the page restores its state, so a link to it shows what you see. CSV and JSON save the rows of a
        view in the form that the package exports. Cite gives the citation of a view, and the question in Python that
        selects the same rows. The <a href={DOCUMENTATION}>documentation</a> describes the package and the files for
        other tools.
      </p>
      <h2>Files and terms</h2>
      <p>
        The page reads the Parquet files of the package, data version {answers.data_version}, and sends no request to
        any other site. Facts: CC0 1.0. {answers.geonames} Outlines of countries: Natural Earth, public domain. Code:
        MIT, with <a href="licences.txt">libraries under their own licences</a>.
      </p>
    </article>
  );
}
