// Coders sort answers into themes, judge a sample blind and look through what is quoted: without script as with it, and with
// the keyboard alone.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch, open, serve } from "./browser.mjs";
import { expectGood } from "./good.mjs";
import { expectTabReachesAll } from "./keyboard.mjs";
import { press } from "./person.mjs";

const SURVEY = {
  format: 1,
  id: "park",
  title: "The park",
  language: "en",
  pages: [{ id: "a", title: "You", questions: [{ id: "why", type: "text", text: "Why do you come to the park?", themes: true }] }],
};
const SUBJECTS = ["The night bus stops at the gate near", "Rents in the flats went up again in", "Old trees give shade on hot days in"];
const PLACES = ["Leeds", "York", "Hull", "Ripon", "Selby", "Otley", "Ilkley", "Goole", "Malton", "Thirsk"];

let browser;
let canvass;
let folder;
before(async () => {
  browser = await launch();
  canvass = await serve();
  folder = canvass.folder;
  await writeFile(join(folder, "park.json"), JSON.stringify(SURVEY));
  await canvass.command("publish", join(folder, "park.json"));
  const texts = PLACES.flatMap((place) => SUBJECTS.map((subject) => `${subject} ${place}`));
  const more = ["n/a", "Ring Mrs Patel on 07700 900123 about the night bus", `Lang${"e".repeat(90)} <b>words</b> about trees`];
  for (const text of [...texts, ...more]) await answer(text);
});
after(async () => {
  await browser?.close();
  await canvass?.stop();
});

async function answer(text) {
  const page = await open(browser, `${canvass.origin}/s/park`, { javaScript: false });
  await press(page, "Start now");
  await page.getByLabel("Why do you come to the park?").fill(text);
  await press(page, "Continue");
  await press(page, "Send your answers");
  await page.context().close();
}

async function staff(options) {
  const page = await open(browser, (await canvass.command("sign-in", "--public-url", canvass.origin)).match(/http\S+/)[0], options);
  await press(page, "Sign in");
  return page;
}

const done = (page) => page.locator("#done").textContent();

for (const javaScript of [false, true]) {
  const name = (page) => `workbench-${page}${javaScript ? "-script" : ""}`;
  test(`answers are sorted into themes ${javaScript ? "with script" : "without script"}`, async () => {
    const ana = await staff({ javaScript });
    await ana.goto(`${canvass.origin}/staff/surveys/park`);
    await ana.getByRole("link", { name: "Sort into themes: Why do you come to the park?" }).click();
    await expectGood(ana, name("new"));
    await ana.getByLabel("How many themes").selectOption("5");
    await press(ana, "Suggest themes");
    assert.match(await done(ana), /You took up \d+ suggested themes/);
    await expectGood(ana, name("themes"));
    if (!javaScript) await expectTabReachesAll(ana, name("themes"));
    await ana.getByLabel("Name").fill("Dogs");
    await press(ana, "Add");
    await ana.getByLabel("Name").fill("dogs");
    await press(ana, "Add");
    await expectGood(ana, name("faults"));
    assert.equal(await ana.getByLabel("Name").inputValue(), "dogs");

    await ana.locator("main h3 a").first().click();
    await expectGood(ana, name("theme"));
    if (!javaScript) await expectTabReachesAll(ana, name("theme"));
    await ana.getByLabel("Name", { exact: true }).fill("Getting there");
    await press(ana, "Rename");
    assert.match(await done(ana), /You renamed/);
    assert.equal(await ana.evaluate(() => location.hash), "#done");
    assert.match(await ana.textContent("h1"), /Getting there/);
    await press(ana, "Do it");
    await expectGood(ana, name("theme-faults"));
    await ana.locator("input[name=answer]").first().check();
    await ana.locator("input[name=answer]").nth(1).check();
    await ana.getByLabel("Move them out of this theme to those ticked below").check();
    await ana.getByRole("group", { name: "Themes to move or put them in" }).getByLabel("Dogs").check();
    await press(ana, "Do it");
    assert.match(await done(ana), /You coded 2 answers/);
    await expectGood(ana, name("moved"));
    await press(ana, "Undo");
    assert.match(await done(ana), /You undid the last decision/);
    const parts = ana.getByLabel("See how the computer would part it");
    if (await parts.count()) {
      await parts.selectOption("2");
      await press(ana, "Show the parts");
      await expectGood(ana, name("parts"));
      const second = ana.getByLabel("Name").nth(2);
      if (await second.count()) {
        await second.fill("A part of it");
        await press(ana, "Split the theme");
        assert.match(await done(ana), /You split off/);
      }
    }
    await ana.goto(`${canvass.origin}/staff/surveys/park/themes/why/all`);
    await ana.getByLabel("Words to look for").fill("shade");
    await press(ana, "Look");
    assert.match(await ana.textContent("main"), /Answers 1 to 10 of 10 with “shade”/);
    await expectGood(ana, name("found"));
    await ana.goto(`${canvass.origin}/staff/surveys/park/themes/why/history`);
    await expectGood(ana, name("history"));
    await ana.getByRole("button", { name: /^Undo back to here/ }).last().click();
    await ana.waitForURL(/done=/);
    await ana.goto(`${canvass.origin}/staff/surveys/park/themes/why`);
    assert.match(await ana.textContent("main"), /There are no themes yet/);
  });
}

