/** Small parts that several views use. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { save, toCsv, toJson } from "./files";
import { idOf, runs, usePage } from "./page";
import type { Answers, Listing, Source, Status } from "./tables";

export type MarkName = "primary" | "secondary" | "inferred" | "unidentified" | "uncertain" | "not-listed" | "unsettled";

const SIGNS: Partial<Record<MarkName, string>> = { "not-listed": "–", unsettled: "?" };

/** A mark whose look says how sure a listing is. With a meaning, it is an image for screen readers. */
export function Mark({ name, meaning }: { name: MarkName; meaning?: string }) {
  const described = meaning ? { role: "img" as const, "aria-label": meaning, title: meaning } : { "aria-hidden": true };
  return (
    <span class={`mark ${name}`} {...described}>
      {SIGNS[name]}
    </span>
  );
}

/** Return the mark of a listing: that of its grade, or that of a doubtful listing. */
export function markOf(listing: Listing, answers: Answers): MarkName {
  return answers.doubtful.includes(idOf(listing)) ? "uncertain" : listing.grade;
}

/** Return whether a listing is doubtful although no rule infers it: its sources mention it only in passing. */
export function isInPassing(listing: Listing, answers: Answers): boolean {
  return listing.grade !== "inferred" && markOf(listing, answers) === "uncertain";
}

export function meaningOf(listing: Listing, answers: Answers): string {
  const meaning = answers.words.grade[listing.grade];
  return isInPassing(listing, answers) ? `${meaning}, but only in passing` : meaning;
}

/** Return the status of a market in an edition, as the package gives it. */
export function statusOf(marketId: string, year: number, answers: Answers): Status {
  const digit = answers.statuses[marketId]?.[answers.years.indexOf(year)];
  const status = answers.vocabularies.status[Number(digit)];
  if (digit === undefined || status === undefined) throw new Error(`there is no status of ${marketId} in ${year}`);
  return status as Status;
}

/** Return the mark of a market in an edition, and its meaning in words. */
export function standing(
  marketId: string,
  year: number,
  listing: Listing | undefined,
  answers: Answers,
): { mark: MarkName; words: string } {
  const status = statusOf(marketId, year, answers);
  if ((status === "listed") !== (listing !== undefined)) throw new Error(`${marketId} in ${year}: ${status}`);
  if (listing) return { mark: markOf(listing, answers), words: `listed: ${meaningOf(listing, answers)}` };
  return { mark: status === "cannot be told" ? "unsettled" : "not-listed", words: status };
}

/** The editions of a market as a row of marks. A label says the same in words. */
export function Strip({ marketId, listings }: { marketId: string; listings: readonly Listing[] }) {
  const { answers } = usePage();
  const byYear = new Map(listings.map((listing) => [listing.year, listing]));
  const unsettled = answers.years.filter((year) => statusOf(marketId, year, answers) === "cannot be told");
  const words = [
    `Listed in ${runs(answers.spells[marketId] ?? []) || "no edition"}.`,
    unsettled.length > 0 ? `Cannot be told for ${unsettled.join(", ")}.` : "",
  ];
  return (
    <span class="strip" role="img" aria-label={words.join(" ").trim()}>
      {answers.years.map((year) => {
        const { mark, words: meaning } = standing(marketId, year, byYear.get(year), answers);
        return (
          <span key={year} title={`${year}: ${meaning}`}>
            <Mark name={mark} />
          </span>
        );
      })}
    </span>
  );
}

/** What the marks mean. */
export function Legend({ marks }: { marks: readonly MarkName[] }) {
  const { words } = usePage().answers;
  const meanings: Record<MarkName, string> = {
    ...words.grade,
    uncertain: words.uncertain,
    "not-listed": "not listed",
    unsettled: "cannot be told: the sources do not settle whether the edition lists the market",
  };
  return (
    <ul class="legend" aria-label="Legend">
      {marks.map((mark) => (
        <li key={mark}>
          <Mark name={mark} />
          {mark in words.grade || mark === "uncertain" ? `${mark}: ${meanings[mark]}` : meanings[mark]}
        </li>
      ))}
    </ul>
  );
}

