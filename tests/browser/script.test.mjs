// What pages gain where script runs, behaviour by behaviour, and that all of it is done without.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { launch, open, serve } from "./browser.mjs";
import { expectGood } from "./good.mjs";
import { press } from "./person.mjs";

const GRAPHEMES = resolve(fileURLToPath(import.meta.url), "../../graphemes.json");

const rows = (...labels) => labels.map((label) => ({ id: label.toLowerCase(), label }));
const many = (number, word) => Array.from({ length: number }, (_, at) => ({ id: `o${at + 1}`, label: `${word} ${at + 1}` }));
const SURVEY = {
  format: 1,
  id: "script",
  version: 1,
  title: "What script adds",
  language: "en-GB",
  pages: [
    {
      id: "choices",
      title: "Choices",
      questions: [
        {
          id: "colour",
          type: "single",
          text: "Which colour?",
          options: [...rows("Red", "Green"), { id: "else", label: "Another", other: "required" }],
        },
        {
          id: "place",
          type: "single",
          style: "dropdown",
          text: "Which place?",
          options: [...rows("North", "South"), { id: "else", label: "Elsewhere", other: "required" }],
        },
        {
          id: "drinks",
          type: "multi",
          text: "Which drinks?",
          options: [
            ...rows("Tea", "Water"),
            { id: "juice", label: "Juice", other: "optional" },
            { id: "none", label: "None of these", exclusive: true },
          ],
        },
      ],
    },
    {
      id: "typed",
      title: "Words",
      questions: [
        { id: "story", type: "text", text: "Your story", lines: 4, max_chars: 20 },
        { id: "name", type: "text", text: "A name", max_chars: 10 },
      ],
    },
    {
      id: "grids",
      title: "Orders",
      questions: [
        { id: "order", type: "rank", text: "Put all in order", items: rows("Ash", "Birch", "Cedar") },
        { id: "top", type: "rank", text: "The best two", max: 2, items: rows("Dog", "Eel", "Fox", "Gnu") },
        { id: "points", type: "allocate", text: "Share 100 points", items: rows("Hat", "Inn", "Jar") },
      ],
    },
    {
      id: "long",
      title: "Long lists",
      questions: [
        {
          id: "boxes",
          type: "multi",
          text: "Which things?",
          options: [...many(119, "Thing"), { id: "cafe", label: "Café" }],
        },
        { id: "list", type: "single", style: "dropdown", text: "Which town?", options: many(40, "Town") },
      ],
    },
  ],
};
const WELSH = { ...SURVEY, id: "sgript", title: "Beth mae sgript yn ei ychwanegu", language: "cy" };

let browser;
let canvass;
let folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "canvass-script-"));
  const file = async (survey) => {
    await writeFile(join(folder, `${survey.id}.json`), JSON.stringify(survey));
    return join(folder, `${survey.id}.json`);
  };
  const welsh = await file(WELSH);
  [browser, canvass] = await Promise.all([launch(), serve({ survey: await file(SURVEY), before: [["publish", welsh]] })]);
});
after(async () => {
  await browser?.close();
  await canvass?.stop();
  await rm(folder, { recursive: true, force: true });
});

const PAGES = ["choices", "typed", "grids", "long"];

/** A page of questions, reached from the start page by continuing. */
async function at(id, { survey = "script", start = "Start now", go = "Continue", ...options } = {}) {
  const page = await open(browser, `${canvass.origin}/s/${survey}`, options);
  page.complaints = [];
  page.on("pageerror", (error) => page.complaints.push(error.message));
  await press(page, start);
  for (let passed = 0; passed < PAGES.indexOf(id); passed += 1) await press(page, go);
  assert.ok(page.url().endsWith(`/page/${id}`), page.url());
  return page;
}

const focused = (page) => page.evaluate(() => document.activeElement.textContent.trim());
const saidLive = (page) => page.locator("form > [aria-live=polite]").textContent();
const keeps = (page) => {
  const posts = [];
  page.on("request", (request) => request.url().endsWith("/keep") && posts.push(new URLSearchParams(request.postData())));
  return posts;
};
const isKept = (page) => page.waitForResponse((response) => response.url().endsWith("/keep") && response.status() === 204);

