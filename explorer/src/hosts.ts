/**
 * The host of an address as this browser reads it, and the listed domain to which the host belongs.
 *
 * The parser is the browser's own. What is added for texts without a scheme follows `notorious_markets.matching`, and
 * `tests/vectors.json` tests both. `differences.json` lists the addresses that a browser reads differently.
 */

const SPECIAL_SCHEMES = new Set(["http:", "https:", "ws:", "wss:", "ftp:", "file:"]);

/** Return the host of a URL, or of a text without a scheme, without a final dot; `null` if the browser finds none. */
export function hostOf(text: string): string | null {
  const url = parsed(text);
  if (url && SPECIAL_SCHEMES.has(url.protocol)) return withoutFinalDot(url.hostname);
  const rest = afterHttp(text, url ? url.hostname : null);
  if (!rest) return null;
  const read = parsed(`http://${rest}`);
  return read ? withoutFinalDot(read.hostname) : null;
}

/** Return the longest of the domains that is the host or a parent of it. */
export function domainAbove(host: string, domains: { has(domain: string): boolean }): string | null {
  let rest = host.slice(-254);
  if (rest.length < host.length) rest = parent(rest);
  while (rest) {
    if (domains.has(rest)) return rest;
    rest = parent(rest);
  }
  return null;
}

function parsed(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

function parent(host: string): string {
  const dot = host.indexOf(".");
  return dot < 0 ? "" : host.slice(dot + 1);
}

function withoutFinalDot(host: string): string | null {
  return host.replace(/\.$/, "") || null;
}

/** Return what to read after `http://` in a text that is not a URL of a special scheme. */
function afterHttp(text: string, opaqueHost: string | null): string | null {
  const cleaned = text
    .replace(/[\t\n\r]/g, "")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: The standard removes them.
    .replace(/^[\0- ]+|[\0- ]+$/g, "");
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):(.*)$/s.exec(cleaned);
  const isHostWithPort = scheme?.[1]?.includes(".") && /^\d+(?:[/\\?#]|$)/.test(scheme[2] ?? "");
  if (scheme && !isHostWithPort) return opaqueHost;
  // A text that begins with a single slash is a path.
  return /^[/\\](?![/\\])/.test(cleaned) ? null : cleaned;
}
