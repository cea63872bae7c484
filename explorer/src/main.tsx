/** The frame of the page, and the history of its states. */

import { render } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import "./style.css";
import { DOCUMENTATION, hrefOf, type Listings, loadListings, type Page, PageContext } from "./page";
import { fromHash, type View } from "./route";
import { type Answers, answers as loadAnswers } from "./tables";
import { AboutView } from "./views/about";
import { ChangesView } from "./views/changes";
import { CheckView } from "./views/check";
import { CoverageView } from "./views/coverage";
import { ListingsView } from "./views/listings";
import { MapView } from "./views/map";
import { MarketView } from "./views/market";
import { MarketsView } from "./views/markets";

const TITLES: Record<View, string> = {
  listings: "Listings",
  markets: "Timeline",
  map: "Map",
  changes: "Changes",
  coverage: "Coverage",
  check: "Check a list",
  about: "About",
  market: "Market",
};
const TABS = ["listings", "markets", "map", "changes", "coverage", "check", "about"] as const;

function App({ answers, data }: { answers: Answers; data: Listings }) {
  const [hash, setHash] = useState(location.hash);
  const [error, setError] = useState("");
  const { route, problems } = useMemo(() => fromHash(hash, answers), [hash, answers]);
  const heading = useRef<HTMLHeadingElement>(null);
  const place = `${route.view} ${route.market} ${route.page}`;
  const shown = useRef(place);
  // How far down the reader was in each state, and where the next state begins; `null` leaves focus and scroll alone.
  const scroll = useRef({ positions: new Map<string, number>(), hash, next: null as number | null });

  function show(next: string, scrollTo: number | null) {
    scroll.current.positions.set(scroll.current.hash, scrollY);
    scroll.current = { ...scroll.current, hash: next, next: scrollTo };
    setHash(next);
  }

  /** Follow a link. */
  function visit(next: string) {
    if (next === location.hash) return;
    history.pushState(null, "", next);
    show(next, 0);
  }

  // The functions use nothing but what keeps its identity.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    history.scrollRestoration = "manual";
    const onReturn = () => show(location.hash, scroll.current.positions.get(location.hash) ?? 0);
    const onClick = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest("a[href^='#/']") : null;
      const opensElsewhere = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
      if (!link || opensElsewhere || event.defaultPrevented) return;
      event.preventDefault();
      visit(link.getAttribute("href") ?? "");
    };
    addEventListener("popstate", onReturn);
    addEventListener("click", onClick);
    return () => {
      removeEventListener("popstate", onReturn);
      removeEventListener("click", onClick);
    };
  }, []);

  const title =
    route.view === "market" ? (data.markets.get(route.market)?.name ?? "Unknown market") : TITLES[route.view];
  useLayoutEffect(() => {
    document.title = `${title} · Notorious Markets List`;
    if (shown.current === place) return;
    shown.current = place;
    if (scroll.current.next === null) return;
    // Readers of screens and users of the keyboard continue at the heading of the new view.
    heading.current?.focus({ preventScroll: true });
    scrollTo(0, scroll.current.next);
  }, [place, title]);

  const page: Page = {
    answers,
    route,
    href: (change) => hrefOf(route, answers, change),
    go: (change, replace) => {
      const next = hrefOf(route, answers, change);
      if (next === location.hash) return;
      if (replace) history.replaceState(null, "", next);
      else history.pushState(null, "", next);
      show(next, null);
    },
    fail: (reason) => setError(reason instanceof Error ? reason.message : String(reason)),
  };

  return (
    <PageContext.Provider value={page}>
      {/* biome-ignore lint/a11y/useValidAnchor: It goes to the heading, but the fragment of the address holds the state. */}
      <a class="skip" href="#heading" onClick={skip}>
        Skip to the content
      </a>
      <header class="top">
        <div class="brand">
          <b>Notorious Markets List</b> <span class="soft">explorer</span>
        </div>
        <nav aria-label="Views">
          {TABS.map((view) => (
            <a
              key={view}
              href={page.href({ view, market: "", listing: "", place: "", page: 1, sort: "" })}
              aria-current={view === route.view ? "page" : undefined}
            >
              {TITLES[view]}
            </a>
          ))}
        </nav>
        <a class="docs" href={DOCUMENTATION}>
          Docs
        </a>
      </header>
      <main>
        <p class="caution">{answers.caution}</p>
        <h1 id="heading" ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {[...problems.map((problem) => `${problem} The link is shown without it.`), error]
          .filter(Boolean)
          .map((each) => (
            <p key={each} role="alert" class="problem">
              {each}
            </p>
          ))}
        <Shown view={route.view} data={data} />
      </main>
      <footer>
        <p>
          {answers.title}, data version {answers.data_version}. Facts: CC0 1.0. {answers.geonames}
        </p>
        <p>{answers.caution}</p>
      </footer>
    </PageContext.Provider>
  );

  function skip(event: Event) {
    event.preventDefault();
    heading.current?.focus();
  }
}

function Shown({ view, data }: { view: View; data: Listings }) {
  switch (view) {
    case "listings":
      return <ListingsView data={data} />;
    case "markets":
      return <MarketsView data={data} />;
    case "market":
      return <MarketView data={data} />;
    case "map":
      return <MapView data={data} />;
    case "changes":
      return <ChangesView data={data} />;
    case "coverage":
      return <CoverageView />;
    case "check":
      return <CheckView data={data} />;
    case "about":
      return <AboutView />;
  }
}

async function start(): Promise<void> {
  const app = document.getElementById("app");
  if (!app) throw new Error("index.html has no element app");
  try {
    const [answers, data] = await Promise.all([loadAnswers(), loadListings()]);
    app.textContent = "";
    render(<App answers={answers} data={data} />, app);
  } catch (error) {
    app.textContent = `The data could not be loaded: ${error instanceof Error ? error.message : error}`;
  }
}

start();