/** A link to a source. Only sources are linked, never a listed market. */
export function SourceLink({ source }: { source: Source }) {
  const text = source.title ?? source.publisher;
  const publisher = source.title && source.publisher;
  return (
    <>
      {/^https?:\/\//i.test(source.url) ? (
        <a href={source.url} rel="noopener noreferrer">
          {text}
        </a>
      ) : (
        text
      )}
      {(publisher || source.published) && (
        <span class="soft">
          {" ("}
          {publisher}
          {publisher && source.published && ", "}
          {source.published && <time>{source.published}</time>})
        </span>
      )}
    </>
  );
}

export function SourceList({ ids, sources }: { ids: readonly string[]; sources: ReadonlyMap<string, Source> }) {
  const found = ids.flatMap((id) => sources.get(id) ?? []);
  return (
    <ul class="sources">
      {found.map((source) => (
        <li key={source.source_id}>
          <SourceLink source={source} />
        </li>
      ))}
    </ul>
  );
}

/** Buttons that save the rows of the present view as files. */
export function Downloads({
  name,
  columns,
  rows,
}: {
  name: string;
  columns: readonly string[];
  rows: readonly object[];
}) {
  const { separator } = usePage().answers;
  return (
    <>
      <button
        type="button"
        aria-label="Download CSV"
        onClick={() => save(`${name}.csv`, "text/csv", toCsv(columns, rows, separator))}
      >
        CSV
      </button>
      <button
        type="button"
        aria-label="Download JSON"
        onClick={() => save(`${name}.json`, "application/json", toJson(columns, rows))}
      >
        JSON
      </button>
    </>
  );
}

/** A modal panel. Escape, its button and a click beside it close it. */
export function Dialog(props: { title: string; class: string; onClose: () => void; children: ComponentChildren }) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    const opener = document.activeElement;
    if (!dialog?.open) dialog?.showModal();
    return () => {
      dialog?.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: The keyboard has Escape and the button.
    <dialog
      ref={ref}
      class={props.class}
      aria-labelledby="dialog-title"
      onCancel={(event) => {
        event.preventDefault();
        props.onClose();
      }}
      onClick={(event) => {
        if (event.target === ref.current) props.onClose();
      }}
    >
      <div class="dialog-body">
        <header>
          <h2 id="dialog-title">{props.title}</h2>
          <button type="button" class="close" onClick={props.onClose} aria-label="Close">
            ✕
          </button>
        </header>
        {props.children}
      </div>
    </dialog>
  );
}

/** A text with a button that copies it. */
export function Copyable({ heading, text }: { heading: string; text: string }) {
  const [copied, setCopied] = useState(false);
  const shown = useRef<HTMLPreElement>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      // Some browsers allow no copy. Then the reader copies the selected text.
      if (shown.current) getSelection()?.selectAllChildren(shown.current);
    }
  };
  return (
    <section class="copyable">
      <h3>{heading}</h3>
      {/* The text may be wider than the panel, so the keyboard must be able to scroll it. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: see above */}
      <pre tabIndex={0} ref={shown}>
        {text}
      </pre>
      <button type="button" onClick={copy}>
        {copied ? "Copied" : "Copy"}
      </button>
      <span role="status" class="hidden">
        {copied ? "Copied" : ""}
      </span>
    </section>
  );
}

/** What stands for a value that no source gives. */
export function Missing() {
  return (
    <span class="soft" title="no source gives it">
      <span aria-hidden="true">–</span>
      <span class="hidden">not known</span>
    </span>
  );
}

/** The links to the pages of a long list. */
export function Pager({ count, size }: { count: number; size: number }) {
  const { route, href } = usePage();
  const last = Math.max(1, Math.ceil(count / size));
  const page = Math.min(route.page, last);
  if (last === 1) return null;
  return (
    <nav class="pager" aria-label="Pages">
      {page > 1 ? <a href={href({ page: page - 1 })}>Previous</a> : <span class="soft">Previous</span>}
      <span>
        Page {page} of {last}
      </span>
      {page < last ? <a href={href({ page: page + 1 })}>Next</a> : <span class="soft">Next</span>}
    </nav>
  );
}

export function pageOf<Row>(rows: readonly Row[], page: number, size: number): Row[] {
  const last = Math.max(1, Math.ceil(rows.length / size));
  const start = (Math.min(page, last) - 1) * size;
  return rows.slice(start, start + size);
}
