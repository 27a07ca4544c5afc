"""Requests, bodies and files that are right, or nearly so: what mutants are made from."""

from __future__ import annotations

from typing import Any

CAT = (
    b'{"kind": "cat", "lives": 9, "born": "2020-02-29", "price": 1.15, "friends": [{"kind": "dog"}, "a@b.c"]}'
)
POINT = b'{"x": 1, "y": 2.5, "z": "t"}'
PARTS = (
    b'--b\r\ncontent-disposition: form-data; name="name"\r\n\r\nAda\r\n'
    b'--b\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\ncontent-type: image/png\r\n\r\n'
    b"\x89PNG\r\n"
    b'--b\r\ncontent-disposition: form-data; name="point"\r\ncontent-type: application/json\r\n\r\n{"x": 1}'
    b'\r\n--b\r\ncontent-disposition: form-data; name="tags[]"\r\ncontent-type: text/plain; charset=utf-16'
    b"\r\n\r\na\r\n--b--\r\n"
)
FORM = b"name=Ada&count=3&tags=a|b%7Cc&point[x]=1&point[y]=2.5&point[z]=%C3%A9&other=+"
TREE = (
    b"<?xml version='1.0' encoding='UTF-8'?><t:tree xmlns:t='urn:trees' id='7'><t:text>a &lt; b</t:text>"
    b"<t:leaves><leaf>1</leaf><leaf>2.5</leaf></t:leaves><t:below id='8'><more>1</more></t:below></t:tree>"
)
LINES = POINT + b"\n" + POINT + b"\r\n\n"
EVENTS = b": hello\nevent: add\nid: 1\nretry: 10\ndata: {\ndata: }\n\ndata:[DONE]\n\n"
BODIES = {
    b"application/json": CAT,
    b"application/x-www-form-urlencoded": FORM,
    b"multipart/form-data; boundary=b": PARTS,
    b'multipart/mixed; boundary="b"': PARTS,
    b"application/xml; charset=utf-8": TREE,
    b"application/jsonl": LINES,
    b"application/json-seq": b"\x1e" + POINT + b"\n\x1e" + POINT + b"\n",
    b"text/event-stream": EVENTS,
    b"text/plain; charset=iso-8859-1": b"caf\xe9",
    b"text/html": b"<p>",
}
GETS = (
    b"GET /plain/7/aaab.png", b"GET /base/plain/9223372036854775807/a%2Fb.tar.gz", b"HEAD /plain/-1/%61.%62",
    b"POST /jobs/3fa85f64-5717-4562-b3fc-2c963f66afa6:cancel", b"POST /jobs/x%3Acancel", b"OPTIONS /query",
    b"GET /styles/1,2,3/.x=1.y=2/;matrix=a,b/;x=1;y=2", b"DELETE /query", b"GET /styles/1/.x=1/;matrix=/;x=1",
)  # fmt: skip
QUERIES = (
    b"number=1.15&flag=&form=1&form=2&joined=1,,3&space=a%20b&pipe=x%7C1%7Cy%7C2&open1=1&either=true&either=false",
    b"deep[a][b]=1&deep[a][b]=2&deep[b][x]=1&deep[more][more][when]=2020-01-01T00:00:00Z&deep[x-aaaa]=1",
    b"deep[a][]=1&deep[a][0]=1&deep[b]=true&either=5&json=%7B%22a%22%3A%7B%7D%7D&unknown=1",
)
HEADERS = (
    b'x-list: 1, 2,3\nx-object: x=1,y=2.5\nx-json: {"x": 1}\ncookie: session=abc; cart=1,2; x=1; y=2; a="b"',
    b"x-key: secret\nauthorization: Basic dTpw\naccept: text/*;q=0.5, application/xml;q=1.0, */*;q=nan",
    b'authorization: Bearer a.b.c\nprefer: code=200, dynamic=true; example="x"\naccept: application/json',
)


ALIASES = (
    b"a: &a {x: 1, y: [1.5, .inf, 0o17, 0x1F, ~, no, 2001-01-01]}\n"
    b"b: {<<: *a, z: !!str 1}\n? c\n: |\n  text\n"
)
SWAGGER: dict[str, Any] = {
    "swagger": "2.0",
    "info": {"title": "T", "version": "1"},
    "basePath": "/v1",
    "consumes": ["application/json"],
    "paths": {
        "/a/{b}": {
            "post": {
                "parameters": [
                    {"name": "b", "in": "path", "required": True, "type": "integer"},
                    {
                        "name": "c",
                        "in": "query",
                        "type": "array",
                        "items": {"type": "string"},
                        "collectionFormat": "pipes",
                    },
                    {"name": "d", "in": "body", "schema": {"$ref": "#/definitions/D"}},
                ],
                "responses": {"200": {"description": "ok", "schema": {"$ref": "#/definitions/D"}}},
            }
        }
    },
    "definitions": {
        "D": {
            "type": "object",
            "discriminator": "k",
            "required": ["k"],
            "properties": {"k": {"type": "string"}, "d": {"$ref": "#/definitions/D"}},
        }
    },
}
# Requests as they come over a connection, with CR LF; `\\|` is where what is sent is cut in two.
WIRE = (
    b"GET /query?number=1 HTTP/1.1\r\nHost: a\r\n\r\n" * 2,
    b"POST /bodies HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhe\\|llo",
    b"POST /bodies HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nTrailer: x\r\n\r\nGET /query HTTP/1.1\r\n\r\n",
    b"POST /bodies HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n"
    b"Connection: close\r\n\r\n{}",
    b"POST /bodies HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"GET http://a/query HTTP/1.0\r\nHost: a\r\nX: a\r\n b\r\n\r\n\\|HEAD / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\n\r\n"
    b"\x81\x05hello",
    b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\nCONNECT a:1 HTTP/1.1\r\n\r\nPRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
)
