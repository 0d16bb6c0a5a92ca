// The live page. Every text of an article reaches the document as text (textContent), never as mark-up.

const EVERY = 2000; // milliseconds between looks; an unchanged answer is a 304 without a body
const PAGE = 40;
const FIELDS = "id,version,title,lead,url,source,language,published,first_seen_at,content_type,status,topics,countries,people,agency,dedup,copies";

const main = document.querySelector("#main");
const filters = document.querySelector("#filters");
const tokenForm = document.querySelector("#token");
const status = document.querySelector("#status");
let shown = ""; // what `main` shows, to redraw only what changed
let known = new Set();
let more = 1; // pages of the list
let timer;

function make(tag, options = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (value === null || value === undefined) continue;
    if (name === "class") node.className = value;
    else if (name === "text") node.textContent = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

async function ask(path) {
  const token = sessionStorage.getItem("token");
  const answer = await fetch(path, { headers: token ? { Authorization: `Bearer ${token}` } : {}, cache: "no-cache" });
  if (answer.status === 401) {
    tokenForm.hidden = false;
    throw new Error("a token is needed");
  }
  tokenForm.hidden = true;
  const body = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(body.error?.message ?? `status ${answer.status}`), { status: answer.status });
  return body;
}

// Only the web's own addresses become links: a javascript: URL of a page stays text.
function link(url, text) {
  if (!/^https?:\/\//i.test(url ?? "")) return make("span", { text });
  return make("a", { href: url, rel: "noopener noreferrer nofollow", target: "_blank", text });
}

function when(text) {
  if (!text) return null;
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? null : make("time", { datetime: text, text: moment.toLocaleString() });
}

function joined(parts) {
  const out = [];
  for (const part of parts.filter((each) => each !== null && each !== undefined && each !== "")) {
    if (out.length) out.push(" · ");
    out.push(part);
  }
  return out;
}

function chips(article) {
  const names = [
    ...(article.topics ?? []).map((topic) => topic.name),
    ...(article.countries ?? []),
    ...(article.people ?? []).slice(0, 5).map((person) => person.name),
  ];
  return names.length ? make("ul", { class: "chips" }, ...names.map((name) => make("li", { text: name }))) : null;
}

function percent(score) {
  return typeof score === "number" ? `${Math.round(score * 100)} %` : null;
}

function badge(article) {
  const verdict = article.dedup?.verdict;
  if (article.status === "withheld") return make("span", { class: "badge", text: `withheld: ${article.content_type}` });
  if (!verdict || verdict === "original") return null;
  const text = verdict === "exact" ? "exact copy" : `near copy, ${percent(article.dedup.score) ?? "?"} in common`;
  return make("a", { class: "badge", href: `#/a/${article.dedup.of}`, text });
}

function head(article) {
  return make("p", { class: "meta" }, ...joined([
    article.source, when(article.published?.at), article.language?.code, (article.agency ?? []).join(", "),
    article.version > 1 ? `version ${article.version}` : null, badge(article),
  ]));
}

function card(article, folded = true) {
  const node = make("article", { class: known.size && !known.has(article.id) ? "fresh" : null },
    head(article),
    make("h2", {}, make("a", { class: "title", href: `#/a/${article.id}`, text: article.title ?? "(no title)" })),
    article.lead ? make("p", { class: "lead", text: article.lead }) : null,
    chips(article));
  if (folded && article.copies) {
    // Asked for when they are looked at: a page of forty articles is one request, not forty-one.
    const folder = make("details", {}, make("summary", { text: copyCount(article.copies) }));
    folder.addEventListener("toggle", () => { if (folder.open && folder.children.length === 1) addCopies(folder, article); });
    node.append(folder);
  }
  return node;
}

function copyCount(n) {
  return n === 1 ? "1 copy" : `${n} copies`;
}

async function addCopies(folder, article) {
  try {
    const { copies, next } = await ask(`articles/${article.id}/copies?limit=200&fields=${FIELDS}`);
    folder.replaceChildren(folder.firstElementChild, ...copies.map((copy) => card(copy, false)));
    if (next) folder.append(make("p", { class: "small", text: "and more" }));
  } catch (error) {
    folder.append(make("p", { class: "small", text: error.message }));
  }
}

function address() {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(filters)) if (value) query.set(name, value);
  return query;
}

