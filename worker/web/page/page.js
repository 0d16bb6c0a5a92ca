// The live page. Every text of an article reaches the document as text (textContent), never as mark-up.

const PAGE = 40; // articles in the list, whatever comes
const LOOK = 1000; // milliseconds at least between two looks at what is shown: hundreds of events are one redraw
const COUNT = 2000; // and at the counts
const POLL = 3000; // looks while there is no stream
const SILENCE = 40000; // the service gives a sign of life every 15 s; a stream silent for longer is dead
const ROWS = 200; // sources and dead letters shown at first
const FIELDS = "id,version,title,lead,url,source,language,published,first_seen_at,content_type,status,topics,countries,people,agency,dedup,copies";

const main = document.querySelector("#main");
const filters = document.querySelector("#filters");
const live = document.querySelector("#live");
const newer = document.querySelector("#newer");
const tokenForm = document.querySelector("#token");
const status = document.querySelector("#status");
const counts = document.querySelector("#counts");
let shown = ""; // what `main` shows, to redraw only what changed
let cards = new Map(); // of the list: id -> { state, node }
let before = null; // cursor of the page of older articles that is shown, null at the newest
let waiting = 0; // new articles held back while somebody reads
let rows = ROWS;

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

function authorization() {
  const token = sessionStorage.getItem("token");
  return token ? { Authorization: `Bearer ${token}` } : {};
}

async function ask(path) {
  const answer = await fetch(path, { headers: authorization(), cache: "no-cache" });
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

// What the text of an article is read aloud and hyphenated as; the page around it is English.
function tongue(article) {
  const code = article.language?.code;
  return code && code !== "und" ? code : null;
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
  const node = make("article", {},
    head(article),
    make("h2", { lang: tongue(article) }, make("a", { class: "title", href: `#/a/${article.id}`, text: article.title ?? "(no title)" })),
    article.lead ? make("p", { class: "lead", lang: tongue(article), text: article.lead }) : null,
    chips(article));
  if (folded && article.copies) {
    // Asked for when they are looked at: a page of forty articles is one request, not forty-one.
    const folder = make("details", {}, make("summary", { text: copyCount(article.copies) }));
    folder.addEventListener("toggle", () => { if (folder.open && folder.children.length === 1) addCopies(folder, article); });
    node.append(folder);
  }
  return node;
}

// What sets a copy apart from its original, asked for when somebody wants to know.
function apart(copy) {
  const folder = make("details", {}, make("summary", { text: "what differs" }));
  folder.addEventListener("toggle", async () => {
    if (!folder.open || folder.children.length > 1) return;
    try {
      const { changes } = await ask(`articles/${copy.id}/difference`);
      const parts = differences(changes);
      folder.append(...(parts.length ? parts : [make("p", { class: "small", text: "nothing in title, lead and text" })]));
    } catch (error) {
      folder.append(make("p", { class: "small", text: error.message }));
    }
  });
  return folder;
}

function differences(changes) {
  return Object.entries(changes).map(([name, stretches]) =>
    make("p", { class: "body difference" }, make("span", { class: "small", text: `${name}: ` }), ...stretches.map(changed)));
}

function copyCount(n) {
  return n === 1 ? "1 copy" : `${n} copies`;
}

async function addCopies(folder, article) {
  try {
    const { copies, next } = await ask(`articles/${article.id}/copies?limit=200&fields=${FIELDS}`);
    folder.replaceChildren(folder.firstElementChild, ...copies.map((copy) => {
      const node = card(copy, false);
      node.append(apart(copy));
      return node;
    }));
    if (next) folder.append(make("p", { class: "small", text: "and more" }));
  } catch (error) {
    folder.append(make("p", { class: "small", text: error.message }));
  }
}

function address() {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(filters)) if (value && name !== "live") query.set(name, value);
  return query;
}

// Whoever reads must not have the list move under the eyes: it waits, and a button says how many have come.
function reading() {
  const focused = document.activeElement;
  return !live.checked || before !== null || scrollY > 300 || (focused !== main && main.contains(focused)) || main.querySelector("details[open]") !== null;
}

