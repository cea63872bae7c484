/** The tables of the package, read from its own Parquet files, and what the build exports beside them. */

import { decompress } from "fzstd";
import { type FileMetaData, parquetMetadata, parquetReadObjects } from "hyparquet";
import type { Names } from "./names";
import type * as rows from "./rows";

export type * from "./rows";

export type ChangeGroup = "added" | "dropped" | "cannot_be_told" | "renamed" | "kept";
export type Change = rows.Change & { group: ChangeGroup };

export interface ListingCitation {
  year: number;
  listing_no: number;
  apa: string;
  bibtex: string;
}

interface Tables extends rows.Tables {
  changes: Change;
  listing_citations: ListingCitation;
}

export type TableName = keyof Tables;

export interface Table<Row> {
  columns: string[];
  rows: Row[];
}

export interface CitationStyles {
  apa: string;
  bibtex: string;
  "csl-json": Record<string, unknown>;
}

/** The answers that the package gives; `tools/explorer.py` writes them. */
export interface Answers {
  version: string;
  data_version: string;
  title: string;
  publisher: string;
  caution: string;
  geonames: string;
  /** Joins the values of a list in a cell of CSV. */
  separator: string;
  vocabularies: Record<"kind" | "category" | "goods" | "grade" | "role" | "status", string[]>;
  words: {
    grade: Record<rows.Grade, string>;
    role: Record<rows.Role, string>;
    relation: Record<string, string>;
    uncertain: string;
  };
  countries: Record<string, string>;
  columns: Record<string, string>;
  years: number[];
  /** For each market, a digit for each edition: the position in the vocabulary of statuses. */
  statuses: Record<string, string>;
  spells: Record<string, [number, number][]>;
  doubtful: string[];
  citations: Record<string, CitationStyles>;
  map: { windows: Record<"world" | "asia", [number, number, number, number]>; area: number };
}

async function fetched(path: string): Promise<Response> {
  const response = await fetch(`data/${path}`);
  if (!response.ok) throw new Error(`${path} could not be loaded: status ${response.status}`);
  return response;
}

async function readTable(name: TableName): Promise<Table<unknown>> {
  const file = await (await fetched(`${name}.parquet`)).arrayBuffer();
  const metadata: FileMetaData = parquetMetadata(file);
  const rows = await parquetReadObjects({
    file,
    metadata,
    compressors: { ZSTD: (input, length) => decompress(input, new Uint8Array(length)) },
    parsers: { dateFromDays: (days) => new Date(days * 86_400_000).toISOString().slice(0, 10) },
  });
  // The schema is a tree in pre-order; the first element is the root, and lists have children.
  const columns = metadata.schema[0] ? topLevel(metadata) : [];
  return { columns, rows };
}

function topLevel({ schema }: FileMetaData): string[] {
  const names: string[] = [];
  let position = 1;
  const end = (at: number): number => {
    let next = at + 1;
    for (let child = schema[at]?.num_children ?? 0; child > 0; child--) next = end(next);
    return next;
  };
  while (position < schema.length) {
    names.push(schema[position]?.name ?? "");
    position = end(position);
  }
  return names;
}

const tables = new Map<TableName, Promise<Table<unknown>>>();

/** Return a table. Each file is read once. */
export function table<Name extends TableName>(name: Name): Promise<Table<Tables[Name]>> {
  const found = tables.get(name) ?? readTable(name);
  tables.set(name, found);
  return found as Promise<Table<Tables[Name]>>;
}

const documents = new Map<string, Promise<unknown>>();

function document_<Value>(name: string): Promise<Value> {
  const found = documents.get(name) ?? fetched(name).then((response) => response.json());
  documents.set(name, found);
  return found as Promise<Value>;
}

export const answers = (): Promise<Answers> => document_("answers.json");
export const names = (): Promise<Names> => document_("names.json");
export const outlines = (): Promise<TopoJSON.Topology<{ countries: TopoJSON.GeometryCollection }>> =>
  document_("outlines.json");