/** Waits until something is so, at most for a while. */
async function soon(what, wanted, patience = 4000) {
  const deadline = Date.now() + patience;
  let found;
  do {
    found = await what();
    if (found === wanted) return;
    await pause(50);
  } while (Date.now() < deadline);
  assert.equal(found, wanted);
}

test("the_summary_of_faults_takes_the_focus", async () => {
  for (const javaScript of [true, false]) {
    const page = await at("choices", { javaScript });
    await page.getByLabel("Another", { exact: true }).check();
    await press(page, "Continue");
    assert.match(await page.locator("main .nhsuk-error-summary").textContent(), /There is a problem/);
    if (javaScript) {
      assert.match(await focused(page), /^There is a problem/);
      await expectGood(page, "script-choices-faulty");
    }
  }
});

test("an_option_that_excludes_the_others_unticks_them_and_the_other_way_round", async () => {
  const page = await at("choices");
  const ticked = () => page.locator("input[name=drinks]:checked").evaluateAll((all) => all.map((box) => box.value).join());
  await page.getByLabel("Tea").check();
  await page.getByLabel("Water").check();
  await page.getByLabel("None of these").check();
  assert.equal(await ticked(), "none");
  await page.getByLabel("Water").check();
  assert.equal(await ticked(), "water");

  const plain = await at("choices", { javaScript: false });
  await plain.getByLabel("Tea").check();
  await plain.getByLabel("None of these").check();
  await press(plain, "Continue");
  assert.match(await plain.locator(".nhsuk-error-summary").textContent(), /Select “Tea” or select “None of these”, not both/);
});

test("who_writes_beside_other_chooses_it", async () => {
  const page = await at("choices");
  await page.getByLabel("Red").check();
  await page.getByLabel("If “Another”").pressSequentially(" ");
  assert.ok(await page.getByLabel("Red").isChecked(), "a space is no text");
  await page.getByLabel("If “Another”").pressSequentially("mauve");
  assert.ok(await page.getByLabel("Another", { exact: true }).isChecked());
  await page.getByLabel("None of these").check();
  await page.getByLabel("If “Juice”").pressSequentially("plum");
  assert.ok(await page.getByLabel("Juice", { exact: true }).isChecked());
  assert.ok(!(await page.getByLabel("None of these").isChecked()));
  await page.getByLabel("If “Elsewhere”").pressSequentially("the sea");
  assert.equal(await page.getByLabel("Which place?").inputValue(), "else");
  await expectGood(page, "script-other");
  await press(page, "Continue");
  assert.equal(await page.textContent("h1"), "Words");

  const plain = await at("choices", { javaScript: false });
  await plain.getByLabel("If “Elsewhere”").fill("the sea");
  await press(plain, "Continue");
  await plain.goto(`${canvass.origin}/s/script/page/choices`);
  assert.equal(await plain.getByLabel("Which place?").inputValue(), "else");
  assert.equal(await plain.getByLabel("If “Elsewhere”").inputValue(), "the sea");
  await plain.getByLabel("Which place?").selectOption("South");
  await press(plain, "Continue");
  assert.match(await plain.locator(".nhsuk-error-summary").textContent(), /Select “Elsewhere”, or delete what you wrote/);
});

test("a_second_press_within_a_second_is_the_same_press", async () => {
  const page = await at("choices");
  let posts = 0;
  await page.route("**/page/choices", async (route) => {
    if (route.request().method() === "POST") posts += 1;
    await pause(3000);
    await route.continue().catch(() => {});
  });
  const arrived = page.waitForEvent("domcontentloaded");
  await page.evaluate(() => {
    const button = [...document.querySelectorAll("form button")].find((each) => each.textContent === "Continue");
    for (const after of [0, 300, 600, 1500]) setTimeout(() => button.click(), after);
  });
  await arrived;
  assert.equal(posts, 2, "at once and after a second and a half");
  assert.equal(await page.textContent("h1"), "Words");
});

