/** What the page shows, where the data come from, and under which terms. */

import { usePage } from "../page";
import { Copyable, Legend } from "../parts";
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
        Whether an edition lists a market has three answers: listed, not listed, and cannot be told. The last one means
        that the edition has listings that no source names, and the market may be one of them. All answers come from the
        Python package
        <code> notorious_markets</code>; the page does not compute its own.
      </p>
      <h2>The same in Python</h2>
      <Copyable
        heading="The listings of an edition"
        text={'import notorious_markets as nm\n\nnm.markets(2021, kind="online").to_pandas()'}
      />
      <h2>Files and terms</h2>
      <p>
        The page reads the Parquet files of the package, data version {answers.data_version}, and sends no request to
        any other site. Facts: CC0 1.0. {answers.geonames} Outlines of countries: Natural Earth, public domain. Code:
        MIT, with <a href="licences.txt">libraries under their own licences</a>.
      </p>
    </article>
  );
}