async function list() {
  const articles = [];
  let cursor = null;
  for (let page = 0; page < more; page += 1) {
    const query = address();
    query.set("limit", PAGE);
    query.set("fields", FIELDS);
    if (cursor) query.set("cursor", cursor);
    const answer = await ask(`articles?${query}`);
    articles.push(...answer.articles);
    cursor = answer.next;
    if (!cursor) break;
  }
  const state = JSON.stringify([articles, cursor]);
  if (state === shown) return;
  const open = new Set([...main.querySelectorAll("details[open]")].map((each) => each.closest("[data-id]")?.dataset.id));
  const nodes = articles.map((article) => {
    for (const topic of article.topics ?? []) topicNames.set(topic.code, topic.name);
    const node = card(article);
    node.dataset.id = article.id;
    const folder = node.querySelector("details");
    if (folder && open.has(article.id)) folder.open = true;
    return node;
  });
  if (!nodes.length) nodes.push(make("p", { class: "small", text: "Nothing here yet." }));
  if (cursor) nodes.push(make("button", { text: "older", onclick: () => { more += 1; look(); } }));
  main.replaceChildren(...nodes);
  known = new Set(articles.map((article) => article.id));
  shown = state;
}

function row(name, ...values) {
  const there = values.filter((value) => value !== null && value !== undefined && value !== "");
  return there.length ? [make("dt", { text: name }), make("dd", {}, ...there)] : [];
}

function names(list) {
  return (list ?? []).map((each) => `${each.name} (${each.count})`).join(", ");
}

async function one(id) {
  let article;
  try {
    article = await ask(`articles/${id}`);
  } catch (error) {
    if (error.status !== 404 && error.status !== 410) throw error;
    main.replaceChildren(make("p", { text: error.message }));
    shown = "";
    return;
  }
  const state = JSON.stringify(article);
  if (state === shown) return;
  const raw = article.provenance?.raw ?? {};
  const removed = article.explain?.removed;
  const node = make("article", {},
    head(article), make("h2", { text: article.title ?? "(no title)" }), chips(article),
    make("div", { class: "body", text: article.body ?? "" }),
    make("dl", {},
      ...row("Address", link(article.url, article.url ?? "")),
      ...row("Authors", (article.authors ?? []).join(", ")),
      ...row("Section", article.section),
      ...row("Published", article.published ? `${article.published.at} (${article.published.precision}, from ${article.published.from})` : "not stated"),
      ...row("First seen", article.first_seen_at),
      ...row("Topics", (article.topics ?? []).map((topic) => `${topic.name} ${percent(topic.relevance)}`).join(", ")),
      ...row("People", names(article.people)),
      ...row("Organisations", names(article.organisations)),
      ...row("Places", names(article.places)),
      ...row("Keywords", (article.keywords ?? []).join(", ")),
      ...row("Pictures", (article.images ?? []).map((image) => [image.caption, image.credit].filter(Boolean).join(" / ")).join("; ")),
      ...row("Quality", `${article.quality?.removed_chars ?? 0} characters removed`, (article.quality?.flags ?? []).length ? `; ${article.quality.flags.join(", ")}` : null),
      ...row("Deduplication", `${article.dedup?.verdict ?? "?"}`, percent(article.dedup?.score) ? `, ${percent(article.dedup.score)} in common` : null),
      ...row("Id", article.id),
      ...row("Came from", `${raw.topic ?? "?"}, partition ${raw.partition ?? "?"}, offset ${raw.offset ?? "?"}; rules ${article.provenance?.rules ?? "?"}`)),
    make("details", {}, make("summary", { text: "What was removed, and why" }),
      removed === undefined
        ? make("p", { class: "small", text: "Not recorded: start the worker with NEWS_WORKER_EXPLAIN=1." })
        : make("div", {}, ...removed.map((each) => make("p", {}, make("del", { text: each.text }), make("span", { class: "small", text: ` ${each.why}` }))),
          removed.length ? null : make("p", { class: "small", text: "nothing" }))),
    article.explain?.tags ? make("details", {}, make("summary", { text: "What each tag rests on" }), make("pre", { text: JSON.stringify(article.explain.tags, null, 1) })) : null);
  const folder = make("details", { open: "" }, make("summary", { text: "Copies" }));
  node.append(folder);
  addCopies(folder, article);
  main.replaceChildren(node);
  shown = state;
}