test("what_is_typed_is_kept_while_it_is_typed", async () => {
  const page = await at("typed");
  const posts = keeps(page);
  const status = page.getByRole("status");
  await page.getByLabel("Your story").pressSequentially("One");
  await isKept(page);
  await soon(() => status.textContent(), "Saved");
  await expectGood(page, "script-saved");
  const again = isKept(page);
  const start = Date.now();
  await page.getByLabel("Your story").pressSequentially(" two");
  assert.ok(await status.evaluate((e) => getComputedStyle(e).opacity === "0"), "no longer true, so out of sight");
  await again;
  assert.ok(Date.now() - start >= 1900, "two seconds after the last key");
  await pause(2500);
  assert.deepEqual(posts.map((post) => [post.get("story"), post.get("_number")]), [["One", "1"], ["One two", "2"]]);
  await page.reload();
  assert.equal(await page.getByLabel("Your story").inputValue(), "One two");

  // The page that is posted is in the order of what was kept.
  await page.getByLabel("A name").fill("Ann");
  await isKept(page);
  const [posted] = await Promise.all([
    page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/page/typed")),
    press(page, "Continue"),
  ]);
  assert.equal(new URLSearchParams(posted.postData()).get("_number"), "2");
  await pause(500);
  assert.equal(posts.length, 3, "nothing is kept once more on leaving");
});

test("keeping_waits_five_seconds_between_two_times", async () => {
  const page = await at("typed");
  const times = [];
  page.on("request", (request) => request.url().endsWith("/keep") && times.push(Date.now()));
  for (let second = 0; second < 10; second += 1) {
    await page.getByLabel("Your story").fill(`x${second}`);
    await pause(second % 3 === 2 ? 2200 : 700);
  }
  await pause(5000);
  assert.ok(times.length >= 2, `${times}`);
  for (const [place, time] of times.entries()) assert.ok(place === 0 || time - times[place - 1] >= 4900, `${times}`);
});

test("what_is_typed_is_kept_on_leaving_the_page_in_any_way", async () => {
  const page = await at("typed");
  await page.getByLabel("Your story").fill("By the back link");
  await Promise.all([page.waitForEvent("domcontentloaded"), page.getByRole("link", { name: "Back" }).click()]);
  assert.equal(await page.textContent("h1"), "Choices");
  await page.goto(`${canvass.origin}/s/script/page/typed`);
  assert.equal(await page.getByLabel("Your story").inputValue(), "By the back link");

  await page.getByLabel("Your story").fill("By another address");
  await page.goto(`${canvass.origin}/cookies`);
  await page.goto(`${canvass.origin}/s/script/page/typed`);
  assert.equal(await page.getByLabel("Your story").inputValue(), "By another address");

  const posts = keeps(page);
  await page.getByLabel("Your story").fill("By another tab");
  const kept = isKept(page);
  await page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await kept;
  assert.equal(posts.length, 1, "once, though told twice");

  await page.getByLabel("Your story").fill("By closing");
  await page.close({ runBeforeUnload: true });
  await pause(500);
  const later = await page.context().newPage();
  await later.goto(`${canvass.origin}/s/script/page/typed`);
  assert.equal(await later.getByLabel("Your story").inputValue(), "By closing");
});

test("a_page_says_that_it_is_offline_and_saves_when_it_is_back", async () => {
  const page = await at("typed");
  await page.context().setOffline(true);
  await page.getByLabel("Your story").fill("In a tunnel");
  const says = "Not saved: you seem to be offline. Keep this page open.";
  await soon(() => page.getByRole("status").textContent(), says);
  await page.getByRole("button", { name: "Continue" }).click();
  assert.equal(await page.textContent("h1"), "Words", "the page stays");
  assert.equal(await page.getByLabel("Your story").inputValue(), "In a tunnel");
  await expectGood(page, "script-offline");
  const kept = isKept(page);
  await page.context().setOffline(false);
  await kept;
  await soon(() => page.getByRole("status").textContent(), "Saved");
  await press(page, "Continue");
  assert.equal(await page.textContent("h1"), "Orders");
});

