"""The workload of the benchmarks: URLs like those of a crawl, with hits, decoys and the right answer for each row."""

from __future__ import annotations

import hashlib
import json
import random
import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

SEED = 20101
SYLLABLES = [consonant + vowel for consonant in "bcdfghjklmnprstvwz" for vowel in "aeiou"]
IDN_LABELS = ["bücher", "кино", "музыка", "影视", "电影", "ταινίες", "película", "çizgi", "fußball", "ドラマ"]
ENDINGS = ["com"] * 10 + ["net", "org", "to", "ru", "io", "cc", "tv", "me", "co.id", "com.br", "xn--p1ai"]
SUBDOMAINS = ["www", "m", "en", "ja", "cdn", "shop", "img", "api", "blog", "static"]


class Url(NamedTuple):
    """A URL of the workload.

    Attributes:
        text: The URL.
        spelling: The name of its spelling, `decoy: ` and a name for a decoy, or empty for an unlisted URL.
        domain: The listed domain to which it belongs, or `None`.
    """

    text: str
    spelling: str
    domain: str | None


def domains(count: int, known: tuple[str, ...] = ()) -> list[str]:
    """Return a list of domains: the known ones, then invented ones.

    Of the invented ones, one in 40 is internationalised, and one in 10 is a subdomain.
    """
    import idna

    rng = random.Random(SEED)
    found = dict.fromkeys(known)
    while len(found) < count:
        if rng.random() < 1 / 40:
            label = idna.encode(f"{rng.choice(IDN_LABELS)}{_name(rng, 1, 2)}", uts46=True).decode()
        else:
            label = _name(rng, 2, 6)
        host = f"{label}.{rng.choice(ENDINGS)}"
        found[f"{rng.choice(SUBDOMAINS)}.{host}" if rng.random() < 1 / 10 else host] = None
    return list(found)[:count]