async function dead() {
  const { dead_letters: letters, next } = await ask("dlq?limit=100");
  const state = JSON.stringify(letters);
  if (state === shown) return;
  const nodes = letters.map((letter) => make("article", {},
    make("p", { class: "meta" }, ...joined([when(letter.at), `stage ${letter.stage}`, `${letter.source.topic ?? "?"} ${letter.source.partition ?? "?"}:${letter.source.offset ?? "?"}`, `${letter.bytes} bytes`])),
    make("h2", { text: letter.code }), make("p", { class: "lead", text: letter.message ?? "" }),
    make("details", {}, make("summary", { text: "The record" }), make("p", { class: "small", text: `key ${letter.key ?? "none"}` }), make("pre", { text: letter.preview }))));
  if (!nodes.length) nodes.push(make("p", { class: "small", text: "No dead letters." }));
  if (next) nodes.push(make("p", { class: "small", text: "Older ones: /dlq, or news-worker dlq list." }));
  main.replaceChildren(...nodes);
  shown = state;
}

async function sources() {
  const { sources: all } = await ask("sources");
  const state = JSON.stringify(all);
  if (state === shown) return;
  const columns = ["Source", "Articles", "a day", "Last", "Copies", "No date", "Dead letters", ""];
  const rows = all.toSorted((a, b) => b.silent - a.silent || b.articles - a.articles).map((each) => make("tr", {},
    make("th", { scope: "row" }, make("a", { href: `#/`, onclick: () => choose(each.source), text: each.source })),
    ...[each.articles, each.per_day.toFixed(1)].map((n) => make("td", { class: "number", text: n })),
    make("td", {}, when(each.last_seen_at) ?? "never"),
    ...[each.copy_share, each.dateless_share, each.dead_share].map((share) => make("td", { class: "number", text: percent(share) })),
    make("td", {}, each.silent ? make("strong", { class: "badge", text: `silent: ${each.expected_since.toFixed(0)} expected since` }) : "")));
  main.replaceChildren(make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Sources" },
    make("table", {}, make("thead", {}, make("tr", {}, ...columns.map((text) => make("th", { scope: "col", text })))), make("tbody", {}, ...rows))));
  shown = state;
}

function choose(source) {
  filters.reset();
  const select = filters.elements.source;
  if (![...select.options].some((option) => option.value === source)) select.append(make("option", { value: source, text: source }));
  select.value = source;
}

function fill(name, counts, label = (value) => value) {
  const select = filters.elements[name];
  const wanted = Object.entries(counts ?? {}).slice(0, 200);
  const now = [...select.options].slice(1).map((option) => option.textContent).join();
  const texts = wanted.map(([value, n]) => `${label(value)} (${n})`);
  if (now === texts.join() || document.activeElement === select) return;
  const chosen = select.value;
  select.replaceChildren(select.options[0], ...wanted.map(([value], i) => make("option", { value, text: texts[i] })));
  select.value = chosen;
}

const topicNames = new Map();

async function stats() {
  const { articles, dead_letters: letters, by, view } = await ask("stats");
  for (const name of ["language", "country", "source"]) fill(name, by[name]);
  fill("topic", by.topic, (code) => topicNames.get(code) ?? code);
  document.querySelector("#dead-count").textContent = letters.total ? `(${letters.total})` : "";
  const behind = view.lag ? `, ${view.lag} behind` : "";
  status.textContent = view.broker === "down"
    ? `broker down for ${Math.round(view.broker_down_seconds)} s; showing what was there`
    : `${articles.originals} originals, ${articles.copies} copies, ${articles.taken_down} taken down${behind}`;
  status.className = view.broker === "down" ? "bad" : "";
}

async function look() {
  clearTimeout(timer);
  const [, view, id] = location.hash.split("/");
  for (const each of document.querySelectorAll("nav a")) {
    if (each.dataset.view === (view || "list")) each.setAttribute("aria-current", "page");
    else each.removeAttribute("aria-current");
  }
  filters.hidden = Boolean(view);
  try {
    if (view === "a") await one(encodeURIComponent(id ?? ""));
    else if (view === "dead") await dead();
    else if (view === "sources") await sources();
    else await list();
    await stats();
  } catch (error) {
    status.textContent = error instanceof TypeError ? "no answer from serve" : error.message;
    status.className = "bad";
  }
  clearTimeout(timer);
  timer = setTimeout(look, document.hidden ? EVERY * 5 : EVERY);
}

function fresh() {
  shown = "";
  known = new Set();
  more = 1;
  look();
}

let typing;
filters.addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(fresh, 250); });
filters.addEventListener("submit", (event) => event.preventDefault());
tokenForm.addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem("token", tokenForm.elements.token.value);
  fresh();
});
addEventListener("hashchange", () => { fresh(); main.focus(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
look();
