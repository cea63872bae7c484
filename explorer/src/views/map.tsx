/** The map of the physical markets in the selection: the world, and an enlarged part of Asia. */

import { feature } from "topojson-client";
import { Cite } from "../cite";
import { Facets, inWords, Summary } from "../facets";
import { countryName, type Listings, plural, useLoaded, usePage } from "../page";
import { Downloads } from "../parts";
import { marketIds } from "../selection";
import { type Listing, outlines, type Place, table } from "../tables";
import { searched, useSelection } from "./listings";

// The width of a map in its own pixels. On a narrow screen, fewer of them keep circles and names legible.
const WIDTH = matchMedia("(max-width: 48rem)").matches ? 420 : 760;
type Outline = GeoJSON.Feature<GeoJSON.Geometry>;

/** A part of the world on an equirectangular map: a degree has the same number of pixels everywhere. */
interface Window_ {
  west: number;
  east: number;
  south: number;
  north: number;
}

/** A locality and the different markets that the selected listings have there. */
interface Spot extends Place {
  id: string;
  markets: string[];
}

export function MapView({ data }: { data: Listings }) {
  const { answers, route, href } = usePage();
  const { all, found } = useSelection(data);
  const loaded = useLoaded(async () => {
    const [topology, places] = await Promise.all([outlines(), table("places")]);
    return { outlines: feature(topology, topology.objects.countries).features, places: places.rows };
  });
  const physical = found.filter((listing) => listing.kind === "physical");
  const spots = loaded ? spotsOf(physical, loaded.places) : [];
  const shaded = new Set(physical.flatMap((listing) => listing.country ?? []));
  const located = new Set(spots.flatMap((spot) => spot.markets)).size;
  const unlocated = physical.filter((listing) => listing.locality === null).length;
  const chosen = spots.find((spot) => spot.id === route.place);
  const [world, asia] = (["world", "asia"] as const).map((name) => {
    const [west, east, south, north] = answers.map.windows[name];
    return { west, east, south, north };
  });
  if (!world || !asia) throw new Error("the build exports two windows of the map");
  return (
    <div class="columns">
      <Facets listings={searched(data, route.search)} />
      <div class="results">
        <Summary found={found} all={all}>
          <Downloads name="notorious-markets-localities" columns={["country", "locality", "markets"]} rows={spots} />
          <Cite
            what={`Map of ${plural(located, "market")}: ${inWords(route.filters, route.search)}`}
            years={route.filters.year.map(Number)}
          />
        </Summary>
        <p>
          {plural(physical.length, "listing")} of the selection {physical.length === 1 ? "is" : "are"} physical.
          Circles: {plural(located, "market")} in {plural(spots.length, "locality")}. Shaded: {shaded.size} listed
          countries and territories.
          {unlocated > 0 && ` ${plural(unlocated, "physical listing")} without a known locality have no circle.`}
        </p>
        {loaded ? (
          <div class="maps">
            <WorldMap
              window={world}
              name="World"
              outlines={loaded.outlines}
              spots={spots}
              shaded={shaded}
              frame={asia}
            />
            <WorldMap
              window={asia}
              name="South, East and Southeast Asia"
              outlines={loaded.outlines}
              spots={spots}
              shaded={shaded}
            />
          </div>
        ) : (
          <p class="loading">Loading the map…</p>
        )}
        <p class="soft">
          The area of a circle is proportional to the number of markets. It marks the town, not a building. Outlines:
          Natural Earth. {answers.geonames}
        </p>
        {chosen && (
          <section class="chosen" aria-live="polite">
            <h2>
              {chosen.locality}, {countryName(chosen.country, answers)}
            </h2>
            <ul>
              {chosen.markets.map((id) => (
                <li key={id}>
                  <a href={href({ view: "market", market: id, place: "" })}>{data.markets.get(id)?.name}</a>
                </li>
              ))}
            </ul>
          </section>
        )}
        {spots.length > 0 && (
          <div class="scroll">
            <table class="localities">
              <caption>Localities on the map</caption>
              <thead>
                <tr>
                  <th scope="col">Locality</th>
                  <th scope="col">Country</th>
                  <th scope="col" class="number">
                    Markets
                  </th>
                </tr>
              </thead>
              <tbody>
                {spots.map((spot) => (
                  <tr key={spot.id} aria-current={spot.id === route.place ? "true" : undefined}>
                    <th scope="row">
                      <a href={href({ place: spot.id })}>{spot.locality}</a>
                    </th>
                    <td>{countryName(spot.country, answers)}</td>
                    <td class="number">{spot.markets.length}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </div>
    </div>
  );
}

function spotsOf(listings: readonly Listing[], places: readonly Place[]): Spot[] {
  const markets = new Map<string, Set<string>>();
  for (const listing of listings) {
    if (listing.country === null || listing.locality === null) continue;
    const id = `${listing.country}/${listing.locality}`;
    markets.set(id, new Set([...(markets.get(id) ?? []), ...marketIds(listing)]));
  }
  return places
    .map((place) => ({ ...place, id: `${place.country}/${place.locality}` }))
    .flatMap((place) =>
      markets.has(place.id) ? [{ ...place, markets: [...(markets.get(place.id) ?? [])].sort() }] : [],
    )
    .sort((a, b) => b.markets.length - a.markets.length || a.locality.localeCompare(b.locality));
}

interface MapProps {
  window: Window_;
  name: string;
  outlines: readonly Outline[];
  spots: readonly Spot[];
  shaded: ReadonlySet<string>;
  frame?: Window_;
}

/** A map for the eye and the mouse. The table of localities says the same, and has the links for the keyboard. */
function WorldMap({ window: part, name, outlines: shapes, spots, shaded, frame }: MapProps) {
  const { answers, route, go } = usePage();
  const scale = WIDTH / (part.east - part.west);
  const height = Math.round((part.north - part.south) * scale);
  const x = (longitude: number) => (longitude - part.west) * scale;
  const y = (latitude: number) => (part.north - latitude) * scale;
  const visible = spots.filter(
    (spot) =>
      part.west < spot.longitude &&
      spot.longitude < part.east &&
      part.south < spot.latitude &&
      spot.latitude < part.north,
  );
  const radius = (spot: Spot) => Math.sqrt((answers.map.area * spot.markets.length) / Math.PI);
  const path = (shape: Outline) => {
    const { geometry } = shape;
    const polygons =
      geometry.type === "Polygon"
        ? [geometry.coordinates]
        : geometry.type === "MultiPolygon"
          ? geometry.coordinates
          : [];
    return polygons
      .flat()
      .map(unwrapped)
      .map((ring) => `M${ring.map(([lon = 0, lat = 0]) => `${x(lon).toFixed(1)},${y(lat).toFixed(1)}`).join("L")}Z`)
      .join("");
  };
  return (
    <svg
      class={frame ? "map world" : "map part"}
      viewBox={`0 0 ${WIDTH} ${height}`}
      role="img"
      aria-label={`Map: ${name}. ${plural(visible.length, "locality")} with markets, which the table lists.`}
    >
      <g class="land">
        {shapes.map((shape) => (
          <path
            key={`${shape.id} ${path(shape).slice(0, 20)}`}
            d={path(shape)}
            class={shaded.has(String(shape.id)) ? "listed" : ""}
          />
        ))}
      </g>
      {frame && (
        <rect
          class="frame"
          x={x(frame.west)}
          y={y(frame.north)}
          width={(frame.east - frame.west) * scale}
          height={(frame.north - frame.south) * scale}
        />
      )}
      <g class="spots">
        {visible.map((spot) => (
          // biome-ignore lint/a11y/noStaticElementInteractions: The table has the same link for the keyboard.
          <circle
            key={spot.id}
            cx={x(spot.longitude)}
            cy={y(spot.latitude)}
            r={radius(spot)}
            class={spot.id === route.place ? "chosen" : ""}
            onClick={() => go({ place: spot.id })}
          >
            <title>{`${spot.locality}, ${countryName(spot.country, answers)}: ${plural(spot.markets.length, "market")}`}</title>
          </circle>
        ))}
      </g>
      <g class="labels">
        {labelled(visible, frame).map((spot) => (
          <text key={spot.id} x={x(spot.longitude) + radius(spot) + 4} y={y(spot.latitude) + 4}>
            {spot.locality}
          </text>
        ))}
      </g>
    </svg>
  );

  /** Return the localities whose names fit beside their circles, those with most markets first. */
  function labelled(rows: readonly Spot[], inside: Window_ | undefined): Spot[] {
    const boxes = rows.map((spot) => {
      const r = radius(spot);
      return [x(spot.longitude) - r, y(spot.latitude) - r, x(spot.longitude) + r, y(spot.latitude) + r];
    });
    return rows.filter((spot, n) => {
      if (inside && spot.longitude > inside.west && spot.longitude < inside.east && spot.latitude < inside.north)
        return false;
      const left = x(spot.longitude) + radius(spot) + 3;
      const box = [left, y(spot.latitude) - 8, left + 8 * spot.locality.length, y(spot.latitude) + 8];
      if ((box[2] ?? 0) > WIDTH) return false;
      const free = boxes.every((other, m) => m === n || !overlap(box, other));
      if (free) boxes.push(box);
      return free;
    });
  }
}

/** Return a ring across the 180th meridian without jumps from one edge of the world to the other. */
function unwrapped(ring: GeoJSON.Position[]): GeoJSON.Position[] {
  let turn = 0;
  let last = ring[0]?.[0] ?? 0;
  const moved = ring.map(([longitude = 0, latitude = 0]) => {
    if (Math.abs(longitude - last) > 180) turn += longitude < last ? 360 : -360;
    last = longitude;
    return [longitude + turn, latitude];
  });
  const mean = moved.reduce((sum, [longitude = 0]) => sum + longitude, 0) / moved.length;
  const back = 360 * Math.round(mean / 360);
  return moved.map(([longitude = 0, latitude = 0]) => [longitude - back, latitude]);
}

function overlap(a: readonly number[], b: readonly number[]): boolean {
  const [left = 0, top = 0, right = 0, bottom = 0] = a;
  const [left2 = 0, top2 = 0, right2 = 0, bottom2 = 0] = b;
  return left < right2 && left2 < right && top < bottom2 && top2 < bottom;
}
