/** How to cite the present view. */

import { useState } from "preact/hooks";
import { usePage } from "./page";
import { Copyable, Dialog } from "./parts";

/** A button that shows the citation of the dataset, of the editions in the view, and the permalink of the view. */
export function Cite({ what, years, code }: { what: string; years: readonly number[]; code?: string | undefined }) {
  const { answers } = usePage();
  const [open, setOpen] = useState(false);
  const { dataset } = answers.citations;
  const editions = years.flatMap((year) => answers.citations[year] ?? []);
  if (!dataset) return null;
  return (
    <>
      <button type="button" onClick={() => setOpen(true)} aria-haspopup="dialog">
        Cite
      </button>
      {open && (
        <Dialog title="Cite this view" class="panel" onClose={() => setOpen(false)}>
          <Copyable heading="The data in this view" text={`${dataset.apa} ${what}. ${location.href}`} />
          {editions.length > 0 && (
            <Copyable
              heading={editions.length > 1 ? "The editions of the list" : "The edition of the list"}
              text={editions.map((edition) => edition.apa).join("\n")}
            />
          )}
          {code && <Copyable heading="The same in Python" text={code} />}
          <Copyable heading="BibTeX" text={[dataset, ...editions].map((each) => each.bibtex).join("\n")} />
          <Copyable
            heading="CSL-JSON"
            text={JSON.stringify(
              [dataset, ...editions].map((each) => each["csl-json"]),
              null,
              1,
            )}
          />
        </Dialog>
      )}
    </>
  );
}
