// Two hundred hostile texts in every text of a definition and in everything that people type: on each page they are text.
// A page with them has the elements and attributes of the same page with plain words, and nothing runs.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch, serve } from "./browser.mjs";
import { skeleton, unguarded } from "./hostile.mjs";
import { inEveryText, payloads } from "./payloads.mjs";
import { answerAnything, signIn } from "./person.mjs";

const EVERY_KEY = resolve(fileURLToPath(import.meta.url), "../../it/keys/every-key.json");
const NUMBER = 200;
const AT_ONCE = 10;
const TEXTS = payloads(NUMBER);
const ROUNDS = Array.from({ length: NUMBER / AT_ONCE }, (_, at) => TEXTS.slice(at * AT_ONCE, (at + 1) * AT_ONCE).join(" ; "));
// As long as what the start page puts below its button, so that all start pages have one shape.
const LONG = "A long text. ".repeat(32);
// What may be written beside an option; more is shown beside its fault.
const OTHER = 200;
const PLAIN = "Plain words that mean no harm, said again and again. ".repeat(12).trim();

let browser;
let canvass;
let folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "canvass-hostile-"));
  const everyKey = JSON.parse(await readFile(EVERY_KEY, "utf8"));
  const files = [];
  for (const [at, text] of [PLAIN, ...ROUNDS].entries()) {
    const { definition, number } = inEveryText(everyKey, `hostile-${at}`, `${LONG}${text}`);
    assert.ok(number > 50, `only ${number} texts`);
    files.push(join(folder, `${at}.json`));
    await writeFile(files.at(-1), JSON.stringify(definition));
  }
  browser = await launch();
  canvass = await serve({ survey: files[0], before: files.slice(1).map((file) => ["publish", file]) });
});
after(async () => {
  await browser?.close();
  await canvass?.stop();
  await rm(folder, { recursive: true, force: true });
});

const MAIN = "main form button.nhsuk-button:not(.nhsuk-button--secondary)";
const go = (page, button = MAIN) => Promise.all([page.waitForEvent("domcontentloaded"), page.locator(button).first().click()]);

/** Writes the text where anything can be typed and into what is posted for choices, as someone who forges a form does. */
async function forge(page, text) {
  await page.evaluate((text) => {
    for (const e of document.querySelectorAll("main form input:not([type=hidden]), main form select, main form textarea")) {
      if (e.type === "search") continue;
      if (e.localName === "select") {
        const option = Object.assign(document.createElement("option"), { value: text, selected: true });
        e.append(option);
      } else {
        e.value = text;
        // The consent stays, for pages further on depend on it.
        if (e.type === "radio") e.checked = true;
      }
    }
  }, text);
}

/** Everything that one person meets in a consultation, with the text in all that is typed. */
async function meet(page, id, text, look, lang) {
  const survey = `${canvass.origin}/s/${id}`;
  const say = (name) => look(page, `${lang} ${name}`);
  await page.goto(`${survey}?lang=${lang}`);
  await say("start");
  for (const name of ["help", "privacy", "accessibility", "cookies", "resume"]) {
    await page.goto(`${survey}/${name}?lang=${lang}`);
    await say(name);
  }
  await forge(page, text);
  await go(page);
  await say("code refused");
  await page.goto(`${survey}?lang=${lang}`);
  await go(page);
  const told = new Set();
  for (let step = 0; !page.url().endsWith("/check"); step += 1) {
    assert.ok(step < 40, `${page.url()}: ${await page.locator(".nhsuk-error-summary").allInnerTexts()}`);
    const name = new URL(page.url()).pathname.split("/").at(-1);
    const isWall = name === "square";
    await say(`${name}${new URL(page.url()).search} ${told.has(name)}`);
    if (!told.has(name) && !isWall) {
      told.add(name);
      await page.evaluate(() => document.querySelectorAll("[name=agreed]").forEach((e) => (e.checked = true)));
      await forge(page, text);
      await page.evaluate(() => document.querySelectorAll("[name=agreed]").forEach((e) => (e.value = "yes")));
      await go(page);
      await say(`${name} forged`);
      if (!page.url().includes(`/page/${name}`)) continue;
    }
    const comments = page.locator("main fieldset fieldset button[name=_then]");
    if (isWall && lang === "en-GB" && (await comments.count()) > 0 && !told.has("comment")) {
      told.add("comment");
      await Promise.all([page.waitForEvent("domcontentloaded"), comments.first().click()]);
      await say("comments");
      await page.locator("main textarea").fill(text);
      await go(page);
      if ((await page.locator(".nhsuk-inset-text").count()) > 1) await go(page);
      await say("comment given");
      await page.goto(`${survey}/page/square`);
      continue;
    }
    await page.evaluate((text) => document.querySelectorAll("[data-other]").forEach((e) => (e.value = text)), lang === "cy" ? text.slice(-OTHER) : text.slice(0, OTHER));
    if (!isWall || lang === "en-GB") await answerAnything(page, text);
    // An idea like another one is given all the same.
    const same = page.locator('main input[type=radio][name$=".same"]');
    if ((await same.count()) > 0) await same.last().check();
    await go(page);
  }
  await say("check");
  await go(page);
  assert.ok(page.url().endsWith("/sent"), page.url());
  await say("receipt");
  for (const name of ["copy", "withdraw"]) {
    await page.goto(`${survey}/${name}`);
    await say(name);
  }
}

