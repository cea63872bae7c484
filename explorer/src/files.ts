/** Rows as CSV and JSON, in the form in which `notorious_markets.export` writes them. */

type Row = object;

/** Return a table as CSV with a header. Missing values and empty lists are empty cells. */
export function toCsv(columns: readonly string[], rows: readonly Row[], separator: string): string {
  const lines = [columns, ...rows.map((row) => columns.map((column) => cell(valueIn(row, column), separator)))];
  return lines.map((line) => `${line.map(quoted).join(",")}\n`).join("");
}

/** Return a table as a JSON array with one object per line. */
export function toJson(columns: readonly string[], rows: readonly Row[]): string {
  const lines = rows.map((row) =>
    JSON.stringify(Object.fromEntries(columns.map((name) => [name, valueIn(row, name)]))),
  );
  return `[${lines.map((line) => `\n${line}`).join(",")}\n]\n`;
}

/** Let the browser save a text as a file. */
export function save(name: string, type: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function valueIn(row: Row, column: string): unknown {
  return (row as Record<string, unknown>)[column] ?? null;
}

function cell(value: unknown, separator: string): string {
  if (value === null) return "";
  return Array.isArray(value) ? value.join(separator) : String(value);
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