async function list(force) {
  if (!force && cards.size && reading()) {
    sayWaiting();
    return;
  }
  const query = address();
  query.set("limit", PAGE);
  query.set("fields", FIELDS);
  if (before) query.set("cursor", before);
  const { articles, next } = await ask(`articles?${query}`);
  // Somebody may have begun to read, or gone elsewhere, while the answer was under way.
  if (viewNow() !== "list" || (!force && cards.size && reading())) return;
  const old = cards;
  cards = new Map();
  for (const article of articles) {
    for (const topic of article.topics ?? []) topicNames.set(topic.code, topic.name);
    const state = JSON.stringify(article);
    const known = old.get(article.id);
    const node = known?.state === state ? known.node : card(article);
    node.className = old.size && !known ? "fresh" : "";
    cards.set(article.id, { state, node });
  }
  const nodes = [...cards.values()].map((each) => each.node);
  if (!nodes.length) nodes.push(make("p", { class: "small", text: "Nothing here yet." }));
  const turn = (cursor) => () => { before = cursor; cards = new Map(); scrollTo(0, 0); main.focus(); show.now(true); };
  if (before) nodes.push(make("button", { text: "newest", onclick: turn(null) }));
  if (next) nodes.push(make("button", { text: "older", onclick: turn(next) }));
  arrange(main, nodes);
  waiting = 0;
  sayWaiting();
}