/** What staff see of it, and what they write. */
async function lookAfter(staff, id, text, look) {
  const survey = `${canvass.origin}/staff/surveys/${id}`;
  await staff.goto(survey);
  await look(staff, "staff survey");
  for (const file of ["paper.html", "codebook.html", "report.html"]) {
    // A file to take away: looked at as one who opens it.
    const taken = await staff.request.get(`${survey}/${file}`);
    assert.equal(taken.status(), 200, file);
    await staff.setContent(await taken.text());
    await look(staff, `staff ${file}`);
  }
  await staff.goto(`${survey}/ideas/wall`);
  await look(staff, "staff ideas");
  const hide = staff.locator("form", { has: staff.locator("input[name=reason]") }).first();
  await hide.locator("input[name=reason]").fill(text);
  await Promise.all([staff.waitForEvent("domcontentloaded"), hide.locator("button").click()]);
  await look(staff, "staff after hiding");
  await staff.goto(`${survey}/ideas/wall?state=hidden`);
  await look(staff, "staff hidden");
}

// The report says something else of other answers, so only what it is made of is compared.
const LOOSE = /report|ideas|after hiding/;

// Which idea comes first is a matter of chance, so what is said of all of them is compared.
const inOrder = (name, lines) => (name.includes("wall=others") ? lines.map((line) => line.trim()).sort() : lines);

// So many people at once.
const WORKERS = 3;

async function walk(at, text, staff, dialogs) {
  const seen = new Map();
  const look = async (page, name) => seen.set(name, await skeleton(page));
  const page = await unguarded(browser, dialogs);
  await meet(page, `hostile-${at}`, text, look, "en-GB");
  await lookAfter(staff, `hostile-${at}`, text, look);
  await page.goto(`${canvass.origin}/s/hostile-${at}/sent`);
  await look(page, "told of hiding");
  const other = await unguarded(browser, dialogs);
  await meet(other, `hostile-${at}`, text, look, "cy");
  await Promise.all([page.context().close(), other.context().close()]);
  return seen;
}

test("two_hundred_hostile_texts_are_text_on_every_page", async (t) => {
  assert.equal(new Set(TEXTS).size, NUMBER);
  const dialogs = [];
  const staff = await unguarded(browser, dialogs);
  await signIn(staff, canvass);
  const plain = await walk(0, PLAIN, staff, dialogs);
  const known = new Set([...plain.values()].flatMap(({ pairs }) => pairs));
  const faults = [];
  let pages = 0;
  const compare = (at, seen) => {
    for (const [name, { lines, pairs }] of seen) {
      pages += 1;
      const where = `${name} of hostile-${at}`;
      const strange = pairs.filter((pair) => !known.has(pair));
      if (strange.length) faults.push(`${where} has ${strange}`);
      if (!plain.has(name)) faults.push(`${where} is a page that plain words do not lead to`);
      else if (!LOOSE.test(name)) {
        const [found, expected] = [lines, plain.get(name).lines].map((lines) => inOrder(name, lines));
        const from = found.findIndex((line, number) => line !== expected[number]);
        if (from >= 0 || found.length !== expected.length) faults.push(`${where}: ${found.slice(from, from + 3)} where plain words have ${expected.slice(from, from + 3)}`);
      }
    }
    for (const name of plain.keys()) if (!seen.has(name)) faults.push(`${name} of hostile-${at} was not met`);
  };
  const waiting = [...ROUNDS.entries()];
  const work = async () => {
    const own = await staff.context().newPage();
    for (let next = waiting.shift(); next; next = waiting.shift()) compare(next[0] + 1, await walk(next[0] + 1, next[1], own, dialogs));
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  await staff.goto(canvass.origin);
  faults.push(...(await skeleton(staff)).pairs.filter((pair) => !known.has(pair)).map((pair) => `home has ${pair}`));
  await staff.goto(`${canvass.origin}/staff`);
  faults.push(...(await skeleton(staff)).pairs.filter((pair) => !known.has(pair) && pair !== "form id").map((pair) => `staff home has ${pair}`));
  t.diagnostic(`${NUMBER} texts on ${pages} pages of ${plain.size} kinds`);
  assert.deepEqual(faults, []);
  assert.deepEqual(dialogs, []);
  assert.ok(plain.size > 40, [...plain.keys()].join());
});

test("texts_that_are_not_escaped_are_noticed", async () => {
  const dialogs = [];
  const page = await unguarded(browser, dialogs);
  let noticed = 0;
  const places = (text) => [`<title>${text}</title>`, `<p>${text}</p>`, `<input value="${text}">`, `<textarea>${text}</textarea>`, `<p title='${text}'>x</p>`];
  for (const text of TEXTS) {
    const differs = await page.evaluate(
      ([hostile, plain]) => {
        const names = (html) => [...new DOMParser().parseFromString(html, "text/html").querySelectorAll("*")].map((e) => [e.localName, ...[...e.attributes].map((a) => a.name)].join(" ")).join();
        return hostile.some((html, at) => names(html) !== names(plain[at]));
      },
      [places(text), places("plain")],
    );
    if (differs) noticed += 1;
  }
  assert.ok(noticed > NUMBER / 2, `${noticed} of ${NUMBER} would get in`);
  await page.setContent(places(TEXTS[2]).join(""));
  await page.waitForTimeout(200);
  assert.ok(dialogs.length > 0, "nothing runs where it could");
});