test("answers_that_were_sent_meanwhile_are_not_kept_and_the_page_says_so", async () => {
  const page = await at("typed");
  const other = await page.context().newPage();
  await other.goto(`${canvass.origin}/s/script/page/typed`);
  for (let passed = 1; passed < PAGES.length; passed += 1) await press(other, "Continue");
  await press(other, "Send your answers");
  const posts = keeps(page);
  await page.getByLabel("Your story").fill("Too late");
  await soon(() => page.getByRole("status").textContent(), "Not saved yet. Choose “Continue” to save this page.");
  await page.getByLabel("Your story").fill("Too late again");
  await pause(5500);
  assert.equal(posts.length, 1);
});

test("characters_are_counted_as_the_server_counts_them", async () => {
  const page = await at("typed");
  const shown = page.locator("#story-info + div");
  assert.equal(await shown.textContent(), "You have 20 characters remaining");
  const described = await page.getByLabel("Your story").getAttribute("aria-describedby");
  assert.equal(await page.locator(`#${described}`).textContent(), "You can enter up to 20 characters");
  for (const { what, text, characters } of JSON.parse(await readFile(GRAPHEMES, "utf8"))) {
    await page.getByLabel("Your story").evaluate((box, typed) => {
      box.value = typed;
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }, text);
    const left = 20 - characters;
    assert.equal(await shown.textContent(), `You have ${left} character${left === 1 ? "" : "s"} remaining`, what);
  }
  await page.getByLabel("Your story").fill("x".repeat(22));
  assert.equal(await shown.textContent(), "You have 2 characters too many");
  await soon(() => saidLive(page), "You have 2 characters too many");
  await page.getByLabel("Your story").pressSequentially("y", { delay: 10 });
  assert.equal(await saidLive(page), "You have 2 characters too many", "said after typing stops, not with each key");
  await soon(() => saidLive(page), "You have 3 characters too many");
  await page.getByLabel("A name").fill("x".repeat(11));
  assert.equal(await page.locator("#name-info + div").textContent(), "You have 1 character too many");
  await expectGood(page, "script-too-long");
  await press(page, "Continue");
  assert.equal(await page.getByLabel("Your story").inputValue(), `${"x".repeat(22)}y`, "nothing is cut off");

  // What the page counts as just enough, the server takes; with spaces that it does not keep.
  await page.getByLabel("Your story").fill(`  ${"👩‍👩‍👧‍👦".repeat(20)}\n `);
  assert.equal(await shown.textContent(), "You have 0 characters remaining");
  await page.getByLabel("A name").fill("e\u0301".repeat(10));
  await press(page, "Continue");
  assert.equal(await page.textContent("h1"), "Orders");

  const plain = await at("typed", { javaScript: false });
  assert.ok(await plain.getByText("You can enter up to 20 characters").isVisible());
});

test("points_add_up_while_they_are_typed", async () => {
  const page = await at("grids");
  const total = page.locator("output");
  assert.equal(await total.textContent(), "You have 100 points to share.");
  await page.getByLabel("Hat").fill(" 60 ");
  await page.getByLabel("Inn").fill("about 7");
  assert.equal(await total.textContent(), "You have shared 60 of 100 points: 40 left.");
  await page.getByLabel("Inn").fill("1,5");
  assert.equal(await total.textContent(), "You have shared 60 of 100 points: 40 left.");
  await page.getByLabel("Inn").fill("50");
  assert.equal(await total.textContent(), "You have shared 110 of 100 points: 10 too many.");
  await soon(() => saidLive(page), "You have shared 110 of 100 points: 10 too many.");
  await expectGood(page, "script-points-over");
  await press(page, "Continue");
  // Said once, and every row is marked.
  assert.equal(await page.locator(".nhsuk-error-summary li").count(), 1);
  assert.equal(await page.locator(".nhsuk-error-message").count(), 1);
  assert.equal(await page.locator("input.nhsuk-input--error").count(), 3);
  assert.equal(await total.textContent(), "You have shared 110 of 100 points: 10 too many.");
  await expectGood(page, "script-points-faulty");
  await page.locator(".nhsuk-error-summary a").click();
  assert.equal(await page.evaluate(() => document.activeElement.id), "points-hat");

  const plain = await at("grids", { javaScript: false });
  await plain.getByLabel("Hat").fill("10");
  await press(plain, "Continue");
  assert.match(await plain.locator(".nhsuk-error-summary").textContent(), /you have given 10, so there are 90 left to give/);
});

