// A small single-page app as anybody would write it: it knows the API's address and nothing of mocks.
const api = new URLSearchParams(location.search).get("api") ?? sessionStorage.api;
sessionStorage.api = api;
const issuer = `${api}/__treaty/auth`;
const here = location.origin + location.pathname;
const byId = (id) => document.getElementById(id);

const base64url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

async function login() {
  const verifier = base64url(crypto.getRandomValues(new Uint8Array(32)));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  sessionStorage.verifier = verifier;
  sessionStorage.state = base64url(crypto.getRandomValues(new Uint8Array(16)));
  const { authorization_endpoint } = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
  location.href = `${authorization_endpoint}?${new URLSearchParams({
    response_type: "code",
    client_id: "tasks-app",
    redirect_uri: here,
    scope: "openid tasks",
    state: sessionStorage.state,
    code_challenge: base64url(digest),
    code_challenge_method: "S256",
  })}`;
}

async function finishLogin(answer) {
  if (answer.get("state") !== sessionStorage.state) throw new Error("the state is not ours");
  const { token_endpoint, userinfo_endpoint } = await (
    await fetch(`${issuer}/.well-known/openid-configuration`)
  ).json();
  const granted = await fetch(token_endpoint, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      client_id: "tasks-app",
      redirect_uri: here,
      code: answer.get("code"),
      code_verifier: sessionStorage.verifier,
    }),
  });
  sessionStorage.token = (await granted.json()).access_token;
  history.replaceState(null, "", here);
  const user = await call(userinfo_endpoint);
  byId("who").textContent = user.name;
}

async function call(path, options = {}) {
  const url = path.startsWith("http") ? path : api + path;
  const headers = { ...options.headers };
  if (sessionStorage.token) headers.Authorization = `Bearer ${sessionStorage.token}`;
  const answer = await fetch(url, { credentials: "include", ...options, headers });
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw new Error(`${answer.status} ${problem.detail ?? ""}`);
  }
  if (answer.headers.get("location")) byId("create").dataset.location = answer.headers.get("location");
  return answer.status === 204 ? null : answer.json();
}

async function show() {
  const tasks = await call("/tasks");
  const list = byId("tasks");
  list.replaceChildren(...tasks.map(row));
  list.dataset.shown = Number(list.dataset.shown ?? 0) + 1;
}

function row(task) {
  const item = document.createElement("li");
  const done = Object.assign(document.createElement("input"), { type: "checkbox", checked: task.done });
  const title = Object.assign(document.createElement("input"), { value: task.title, ariaLabel: "Task" });
  const remove = Object.assign(document.createElement("button"), { textContent: "Delete" });
  const edit = (change) =>
    tried(async () => {
      const headers = { "Content-Type": "application/merge-patch+json" };
      await call(`/tasks/${task.id}`, { method: "PATCH", headers, body: JSON.stringify(change) });
      await show();
    });
  done.onchange = () => edit({ done: done.checked });
  title.onchange = () => edit({ title: title.value });
  remove.onclick = () => tried(async () => { await call(`/tasks/${task.id}`, { method: "DELETE" }); await show(); });
  item.append(done, title, remove);
  return item;
}

async function tried(action) {
  byId("failure").textContent = "";
  try {
    await action();
  } catch (error) {
    byId("failure").textContent = error.message;
  }
}

let source;
byId("follow").onclick = () => {
  source = new EventSource(`${api}/ticks`);
  source.onmessage = (event) => {
    if (JSON.parse(event.data).happened) byId("ticks").value = Number(byId("ticks").value) + 1;
  };
};
byId("leave").onclick = () => source.close();
byId("login").onclick = () => tried(login);
byId("create").onsubmit = (event) => {
  event.preventDefault();
  const form = event.target;
  tried(async () => {
    const body = JSON.stringify({ title: form.title.value, done: false });
    await call("/tasks", { method: "POST", headers: { "Content-Type": "application/json" }, body });
    await show();
  });
};

const answer = new URLSearchParams(location.search);
await tried(async () => {
  if (answer.has("code")) await finishLogin(answer);
  await show();
});
document.body.dataset.ready = "yes";
