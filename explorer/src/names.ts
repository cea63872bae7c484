/** The normal forms of names by which `notorious_markets` compares them; the build exports the forms of all known names. */

export interface Names {
  /** For each form, the name of each market that has it, by the id of the market. */
  owners: Record<string, Record<string, string>>;
  /** The characters whose case folding is not their lower case. */
  casefold: Record<string, string>;
}

/** Return a key that is equal for names that differ only in case, compatibility characters and the amount of space. */
export function nameKey(name: string, casefold: Names["casefold"]): string {
  // Lower case depends on the next letter for a Greek sigma, so each character is converted by itself.
  const folded = Array.from(name.normalize("NFKC"), (each) => casefold[each] ?? each.toLowerCase()).join("");
  return folded.split(SPACE).filter(Boolean).join(" ");
}

/** Return a key without spaces and punctuation. A domain keeps its punctuation. */
export function looseKey(key: string): string {
  if (!key.includes(" ") && key.replace(/^\.+|\.+$/g, "").includes(".")) {
    return key
      .replace(/^https:\/\//, "")
      .replace(/^http:\/\//, "")
      .replace(/^www\./, "")
      .replace(/[./]+$/, "");
  }
  return key.replace(/[\p{Z}\p{P}]/gu, "");
}

/** Return the markets that have this id, name, alias or domain. */
export function ownersOf(name: string, names: Names): Record<string, string> {
  const key = nameKey(name, names.casefold);
  const owners = (form: string) => (Object.hasOwn(names.owners, form) ? names.owners[form] : undefined);
  return owners(key) ?? owners(looseKey(key)) ?? {};
}

// What Python's `str.split` regards as space.
// biome-ignore lint/suspicious/noControlCharactersInRegex: Python splits at them.
const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;