test("with the keyboard alone an answer is moved and the move undone", async () => {
  const ana = await staff({ javaScript: false });
  await ana.goto(`${canvass.origin}/staff/surveys/park/themes/why`);
  await press(ana, "Suggest themes");
  await ana.goto(`${canvass.origin}/staff/surveys/park/themes/why/all?words=shade`);
  const tabTo = async (selector) => {
    for (let pressed = 0; pressed < 200; pressed += 1) {
      await ana.keyboard.press("Tab");
      if (await ana.evaluate((selector) => document.activeElement.matches(selector), selector)) return;
    }
    throw new Error(`Tab does not reach ${selector}`);
  };
  await tabTo("input[name=answer]");
  await ana.keyboard.press("Space");
  await tabTo("input[name=do]");
  await ana.keyboard.press("Space");
  await tabTo("input[name=to]");
  await ana.keyboard.press("Space");
  await tabTo("form button.nhsuk-button:not(.nhsuk-button--secondary)");
  await Promise.all([ana.waitForEvent("domcontentloaded"), ana.keyboard.press("Enter")]);
  assert.match(await done(ana), /You coded/);
  // From where it was done the next key leads to the way back.
  await ana.keyboard.press("Tab");
  assert.equal(await ana.evaluate(() => document.activeElement.textContent), "Undo");
  await Promise.all([ana.waitForEvent("domcontentloaded"), ana.keyboard.press("Enter")]);
  assert.match(await done(ana), /You undid the last decision/);
});

test("a sample is judged blind and what is hidden in quotes is decided", async () => {
  const ana = await staff({ javaScript: false });
  await ana.goto(`${canvass.origin}/staff/surveys/park/themes/why`);
  await ana.getByLabel("Number of answers").fill("10");
  await press(ana, "Draw a sample");
  await expectGood(ana, "workbench-sample");
  await expectTabReachesAll(ana, "workbench-sample");
  for (let pages = 0; pages < 2; pages += 1) {
    const answers = ana.locator("main form fieldset");
    for (let at = 0; at < (await answers.count()); at += 1) await answers.nth(at).locator("input").nth(at % 2).check();
    await press(ana, "Save and go on");
  }
  assert.match(await ana.textContent("main"), /You have judged all 10 answers/);
  await expectGood(ana, "workbench-agreement");

  await ana.goto(`${canvass.origin}/staff/surveys/park/redaction?tab=found`);
  await expectGood(ana, "redaction");
  await expectTabReachesAll(ana, "redaction");
  await ana.getByLabel(/^Hide these words too/).fill("Leeds");
  await ana.getByRole("button", { name: /^I have looked it through/ }).click();
  await ana.waitForSelector(".nhsuk-error-summary");
  await expectGood(ana, "redaction-faults");
  await ana.getByLabel(/^Hide these words too/).fill("night bus");
  await ana.getByRole("button", { name: /^I have looked it through/ }).click();
  await ana.waitForSelector("#done");
  assert.equal(await ana.locator("mark").count(), 3);
  await expectGood(ana, "redaction-done");
});
