import { expect, test } from "vitest";
import { toCsv, toJson } from "../src/files";

const columns = ["text", "list", "truth", "number"];
const rows = [
  { text: 'a "b", c', list: ["x", "y"], truth: true, number: 1, other: "left out" },
  { text: "two\nlines", list: [], truth: false, number: null },
];

test("CSV is quoted where it must be", () => {
  expect(toCsv(columns, rows, "; ")).toBe('text,list,truth,number\n"a ""b"", c",x; y,true,1\n"two\nlines",,false,\n');
});

test("JSON has one object per line, in the order of the columns", () => {
  const text = toJson(columns, rows);
  expect(text.split("\n")[1]).toBe('{"text":"a \\"b\\", c","list":["x","y"],"truth":true,"number":1},');
  expect(JSON.parse(text)[1]).toEqual({ text: "two\nlines", list: [], truth: false, number: null });
  expect(toJson(columns, [])).toBe("[\n]\n");
});