// Puts `nodes` into `parent` and nothing else; those that stand right are not touched.
function arrange(parent, nodes) {
  let at = parent.firstChild;
  for (const node of nodes) {
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

function sayWaiting() {
  newer.hidden = viewNow() !== "list" || !waiting;
  newer.textContent = before ? "back to the newest" : `show ${waiting >= 1000 ? "1000 or more" : waiting} new`;
}

function row(name, ...values) {
  const there = values.filter((value) => value !== null && value !== undefined && value !== "");
  return there.length ? [make("dt", { text: name }), make("dd", {}, ...there)] : [];
}

function names(list) {
  return (list ?? []).map((each) => `${each.name} (${each.count})`).join(", ");
}

// What tagging recorded: by kind and tag a list of what spoke for it, each a word with its weight or place.
function evidence(kind, tags, article) {
  if (tags === null || typeof tags !== "object") return row(kind, String(tags));
  const titles = new Map((article.topics ?? []).map((topic) => [topic.code, topic.name]));
  return Object.entries(tags).flatMap(([tag, reasons]) => {
    const each = Array.isArray(reasons) ? reasons : [reasons];
    const words = each.every((one) => !Array.isArray(one)) ? [each.join(" ")] : each.map((one) => [one].flat().join(" "));
    return row(titles.get(tag) ?? tag, make("span", { class: "small", text: `${kind}: ` }), words.join(", "));
  });
}

const SHORT = 160; // of what two versions have in common, this much on each side of a change

function changed({ op, text }) {
  if (op === "removed") return make("del", { text });
  if (op === "added") return make("ins", { text });
  if (text.length < 2 * SHORT + 20) return text;
  const [begin, end] = [text.slice(0, SHORT), text.slice(-SHORT)];
  return `${begin.slice(0, begin.lastIndexOf(" ") + 1)}[…]${end.slice(end.indexOf(" "))}`;
}

async function addVersions(folder, id) {
  try {
    const { versions } = await ask(`articles/${id}/versions`);
    const nodes = versions.map((version) => make("section", { class: "version" },
      make("h3", {}, ...joined([`Version ${version.version ?? "?"}`, when(version.fetched_at)])),
      ...differences(version.changes ?? {}),
      version.changes ? null : make("p", { class: "small", text: versions.length > 1 ? "The first that was seen here." : "No other one has been seen here; the topics keep the newest alone." })));
    folder.replaceChildren(folder.firstElementChild, ...nodes);
  } catch (error) {
    folder.append(make("p", { class: "small", text: error.message }));
  }
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
  if (state === shown || viewNow() !== "a") return;
  const raw = article.provenance?.raw ?? {};
  const removed = article.explain?.removed;
  const node = make("article", {},
    head(article), make("h2", { lang: tongue(article), text: article.title ?? "(no title)" }), chips(article),
    make("div", { class: "body", lang: tongue(article), text: article.body ?? "" }),
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
        : make("div", {}, ...removed.map((each) => make("p", { class: "removed" }, make("del", { text: each.text }), make("span", { class: "small", text: ` ${each.why}` }))),
          removed.length ? null : make("p", { class: "small", text: "nothing" }))),
    make("details", {}, make("summary", { text: "What each tag rests on" }),
      article.explain?.tags === undefined
        ? make("p", { class: "small", text: "Not recorded: start the worker with NEWS_WORKER_EXPLAIN=1." })
        : make("dl", {}, ...Object.entries(article.explain.tags).flatMap(([kind, tags]) => evidence(kind, tags, article)))));
  const versions = make("details", { id: "versions" }, make("summary", { text: "Versions this instance has seen" }));
  versions.addEventListener("toggle", () => { if (versions.open && versions.children.length === 1) addVersions(versions, article.id); });
  node.append(versions);
  if (article.dedup?.of) node.append(apart(article));
  const folder = make("details", { open: "" }, make("summary", { text: "Copies" }));
  node.append(folder);
  addCopies(folder, article);
  main.replaceChildren(node);
  shown = state;
}

async function dead() {
  const { dead_letters: letters, next } = await ask("dlq?limit=100");
  const state = JSON.stringify(letters);
  if (state === shown || viewNow() !== "dead" || (shown && main.querySelector("details[open]"))) return;
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
  const state = JSON.stringify([all, rows]);
  if (state === shown || viewNow() !== "sources" || (shown && main.contains(document.activeElement) && document.activeElement !== main)) return;
  const columns = [["Source"], ["Articles", 1], ["a day", 1], ["Last"], ["Copies", 1], ["No date", 1], ["Dead letters", 1], [""]];
  const lines = all.toSorted((a, b) => b.silent - a.silent || b.articles - a.articles).slice(0, rows).map((each) => make("tr", {},
    make("th", { scope: "row" }, make("a", { href: `#/`, onclick: () => choose(each.source), text: each.source })),
    ...[each.articles, each.per_day.toFixed(1)].map((n) => make("td", { class: "number", text: n })),
    make("td", {}, when(each.last_seen_at) ?? "never"),
    ...[each.copy_share, each.dateless_share, each.dead_share].map((share) => make("td", { class: "number", text: percent(share) })),
    make("td", {}, each.silent ? make("strong", { class: "badge", text: `silent: ${each.expected_since.toFixed(0)} expected since` }) : "")));
  main.replaceChildren(make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Sources" },
    make("table", {}, make("thead", {}, make("tr", {}, ...columns.map(([text, number]) => make("th", { scope: "col", class: number ? "number" : null, text })))), make("tbody", {}, ...lines))),
    all.length > rows ? make("button", { text: `more (${all.length - rows})`, onclick: () => { rows += ROWS; main.focus(); show.now(); } }) : "");
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
  counts.textContent = `${articles.originals} originals, ${copyCount(articles.copies)}, ${articles.taken_down} taken down${behind}`;
  say(view.broker === "down" ? "broker down; showing what was there" : streaming ? "live" : "", view.broker === "down");
}

// A screen reader reads this aloud whenever it changes, so it changes seldom.
function say(text, bad = false) {
  if (status.textContent !== text) status.textContent = text;
  status.className = bad ? "bad" : "";
}

function viewNow() {
  return location.hash.split("/")[1] || "list";
}

async function draw(force) {
  if (document.hidden && !force) return;
  const [, , id] = location.hash.split("/");
  const view = viewNow();
  if (view === "a") await one(encodeURIComponent(id ?? ""));
  else if (view === "dead") await dead();
  else if (view === "sources") await sources();
  else await list(force);
}

// Runs `work` when rung, however often, at most once in `gap` milliseconds and never twice at a time. `now` does not wait.
function pulse(gap, work) {
  let timer = null;
  let busy = false;
  let again = false;
  let forced = false;
  let last = -gap;
  async function run() {
    timer = null;
    busy = true;
    again = false;
    const force = forced;
    forced = false;
    try {
      await work(force);
    } catch (error) {
      say(error instanceof TypeError ? "no answer from serve" : error.message, true);
    }
    last = performance.now();
    busy = false;
    if (again) ring(forced);
  }
  function ring(now = false) {
    if (busy) { again = true; return; }
    if (timer !== null) {
      if (!now) return;
      clearTimeout(timer);
    }
    timer = setTimeout(run, now ? 0 : Math.max(0, last + gap - performance.now()));
  }
  return { ring: () => ring(), now: (force = false) => { forced = forced || force; ring(true); } };
}

