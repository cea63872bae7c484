import { expect, test } from "vitest";
import { emptyFilters, fromHash, type Route, startRoute, toHash } from "../src/route";
import type { Answers } from "../src/tables";

const answers = {
  years: [2020, 2021, 2022],
  countries: { CN: "China", TR: "Türkiye" },
  vocabularies: {
    kind: ["online", "physical"],
    category: ["e-commerce"],
    goods: ["piracy"],
    grade: ["primary"],
    role: [],
    status: [],
  },
} as unknown as Answers;

test("the start has a short address", () => {
  expect(toHash(startRoute(answers.years), answers.years)).toBe("#/listings");
  expect(fromHash("", answers)).toEqual({ route: startRoute(answers.years), problems: [] });
});

test("an address restores every part of the state", () => {
  const route: Route = {
    view: "market",
    market: "a/b c",
    search: "Q&A = 50 %, 淘宝 #1?",
    filters: { ...emptyFilters(), year: ["2020", "2022"], country: ["CN", "unknown"], goods: ["piracy"] },
    sort: "-name",
    page: 3,
    listing: "2021-5",
    place: "CN/Xi'an & more",
    before: 2020,
    after: 2021,
    company: true,
    hits: true,
  };
  expect(fromHash(toHash(route, answers.years), answers)).toEqual({ route, problems: [] });
});

test("what the data do not have is reported and left out", () => {
  const { route, problems } = fromHash("#/listings?year=1999,2021&kind=onlin&before=1&page=-2", answers);
  expect(route.filters).toEqual({ ...emptyFilters(), year: ["2021"] });
  expect(route.page).toBe(1);
  expect(problems).toEqual(["There is no year “1999”.", "There is no kind “onlin”.", "There is no edition “1”."]);
  expect(fromHash("#/nothing", answers).problems).toEqual(["There is no view “nothing”."]);
});
