"""The checksums of the data files of the package; `python -m tools.build` writes this file."""

SHA256 = {
    "data/SHA256SUMS": "3110ab24a87043f24f7325af0d8f9356e7a33064292bc7bc1deec7f4dfaf4d12",
    "data/citations.parquet": "4ed838bd06a8c0861ce2e9ab2e35e030fc2c098a71bc8804fa0a189fc02f2907",
    "data/coverage.parquet": "3029a2a4892177911b8d142bdc351721348fc51add868df42c6d2ad5f4be05e5",
    "data/croissant.json": "b9fae4873049a97579222ddadb7d4b96fe3892876a8a7e29c021a2ac70f1a1d1",
    "data/datapackage.json": "bb70ac17fba2aaf2e1744455c32566cbcad12b630aba0974df7276b5a0606909",
    "data/developments.parquet": "5ef3a60270524eb79784572bee0db856f0ef630b5f35c56b0a7a7541cec7d962",
    "data/domains.parquet": "040177b498d915b7cda1a28c74475548e4bde34be2e5d5ffbfe6c81bad5d4023",
    "data/editions.parquet": "fb51635b4fab0aa3e7378fa49ea8ed0da18b9120d40597fb11c4ce6db024a872",
    "data/index.json": "5129b08d0d25819fc5f75936992d73971c6cc3b39920d0c5ede3d698c9be944a",
    "data/listings.parquet": "c2329f6f2a4ac3e151c0d70ca63a3f1f6d853ebe434ae82759d1d2d184f3c95e",
    "data/markets.parquet": "f25c1bb250b80e2bceb0b0cac8666c186f986d7a09ec88010de5ab599ff9c1d2",
    "data/operators.parquet": "a39beb4aecccbad80ef6622d0ff6f3a79009ecdb1928cfb902e6f1968badbdb3",
    "data/places.parquet": "80bc2558ef3f3e141c93b32f91b08146713f049916c2a1779116b05091b3a565",
    "data/relations.parquet": "0caa40b0ff0848838feb6210110f9efe98c324108560a9b99eb3ef3dada8d3ce",
    "data/sources.parquet": "62d585248428fd6cba76f71b5e573cb86acce2e3d92216f35113656bd6f8e7fe",
    "data/statistics.parquet": "fe227ad4676f4d6ab00d4b9e647e188710dc5bd24f9ca5e97d0368d4c0563a01",
    "data/unchanged.parquet": "00a4f7c6c7572868f2abf00b94f8c13c7b5acaf2ba630438d767f5beeece63e9",
    "notebook.css": "63d1213bc4be270d330f629888eb9a142576d9854bd5f2f346709034dd92a2de",
    "plot/countries.json": "e72e7e7fc482b30e5278ff86d98ee78e457d4b050145874f00720317d6955284",
    "screening/suffixes.txt": "a73ee28c4fd90995de3cf48ee1c03b53868de872a884b0ce58b55edb4c5e8e87",
}