const show = pulse(LOOK, draw);
const count = pulse(COUNT, stats);

// The stream tells that something has changed; what, is asked for. So a thousand events cost one look, and nothing piles up.
let streaming = false;
let lastEvent = "";

function heard(kind, data) {
  if (kind === "hello") return;
  count.ring();
  const view = viewNow();
  if (view === "list" && kind !== "dead-letter") {
    if (kind === "article") waiting = Math.min(waiting + 1, 1000);
    show.ring();
  } else if (view === "dead" && kind === "dead-letter") show.ring();
  else if (view === "a" && data.includes(location.hash.split("/")[2])) show.ring();
}

async function read(body, alive) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    alive();
    const events = (rest + decoder.decode(value, { stream: true })).split("\n\n");
    rest = events.pop();
    for (const event of events) {
      const fields = new Map(event.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]));
      if (fields.has("id")) lastEvent = fields.get("id");
      heard(fields.get("event"), fields.get("data") ?? "");
    }
  }
}

// By fetch, not by EventSource: that one cannot send a token. It goes on where it was cut off, by Last-Event-ID.
// A browser has six connections to a place for all of its tabs: one that nobody looks at gives its own back.
let giveUp = new AbortController();
let leaving;

function nobodyLooks() {
  giveUp.abort();
  lastEvent = ""; // all is looked at anew on the return
}

async function listen() {
  for (let delay = 1000; ; delay = Math.min(delay * 2, 30000)) {
    while (document.hidden) await new Promise((done) => document.addEventListener("visibilitychange", done, { once: true }));
    const now = (giveUp = new AbortController());
    let timer = setTimeout(() => now.abort(), SILENCE);
    try {
      const headers = lastEvent ? { ...authorization(), "Last-Event-ID": lastEvent } : authorization();
      const answer = await fetch("stream?dead=1&fields=id", { headers, cache: "no-store", signal: now.signal });
      if (answer.status === 400) lastEvent = "";
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      await read(answer.body, () => {
        clearTimeout(timer);
        timer = setTimeout(() => now.abort(), SILENCE);
        delay = 500;
        if (!streaming) {
          streaming = true;
          show.ring(); // what came while nobody listened
          count.ring();
        }
      });
    } catch {
      // no stream for now: the page looks by itself meanwhile
    }
    clearTimeout(timer);
    streaming = false;
    count.ring();
    await new Promise((done) => setTimeout(done, delay));
  }
}

function turn() {
  for (const each of document.querySelectorAll("nav a")) {
    if (each.dataset.view === viewNow()) each.setAttribute("aria-current", "page");
    else each.removeAttribute("aria-current");
  }
  filters.hidden = viewNow() !== "list";
  shown = "";
  cards = new Map();
  before = null;
  waiting = 0;
  rows = ROWS;
  newer.hidden = true;
  show.now(true);
  count.ring();
}

let typing;
filters.addEventListener("input", (event) => {
  if (event.target === live) {
    if (live.checked) show.now(true);
    return;
  }
  clearTimeout(typing);
  typing = setTimeout(turn, 250);
});
filters.addEventListener("submit", (event) => event.preventDefault());
newer.addEventListener("click", () => {
  before = null;
  live.checked = true;
  scrollTo(0, 0);
  main.focus();
  show.now(true);
});
tokenForm.addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem("token", tokenForm.elements.token.value);
  turn();
});
addEventListener("hashchange", () => { scrollTo(0, 0); main.focus(); turn(); });
addEventListener("pagehide", nobodyLooks);
document.addEventListener("visibilitychange", () => {
  clearTimeout(leaving);
  if (document.hidden) {
    leaving = setTimeout(nobodyLooks, 10000);
  } else {
    show.ring();
    count.ring();
  }
});
// The view of the sources changes by the hour, and looks are what is left where no stream gets through.
setInterval(() => {
  if (streaming && viewNow() !== "sources") return;
  show.ring();
  count.ring();
}, POLL);
turn();
listen();