const places = (page, id) =>
  page.locator(`select[name^="${id}."]`).evaluateAll((all) => all.map((s) => `${s.name.split(".")[1]} ${s.value || "-"}`).join(", "));

test("a_ranking_is_made_with_the_keyboard_alone", async () => {
  const page = await at("grids");
  // The text of a button that is out of sight stands apart: "Up : Cedar".
  const button = (name) => page.getByRole("button", { name: name.replace(":", " :"), exact: true });
  const pressKey = async (name, key) => {
    await button(name).focus();
    await page.keyboard.press(key);
    assert.equal(await focused(page), name, "the focus stays");
  };
  await pressKey("Up: Cedar", "Enter");
  await soon(() => saidLive(page), "Cedar, now 1 of 3");
  assert.equal(await places(page, "order"), "cedar 1, ash -, birch -");
  await pressKey("Up: Ash", "Space");
  await pressKey("Up: Ash", "Enter");
  await soon(() => saidLive(page), "Ash, now 1 of 3");
  assert.equal(await places(page, "order"), "ash 1, cedar 2, birch -");
  assert.equal(await button("Up: Ash").getAttribute("aria-disabled"), "true");
  await pressKey("Up: Ash", "Enter");
  assert.equal(await places(page, "order"), "ash 1, cedar 2, birch -", "there is no place above the first");
  await pressKey("Down: Cedar", "Enter");
  await soon(() => saidLive(page), "Cedar, no longer ranked");
  assert.equal(await places(page, "order"), "ash 1, birch -, cedar -");
  await pressKey("Up: Birch", "Enter");
  await pressKey("Down: Ash", "Enter");
  assert.equal(await places(page, "order"), "birch 1, ash 2, cedar -");

  // Two places for four: who comes in when both are given takes the second.
  for (const name of ["Fox", "Gnu", "Dog"]) await pressKey(`Up: ${name}`, "Enter");
  assert.equal(await places(page, "top"), "fox 1, dog 2, eel -, gnu -");
  await soon(() => saidLive(page), "Dog, now 2 of 2");
  // The drop-downs still do it all, and nothing moves while they are used.
  await page.locator('select[name="top.fox"]').selectOption("");
  assert.equal(await places(page, "top"), "fox -, dog 2, eel -, gnu -");
  assert.equal(await button("Down: Fox").getAttribute("aria-disabled"), "true");
  await pressKey("Up: Dog", "Enter");
  assert.equal(await places(page, "top"), "dog 1, eel -, fox -, gnu -");
  await expectGood(page, "script-ranked");
  await press(page, "Continue");
  assert.equal(await page.textContent("h1"), "Long lists");
  await page.goto(`${canvass.origin}/s/script/page/grids`);
  assert.equal(await places(page, "order"), "birch 1, ash 2, cedar -", "ranked rows come first");
  assert.equal(await places(page, "top"), "dog 1, eel -, fox -, gnu -");
});

test("one_place_given_twice_names_both_rows", async () => {
  for (const javaScript of [true, false]) {
    const page = await at("grids", { javaScript });
    await page.locator('select[name="order.ash"]').selectOption("1");
    await page.locator('select[name="order.cedar"]').selectOption("1");
    await press(page, "Continue");
    assert.match(await page.locator(".nhsuk-error-summary").textContent(), /“Ash” and “Cedar” both have place 1/);
    const marked = await page.locator("select.nhsuk-select--error").evaluateAll((all) => all.map((e) => e.name));
    assert.deepEqual(marked, ["order.ash", "order.cedar"]);
    if (javaScript) await expectGood(page, "script-rank-faulty");
  }
});

