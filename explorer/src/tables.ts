/** The tables of the package, read from its own Parquet files, and what the build exports beside them. */

import { decompress } from "fzstd";
import { type FileMetaData, parquetMetadata, parquetReadObjects } from "hyparquet";
import type { Names } from "./names";

export type Kind = "online" | "physical";
export type Grade = "primary" | "secondary" | "inferred" | "unidentified";
export type Role = "own" | "former" | "company";
export type Status = "listed" | "not listed" | "cannot be told";
export type ChangeGroup = "added" | "dropped" | "cannot_be_told" | "renamed" | "kept";
export type Cell = string | number | boolean | string[] | null;

export interface Edition {
  year: number;
  title: string;
  released: string;
  issue_focus: string | null;
  online_total: number | null;
  physical_total: number | null;
  report_url: string | null;
  press_release_url: string | null;
  source_ids: string[];
  note: string | null;
}

export interface Market {
  market_id: string;
  name: string;
  kind: Kind;
  aliases: string[];
  country: string | null;
  locality: string | null;
  region: string | null;
  latitude: number | null;
  longitude: number | null;
  operator: string | null;
  parent: string | null;
  category: string | null;
  note: string | null;
}

export interface Listing {
  year: number;
  listing_no: number;
  kind: Kind;
  market_id: string | null;
  further_market_ids: string[];
  name_as_listed: string | null;
  country: string | null;
  country_as_listed: string | null;
  hosting_country: string | null;
  locality: string | null;
  operator: string | null;
  category: string | null;
  goods: string[];
  domains: string[];
  page: number | null;
  newly_listed: boolean | null;
  grade: Grade;
  rule: string | null;
  note: string | null;
}

export interface Domain {
  market_id: string;
  domain: string;
  role: Role;
  basis: "listed" | "attributed";
  confidence: string;
  first_seen: number | null;
  last_seen: number | null;
  event: string | null;
  event_date: string | null;
  source_ids: string[];
  note: string;
}

export interface Citation {
  year: number;
  listing_no: number;
  field: string;
  source_id: string;
  as_sourced: string | null;
  locator: string | null;
  confidence: string;
  note: string | null;
}

export interface Source {
  source_id: string;
  title: string | null;
  publisher: string;
  url: string;
  published: string | null;
  language: string | null;
  source_kind: string;
}

export interface Operator {
  market_id: string;
  operator: string;
  parent: string | null;
  from_year: number;
  to_year: number | null;
  source_ids: string[];
  note: string | null;
}

export interface Relation {
  market_id: string;
  relation: string;
  other_market_id: string;
  source_ids: string[];
  note: string | null;
}

export interface Development {
  year: number;
  n: number;
  market_id: string | null;
  subject: string;
  event: string;
  description: string;
  source_ids: string[];
}

export interface Place {
  country: string;
  locality: string;
  region: string | null;
  latitude: number;
  longitude: number;
}

export interface Coverage {
  year: number;
  kind: Kind;
  announced: number | null;
  rows: number;
  primary: number;
  secondary: number;
  inferred: number;
  unidentified: number;
}

export interface Change {
  before_year: number;
  after_year: number;
  market_id: string;
  name: string;
  kind: Kind;
  country: string | null;
  change: string;
  sure: boolean;
  renamed: boolean;
  before_listing_no: number | null;
  after_listing_no: number | null;
  before_name: string | null;
  after_name: string | null;
  before_grade: Grade | null;
  after_grade: Grade | null;
  group: ChangeGroup;
}

export interface ListingCitation {
  year: number;
  listing_no: number;
  apa: string;
  bibtex: string;
}

interface Tables {
  editions: Edition;
  markets: Market;
  listings: Listing;
  domains: Domain;
  citations: Citation;
  sources: Source;
  operators: Operator;
  relations: Relation;
  developments: Development;
  places: Place;
  coverage: Coverage;
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
    grade: Record<Grade, string>;
    role: Record<Role, string>;
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
