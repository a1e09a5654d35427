// What WCAG 2.2 asks beyond what a checker of pages can see: nothing asked twice, no dragging, help in one place, and codes
// that are pasted. What is covered (2.4.11) is seen by keyboard.test.mjs, small targets (2.5.8) by good.mjs.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, open, serve } from "./browser.mjs";
import { answerAnything, press } from "./person.mjs";

const SURVEY = "item-gallery";
const MOST_PAGES = 12;

let browser;
let canvass;
before(async () => {
  [browser, canvass] = await Promise.all([launch(), serve({ survey: `surveys/${SURVEY}.json` })]);
});
after(async () => {
  await browser?.close();
  await canvass?.stop();
});

const at = (path) => `${canvass.origin}/s/${SURVEY}${path}`;

/** What is filled in and chosen on a page, by the names of its fields. */
async function given(page) {
  return page.evaluate(() =>
    [...document.querySelectorAll("main form [name]")]
      .filter((e) => !e.name.startsWith("_") && e.type !== "submit" && (!["radio", "checkbox"].includes(e.type) || e.checked) && e.value)
      .map((e) => `${e.name}=${e.value}`)
      .sort(),
  );
}

/** Answers all pages as far as the check page, and says what was given on each. */
async function answerAll(page) {
  await press(page, "Start now");
  const pages = new Map();
  while (!page.url().endsWith("/check")) {
    assert.ok(pages.size < MOST_PAGES, page.url());
    await answerAnything(page);
    const [address, answers] = [page.url(), await given(page)];
    assert.ok(answers.length > 0, address);
    pages.set(address, answers);
    await press(page, "Continue");
    assert.notEqual(page.url(), address, await page.textContent("main"));
  }
  return pages;
}

for (const javaScript of [true, false]) {
  const how = javaScript ? "with_script" : "without_script";

  test(`nothing_is_asked_twice_${how}`, async () => {
    const page = await open(browser, at(""), { javaScript });
    const pages = await answerAll(page);
    assert.ok(pages.size >= 5, `${pages.size} pages`);
    // Back by the page's own link, from the last page to the first.
    for (const [address, answers] of [...pages].reverse()) {
      await Promise.all([page.waitForURL(address), page.locator(".nhsuk-back-link").click()]);
      assert.deepEqual(await given(page), answers, `going back to ${address}`);
    }
    // On another device, by the link that is shown to who stops.
    await press(page, "Save and come back later");
    const link = (await page.textContent("main")).match(/https?:\/\/\S*\/resume\/[^\s.]+/)[0];
    const elsewhere = await open(browser, link, { javaScript });
    for (const [address, answers] of pages) {
      assert.equal(elsewhere.url(), address);
      assert.deepEqual(await given(elsewhere), answers, `coming back to ${address}`);
      await press(elsewhere, "Continue");
    }
    // After sending, to change one answer. Contact details are not kept with the answers and cannot be shown again.
    await press(elsewhere, "Send your answers");
    await press(elsewhere, "Change your answers");
    for (const [address, answers] of pages) {
      if (address.endsWith("/contact")) continue;
      await elsewhere.goto(address);
      assert.deepEqual(await given(elsewhere), answers, `changing ${address}`);
    }
  });
}

test("nothing_needs_to_be_dragged", async () => {
  const context = await browser.newContext();
  await context.addInitScript(() => {
    globalThis.listened = new Set();
    const add = EventTarget.prototype.addEventListener;
    EventTarget.prototype.addEventListener = function (type, ...rest) {
      globalThis.listened.add(type);
      return add.call(this, type, ...rest);
    };
  });
  const page = await context.newPage();
  await page.goto(at(""));
  await press(page, "Start now");
  for (let seen = 0; !page.url().endsWith("/check"); seen += 1) {
    assert.ok(seen < MOST_PAGES, page.url());
    const found = await page.evaluate(() => ({
      moves: [...globalThis.listened].filter((type) => /drag|drop$|move$|^touch|^gesture/.test(type)),
      draggable: document.querySelectorAll('[draggable="true"], input[type=range]').length,
      listened: globalThis.listened.size,
    }));
    assert.deepEqual([found.moves, found.draggable], [[], 0], page.url());
    assert.ok(found.listened > 0, "the page's script was not watched");
    if (page.url().endsWith("/grids")) {
      // By single presses the last becomes the first.
      const names = () => page.locator("[data-rank] label").allTextContents();
      const last = (await names()).at(-1);
      const up = page.getByRole("button", { name: new RegExp(`: ${last}$`) }).first();
      for (let pressed = 0; (await names())[0] !== last; pressed += 1) {
        assert.ok(pressed < 3, `${await names()}`);
        await up.click();
      }
    }
    await answerAnything(page);
    await press(page, "Continue");
  }
  await context.close();
});

test("help_is_in_the_same_place_on_every_page", async () => {
  const page = await open(browser, at(""));
  const places = new Map();
  // What stands around the page's own content, in its order, with where help is in it.
  const look = async () =>
    places.set(
      page.url(),
      await page.evaluate(() => [...document.querySelectorAll("footer a")].map((link) => `${link.textContent.trim()} ${link.getAttribute("href")}`).join(", ")),
    );
  await look();
  await press(page, "Start now");
  await look();
  await press(page, "Continue");
  assert.match(await page.title(), /^Error/);
  await look();
  while (!page.url().endsWith("/check")) {
    await answerAnything(page);
    await press(page, "Continue");
    await look();
  }
  await press(page, "Send your answers");
  await look();
  for (const path of ["/copy", "/withdraw", "/help", "/privacy", "/cookies", "/accessibility", "/resume", "/saved", "/nowhere", "/page/nowhere"]) {
    await page.goto(at(path));
    await look();
  }
  assert.ok(places.size > 15, `${places.size}`);
  const [first] = places.values();
  assert.match(first, new RegExp(`^Help /s/${SURVEY}/help`));
  assert.deepEqual([...places].filter(([, place]) => place !== first), []);
});

test("codes_are_pasted_and_signing_in_is_one_press", async () => {
  const page = await open(browser, at(""));
  await press(page, "Start now");
  await answerAnything(page);
  await press(page, "Save and come back later");
  const code = (await page.textContent("main strong")).trim();
  assert.match(code, /^[0-9A-Z -]{20,}$/);

  const elsewhere = await open(browser, at("/resume"), { permissions: ["clipboard-read", "clipboard-write"] });
  const isPuzzle = () => elsewhere.locator("canvas, [class*=captcha], img:not(header img), input[type=password]").count();
  assert.equal(await isPuzzle(), 0);
  const box = elsewhere.getByLabel("Your code");
  // With what a copy from an e-mail brings along.
  await elsewhere.evaluate((text) => navigator.clipboard.writeText(text), ` ${code.toLowerCase()}\n`);
  await box.focus();
  await elsewhere.keyboard.press("Control+V");
  assert.equal((await box.inputValue()).trim(), code.toLowerCase(), "the box takes what is pasted");
  await press(elsewhere, "Continue");
  assert.match(elsewhere.url(), /\/page\//);

  const staff = await open(browser, canvass.addresses.find((address) => address.includes("/staff/sign-in/")));
  assert.equal(await staff.locator("main input:not([type=hidden]), main canvas, main img").count(), 0, "nothing to remember or to solve");
  await press(staff, "Sign in");
  assert.match(staff.url(), /\/staff$/);
});