test("a_long_list_is_searched_and_what_is_chosen_stays_in_sight", async () => {
  const page = await at("long");
  const inSight = () => page.locator("input[name=boxes]").evaluateAll((all) => all.filter((e) => e.checkVisibility()).map((e) => e.value).join());
  await page.getByLabel("Thing 7", { exact: true }).check();
  const search = page.getByLabel("Search the list: Which things?");
  await search.fill("thing 11");
  await soon(() => saidLive(page), "12 of 120 shown");
  assert.equal(await inSight(), "o7,o11,o110,o111,o112,o113,o114,o115,o116,o117,o118,o119");
  assert.ok(await page.getByText("12 of 120 shown").first().isVisible());
  await expectGood(page, "script-search");
  await search.fill("CAFE");
  assert.equal(await inSight(), "o7,cafe");
  await search.press("Enter");
  assert.equal(await page.textContent("h1"), "Long lists", "Enter searches and does not send the page");
  await search.fill("");
  assert.equal((await inSight()).split(",").length, 120);

  const towns = () => page.locator("#list").locator("option").allTextContents();
  await page.locator("#list").selectOption("Town 5");
  await page.getByLabel("Search the list: Which town?").fill("3 town");
  assert.deepEqual(await towns(), ["Select an option", "Town 3", "Town 5", "Town 13", "Town 23", ...many(10, "x").map((_, at) => `Town ${30 + at}`)]);
  assert.equal(await page.locator("#list").inputValue(), "o5");
  await search.fill("cafe");
  await press(page, "Continue");
  assert.equal(await page.textContent("h1"), "Check your answers");
  const given = await page.locator(".nhsuk-summary-list").last().textContent();
  assert.ok(given.includes("Thing 7") && given.includes("Town 5"), given);

  const plain = await at("long", { javaScript: false });
  assert.equal(await plain.locator("input[name=boxes]").count(), 120);
  assert.equal(await plain.locator("input[type=search]").count(), 0);
});

test("script_speaks_the_language_of_the_page", async () => {
  const welsh = { survey: "sgript", start: "Dechrau nawr", go: "Parhau" };
  const page = await at("typed", welsh);
  await page.getByLabel("Your story").fill("Un");
  assert.equal(await page.locator("#story-info + div").textContent(), "Mae gennych 18 nod yn weddill");
  await soon(() => page.getByRole("status").textContent(), "Wedi'i gadw");
  await press(page, "Parhau");
  await page.getByRole("button", { name: "I fyny : Ash" }).click();
  await soon(() => saidLive(page), "Ash, bellach 1 o 3");
  await page.getByLabel("Hat").fill("60");
  assert.equal(await page.locator("output").textContent(), "Pwyntiau a rannwyd: 60 o 100, gyda 40 ar ôl.");
  await expectGood(page, "script-welsh");
  assert.deepEqual(page.complaints, []);
});

test("no_page_loads_a_script_that_is_not_ours_or_writes_one_inline", async () => {
  const page = await at("grids");
  const scripts = await page.locator("script").evaluateAll((all) => all.map((e) => [new URL(e.src).pathname, e.type, e.textContent]));
  assert.equal(scripts.length, 1);
  assert.match(scripts[0][0], /^\/assets\/canvass-[0-9a-f]+\.js$/);
  const served = await fetch(canvass.origin + scripts[0][0]);
  assert.equal(served.headers.get("content-type"), "text/javascript; charset=utf-8");
  assert.match(served.headers.get("cache-control"), /immutable/);
  assert.ok((await served.text()).length > 5000);
  const packed = await fetch(canvass.origin + scripts[0][0], { headers: { "accept-encoding": "gzip" } });
  const size = (await import("node:zlib")).gzipSync(await packed.text(), { level: 9 }).length;
  assert.ok(size <= 4200, `${size} bytes compressed`);
  assert.deepEqual(page.complaints, []);
});
