"""The reference workload of screening: URLs as a crawl has them, with hits, decoys and the truth of each row."""

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
    """A URL of the workload: how it is spelled, and the domain of the list that it is on, if any."""

    text: str
    spelling: str
    domain: str | None


def domains(count: int, known: tuple[str, ...] = ()) -> list[str]:
    """A list of domains: the known ones, then made-up ones, one in forty internationalised, one in ten a host below a domain."""
    import idna

    chance = random.Random(SEED)
    found = dict.fromkeys(known)
    while len(found) < count:
        if chance.random() < 1 / 40:
            label = idna.encode(f"{chance.choice(IDN_LABELS)}{_name(chance, 1, 2)}", uts46=True).decode()
        else:
            label = _name(chance, 2, 6)
        host = f"{label}.{chance.choice(ENDINGS)}"
        found[f"{chance.choice(SUBDOMAINS)}.{host}" if chance.random() < 1 / 10 else host] = None
    return list(found)[:count]


def urls(count: int, listed: list[str]) -> Iterator[Url]:
    """URLs of which 1 % are on a listed domain, in 17 spellings, and 0.85 % only look so."""
    chance = random.Random(SEED + 1)
    hosts = [_host(chance) for _ in range(max(count // 4, 1000))]
    international = [domain for domain in listed if "xn--" in domain]
    # Before a domain below a listed one any text makes a host that is rightly found.
    known = set(listed)
    apart = [domain for domain in listed if not {domain.split(".", n)[-1] for n in range(1, domain.count(".") + 1)} & known]
    spellings = [name for name, (weight, _) in SPELLINGS.items() for _ in range(weight)]
    for _ in range(count):
        draw = chance.random()
        if draw < 0.01:
            spelling = chance.choice(spellings)
            domain = chance.choice(international if "IDN" in spelling else listed)
            yield Url(SPELLINGS[spelling][1](domain, _path(chance), chance), spelling, domain)
        elif draw < 0.0185:
            decoy = chance.choice(list(DECOYS))
            yield Url(DECOYS[decoy](chance.choice(apart), chance.choice(hosts)), f"decoy: {decoy}", None)
        else:
            # The square makes a long tail: a few hosts have most of the pages.
            host = hosts[int(len(hosts) * chance.random() ** 2)]
            yield Url(f"{'https' if chance.random() < 0.85 else 'http'}://{host}/{_path(chance)}", "", None)


def cached(rows: int, count: int, known: tuple[str, ...]) -> Path:
    """A Parquet file of the workload, generated once for each version of this module: columns url, spelling and domain.

    The list of domains is in the metadata of its schema, see `listed_in`.
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
            made = urls(rows, listed)
            while part := list(islice(made, 1 << 17)):
                columns: list[Any] = [pa.array(values, text) for values in zip(*part, strict=True)]
                writer.write_table(pa.Table.from_arrays(columns, schema=schema))
        unfinished.rename(path)
    return path


def listed_in(path: Path) -> list[str]:
    """The list of domains of a file of the workload."""
    from pyarrow.parquet import ParquetFile

    metadata = ParquetFile(path).schema_arrow.metadata or {}
    return metadata[b"domains"].decode().split("\n")


def _name(chance: random.Random, low: int, high: int) -> str:
    return "".join(chance.choices(SYLLABLES, k=chance.randint(low, high)))


def _host(chance: random.Random) -> str:
    # Three syllables and a figure more than the list has, so that no host is on it by chance.
    host = f"{_name(chance, 3, 6)}{chance.randrange(10)}.{chance.choice(ENDINGS)}"
    return f"{chance.choice(SUBDOMAINS)}.{host}" if chance.random() < 0.6 else host


def _path(chance: random.Random) -> str:
    draw = chance.random()
    words = [_name(chance, 2, 5) for _ in range(chance.randint(3, 8))]
    if draw < 0.04:
        words.append("caf%C3%A9%20menu")
    elif draw < 0.05:
        words.append("новости")
    path = "/".join(words)
    return f"{path}?id={chance.randrange(10**9)}&ref={words[0]}" if draw > 0.6 else path


def _below(domain: str, chance: random.Random, labels: int) -> str:
    return ".".join([*chance.sample(SUBDOMAINS, labels), domain])


def _unicode(domain: str) -> str:
    import idna

    return ".".join(idna.decode(label) if label.startswith("xn--") else label for label in domain.split("."))


def _mixed(domain: str) -> str:
    return "".join(letter.upper() if place % 2 else letter for place, letter in enumerate(domain))


Spell = Callable[[str, str, random.Random], str]
SPELLINGS: dict[str, tuple[int, Spell]] = {
    "plain": (80, lambda domain, path, _: f"https://{domain}/{path}"),
    "sub-domain": (60, lambda domain, path, chance: f"https://{_below(domain, chance, 1)}/{path}"),
    "two or more labels below": (8, lambda domain, path, chance: f"https://{_below(domain, chance, 2)}/{path}"),
    "port": (8, lambda domain, path, _: f"http://{domain}:8080/{path}"),
    "userinfo": (4, lambda domain, path, _: f"http://user:word@{domain}/{path}"),
    "upper case": (8, lambda domain, path, _: f"HTTPS://{domain.upper()}/{path}"),
    "mixed case + WWW": (6, lambda domain, path, _: f"https://WWW.{_mixed(domain)}/{path}"),
    "dot at the end": (6, lambda domain, path, _: f"https://{domain}./{path}"),
    "query without a slash": (4, lambda domain, path, _: f"https://{domain}?{path}"),
    "IDN as A-label": (4, lambda domain, path, _: f"https://{domain}/{path}"),
    "IDN in Unicode": (4, lambda domain, path, _: f"https://{_unicode(domain)}/{path}"),
    "IDN in upper-case Unicode": (1, lambda domain, path, _: f"https://{_shouted(domain)}/{path}"),
    "%2E in the host": (1, lambda domain, path, _: f"https://{domain.replace('.', '%2E')}/{path}"),
    "backslashes": (1, lambda domain, path, _: f"https:\\\\{domain}\\{path}"),
    "spaces or newline around": (1, lambda domain, path, chance: f"  https://{domain}/{path}{chance.choice([' ', chr(10)])}"),
    "ideographic full stop": (1, lambda domain, path, _: f"https://{domain.replace('.', '。')}/{path}"),
    "no scheme": (1, lambda domain, path, _: f"//{domain}/{path}"),
}
DECOYS: dict[str, Callable[[str, str], str]] = {
    "in the path": lambda domain, host: f"https://{host}/go/{domain}/page",
    "in the query": lambda domain, host: f"https://{host}/?u=https://{domain}/",
    "in the fragment": lambda domain, host: f"https://{host}/#{domain}",
    "in the userinfo": lambda domain, host: f"https://{domain}@{host}/login",
    "as a prefix": lambda domain, host: f"https://{domain}.{host}/",
    # With a figure between, because two syllables and a listed domain may be another listed domain.
    "without a label boundary": lambda domain, host: f"https://{host.split('.', maxsplit=1)[0]}0{domain}/",
}


def _shouted(domain: str) -> str:
    """The Unicode form in upper case, where that is the same domain: ß and the final sigma have no such form."""
    name = _unicode(domain)
    return name.upper() if name.upper().lower() == name and name.casefold() == name else name