def urls(count: int, listed: list[str]) -> Iterator[Url]:
    """Yield URLs. 1 % belong to a listed domain, in 17 spellings, and 0.85 % only look as if they did."""
    rng = random.Random(SEED + 1)
    hosts = [_host(rng) for _ in range(max(count // 4, 1000))]
    international = [domain for domain in listed if "xn--" in domain]
    # A decoy without a label boundary would be a real hit if a parent of its domain were listed, too.
    known = set(listed)
    apart = [domain for domain in listed if not {domain.split(".", n)[-1] for n in range(1, domain.count(".") + 1)} & known]
    spellings = [name for name, (weight, _) in SPELLINGS.items() for _ in range(weight)]
    for _ in range(count):
        draw = rng.random()
        if draw < 0.01:
            spelling = rng.choice(spellings)
            domain = rng.choice(international if "IDN" in spelling else listed)
            yield Url(SPELLINGS[spelling][1](domain, _path(rng), rng), spelling, domain)
        elif draw < 0.0185:
            decoy = rng.choice(list(DECOYS))
            yield Url(DECOYS[decoy](rng.choice(apart), rng.choice(hosts)), f"decoy: {decoy}", None)
        else:
            # The square gives a few hosts most of the pages, with a long tail.
            host = hosts[int(len(hosts) * rng.random() ** 2)]
            yield Url(f"{'https' if rng.random() < 0.85 else 'http'}://{host}/{_path(rng)}", "", None)


def cached(rows: int, count: int, known: tuple[str, ...]) -> Path:
    """Return the path of a Parquet file with the workload, which is generated once for each version of this module.

    Its columns are `url`, `spelling` and `domain`. The list of domains is in the metadata of its schema; see `listed_in`.
    """
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    version = hashlib.sha256(Path(__file__).read_bytes() + json.dumps([rows, count, known]).encode()).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / "notorious_markets_benchmark"
    folder.mkdir(exist_ok=True)
    path = folder / f"{rows}-{count}-{version}.parquet"
    if not path.exists():
        listed = domains(count, known)
        text, schema = pa.string(), pa.schema([("url", pa.string()), ("spelling", pa.string()), ("domain", pa.string())])
        unfinished = path.with_suffix(".unfinished")
        schema = schema.with_metadata({"domains": "\n".join(listed)})
        with ParquetWriter(unfinished, schema, compression="zstd") as writer:
            generated = urls(rows, listed)
            while part := list(islice(generated, 1 << 17)):
                columns: list[Any] = [pa.array(values, text) for values in zip(*part, strict=True)]
                writer.write_table(pa.Table.from_arrays(columns, schema=schema))
        unfinished.rename(path)
    return path


def listed_in(path: Path) -> list[str]:
    """Return the list of domains of a file with the workload."""
    from pyarrow.parquet import ParquetFile

    metadata = ParquetFile(path).schema_arrow.metadata or {}
    return metadata[b"domains"].decode().split("\n")


def _name(rng: random.Random, low: int, high: int) -> str:
    return "".join(rng.choices(SYLLABLES, k=rng.randint(low, high)))


def _host(rng: random.Random) -> str:
    # The digit keeps every host off the list, because invented names have none.
    host = f"{_name(rng, 3, 6)}{rng.randrange(10)}.{rng.choice(ENDINGS)}"
    return f"{rng.choice(SUBDOMAINS)}.{host}" if rng.random() < 0.6 else host


def _path(rng: random.Random) -> str:
    draw = rng.random()
    segments = [_name(rng, 2, 5) for _ in range(rng.randint(3, 8))]
    if draw < 0.04:
        segments.append("caf%C3%A9%20menu")
    elif draw < 0.05:
        segments.append("новости")
    path = "/".join(segments)
    return f"{path}?id={rng.randrange(10**9)}&ref={segments[0]}" if draw > 0.6 else path


def _below(domain: str, rng: random.Random, labels: int) -> str:
    return ".".join([*rng.sample(SUBDOMAINS, labels), domain])


def _unicode(domain: str) -> str:
    import idna

    return ".".join(idna.decode(label) if label.startswith("xn--") else label for label in domain.split("."))


def _mixed(domain: str) -> str:
    return "".join(letter.upper() if position % 2 else letter for position, letter in enumerate(domain))


Spell = Callable[[str, str, random.Random], str]
SPELLINGS: dict[str, tuple[int, Spell]] = {
    "plain": (80, lambda domain, path, _: f"https://{domain}/{path}"),
    "sub-domain": (60, lambda domain, path, rng: f"https://{_below(domain, rng, 1)}/{path}"),
    "two or more labels below": (8, lambda domain, path, rng: f"https://{_below(domain, rng, 2)}/{path}"),
    "port": (8, lambda domain, path, _: f"http://{domain}:8080/{path}"),
    "userinfo": (4, lambda domain, path, _: f"http://user:word@{domain}/{path}"),
    "upper case": (8, lambda domain, path, _: f"HTTPS://{domain.upper()}/{path}"),
    "mixed case + WWW": (6, lambda domain, path, _: f"https://WWW.{_mixed(domain)}/{path}"),
    "dot at the end": (6, lambda domain, path, _: f"https://{domain}./{path}"),
    "query without a slash": (4, lambda domain, path, _: f"https://{domain}?{path}"),
    "IDN as A-label": (4, lambda domain, path, _: f"https://{domain}/{path}"),
    "IDN in Unicode": (4, lambda domain, path, _: f"https://{_unicode(domain)}/{path}"),
    "IDN in upper-case Unicode": (1, lambda domain, path, _: f"https://{_upper_case(domain)}/{path}"),
    "%2E in the host": (1, lambda domain, path, _: f"https://{domain.replace('.', '%2E')}/{path}"),
    "backslashes": (1, lambda domain, path, _: f"https:\\\\{domain}\\{path}"),
    "spaces or newline around": (1, lambda domain, path, rng: f"  https://{domain}/{path}{rng.choice([' ', chr(10)])}"),
    "ideographic full stop": (1, lambda domain, path, _: f"https://{domain.replace('.', '。')}/{path}"),
    "no scheme": (1, lambda domain, path, _: f"//{domain}/{path}"),
}
DECOYS: dict[str, Callable[[str, str], str]] = {
    "in the path": lambda domain, host: f"https://{host}/go/{domain}/page",
    "in the query": lambda domain, host: f"https://{host}/?u=https://{domain}/",
    "in the fragment": lambda domain, host: f"https://{host}/#{domain}",
    "in the userinfo": lambda domain, host: f"https://{domain}@{host}/login",
    "as a prefix": lambda domain, host: f"https://{domain}.{host}/",
    # A digit comes between them, because syllables before a listed domain may make another listed domain.
    "without a label boundary": lambda domain, host: f"https://{host.split('.', maxsplit=1)[0]}0{domain}/",
}


def _upper_case(domain: str) -> str:
    """Return the Unicode form in upper case if it is the same domain. It is not with ß or a final sigma."""
    name = _unicode(domain)
    return name.upper() if name.upper().lower() == name and name.casefold() == name else name
