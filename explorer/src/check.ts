/** Which pasted lines are on the list. Nothing here sends anything. */

import { domainAbove, hostOf } from "./hosts";
import { type Names, ownersOf } from "./names";
import type { Domain, Role } from "./tables";

export interface Hit {
  line: number;
  text: string;
  /** Whether the line matches by its host or by its name; `null` without a match. */
  by: "domain" | "name" | null;
  host: string | null;
  matched_domain: string | null;
  role: Role | null;
  event: string | null;
  event_date: string | null;
  /** The ids of the markets: one for a domain, one or several for a name, none for a domain that the reader added. */
  market_ids: string[];
}

export interface Lists {
  domains: ReadonlyMap<string, Domain>;
  names: Names;
  /** Which domains count. */
  roles: ReadonlySet<Role>;
  /** Domains that the reader added. */
  added: ReadonlySet<string>;
}

/** Look up each line that is not blank: first its host, then the whole line as a name. */
export function check(lines: readonly string[], { domains, names, roles, added }: Lists): Hit[] {
  const counting = {
    has: (domain: string) => added.has(domain) || roles.has(domains.get(domain)?.role as Role),
  };
  const hits: Hit[] = [];
  for (const [index, text] of lines.entries()) {
    if (!text.trim()) continue;
    const host = hostOf(text);
    const domain = host === null ? null : domainAbove(host, counting);
    const row = domain === null ? undefined : domains.get(domain);
    const counted = row && roles.has(row.role) ? row : undefined;
    const owners = domain === null ? Object.keys(ownersOf(text, names)) : [];
    hits.push({
      line: index + 1,
      text,
      by: domain !== null ? "domain" : owners.length > 0 ? "name" : null,
      host,
      matched_domain: domain,
      role: counted?.role ?? null,
      event: counted?.event ?? null,
      event_date: counted?.event_date ?? null,
      market_ids: counted ? [counted.market_id] : owners,
    });
  }
  return hits;
}
