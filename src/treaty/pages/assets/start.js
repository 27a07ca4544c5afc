"use strict";

// The page lies at <base>/docs; everything else of this server below <base>/.
const base = new URL(".", document.baseURI);
const reference = document.getElementById("reference");

// A document names the servers of production; from this page, requests go to the server
// that shows it. Only the host changes, and a base path is put before the path.
function sendHere(request) {
  if (request.loadSpec) return request;
  const target = new URL(request.url, base);
  const prefix = target.pathname.startsWith(base.pathname) ? "" : base.pathname.replace(/\/$/, "");
  request.url = base.origin + prefix + target.pathname + target.search;
  return request;
}

SwaggerUIBundle({
  url: new URL(reference.dataset.document, base).href,
  domNode: reference,
  deepLinking: true,
  filter: true,
  docExpansion: "list",
  displayRequestDuration: true,
  requestInterceptor: sendHere,
  validatorUrl: "none",
});
