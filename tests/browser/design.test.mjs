// A person makes a consultation of a spreadsheet with two faults, mends both, translates a page, looks at it, lets another look
// at it and publishes it: without script, as with it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, open, serve } from "./browser.mjs";
import { expectGood } from "./good.mjs";
import { press } from "./person.mjs";
import { workbook } from "./workbook.mjs";

const FORM = workbook({
  survey: [
    ["type", "name", "label", "relevant"],
    ["select_one roles", "role", "What are you at the market?", ""],
    ["select_multiple ways", "ways", "How do you come?", ""],
    ["begin_group", "trade", "Trading", ""],
    ["text", "goods", "What do you sell?", "pulldata('stalls', 'open', 'id', ${role}) = 'yes'"],
    ["integer", "years", "Years at the market", "${no_such_question} > 1"],
    ["end_group", "", "", ""],
  ],
  choices: [
    ["list_name", "name", "label"],
    ["roles", "trader", "A trader"],
    ["roles", "shopper", "Somebody who shops"],
    ["ways", "bus", "By bus"],
    ["ways", "foot", "On foot"],
  ],
  settings: [
    ["form_title", "form_id", "default_language"],
    ["The market <b>square</b>", "market", "English (en)"],
  ],
});

let browser;
let canvass;
before(async () => {
  [browser, canvass] = await Promise.all([launch(), serve()]);
});
after(async () => {
  await browser?.close();
  await canvass?.stop();
});

for (const javaScript of [false, true]) {
  const how = javaScript ? "with script" : "without script";
  const name = (page) => `design-${page}${javaScript ? "-script" : ""}`;
  test(`a spreadsheet with two faults becomes a published consultation ${how}`, async () => {
    const id = `market-${javaScript}`;
    const staff = await open(browser, canvass.origin, { javaScript });
    const follow = (text) => Promise.all([staff.waitForEvent("domcontentloaded"), staff.locator("a", { hasText: text }).first().click()]);
    await staff.goto((await canvass.command("sign-in", "--public-url", canvass.origin)).match(/http\S+/)[0]);
    await press(staff, "Sign in");
    await follow("Working definitions");
    await expectGood(staff, name("none"));
    await follow("Create a consultation");
    await staff.getByLabel(/^A file/).check();
    await press(staff, "Create");
    await expectGood(staff, name("begin-faults"));
    assert.equal(await staff.getByLabel(/^A file/).isChecked(), true, "what was chosen is kept");
    await staff.getByLabel("The file").setInputFiles({ name: "market.xlsx", mimeType: "application/octet-stream", buffer: FORM });
    await staff.getByLabel("Id").fill(id);
    await press(staff, "Create");
    assert.equal(await staff.textContent("h1"), "What became of the file");
    await expectGood(staff, name("import"));
    await follow("Go on to the definition");
    assert.equal(await staff.textContent("h1"), "The market <b>square</b>".replace(/<.?b>/g, (tag) => tag));
    await expectGood(staff, name("outline"));
    const lost = staff.locator("main li", { hasText: "W212" });
    assert.equal(await lost.count(), 2, await staff.textContent("main"));
    await follow("Publish");
    assert.equal(await staff.getByRole("button", { name: "Publish", exact: true }).count(), 0);
    await expectGood(staff, name("hindered"));
    await follow("Back");

    // The first rule is said again by drop-downs, the second is not needed.
    await Promise.all([staff.waitForEvent("domcontentloaded"), lost.first().getByRole("link", { name: /^Change it/ }).click()]);
    await expectGood(staff, name("part"));
    await staff.getByLabel("Lost rule").fill("");
    await press(staff, "Save");
    assert.equal(await lost.count(), 1);
    await Promise.all([staff.waitForEvent("domcontentloaded"), lost.first().getByRole("link", { name: /^Change it/ }).click()]);
    await staff.getByLabel("Lost rule").fill("");
    await press(staff, "Save");
    assert.equal(await lost.count(), 0);
    await follow(/^Change this page: Page 2|^Change this page: Page 3/);
    await staff.getByLabel("Condition 1", { exact: true }).selectOption({ label: "A trader" });
    await press(staff, "Save");
    assert.match(await staff.textContent("main"), /Seen if .*A trader/);
    await expectGood(staff, name("mended"));

    await staff.getByLabel("Another language").fill("cy");
    await press(staff, "Translate");
    await staff.locator("textarea").first().fill("Sgwâr y farchnad");
    await staff.locator("textarea").nth(1).fill("{{ nobody }}");
    await press(staff, "Save");
    await expectGood(staff, name("translate-faults"));
    assert.equal(await staff.locator("textarea").first().inputValue(), "Sgwâr y farchnad");
    await staff.locator("textarea").nth(1).fill("Beth ydych chi?");
    await press(staff, "Save");
    await expectGood(staff, name("translate"));
    await follow("Back");

    await follow("See it as respondents will");
    await press(staff, "Make a link");
    const link = (await staff.textContent("main")).match(/http\S+preview\/\w+/)[0];
    await expectGood(staff, name("preview"));
    const friend = await open(browser, link, { javaScript });
    await expectGood(friend, name("shared"));
    await Promise.all([friend.waitForEvent("domcontentloaded"), friend.getByRole("link", { name: /^The start page/ }).first().click()]);
    await expectGood(friend, name("shared-start"));
    await press(friend, "Start now");
    await expectGood(friend, name("shared-page"));
    assert.match(await friend.textContent("body"), /Nothing that you type is kept/);

    await follow("Back");
    await follow("The whole as text");
    await expectGood(staff, name("text"));
    const other = await staff.context().newPage();
    other.hasScript = javaScript;
    await other.goto(staff.url());
    await other.locator("#text").fill((await other.locator("#text").inputValue()).replace("By bus", "By tram"));
    await press(other, "Save");
    await staff.locator("#text").fill((await staff.locator("#text").inputValue()).replace("On foot", "Walking"));
    await press(staff, "Save");
    assert.equal(await staff.textContent("h1"), "Somebody else changed it meanwhile");
    await expectGood(staff, name("conflict"));
    assert.match(await staff.locator("#theirs").inputValue(), /By tram/);
    await staff.locator("#text").fill((await staff.locator("#text").inputValue()).replace("By bus", "By tram"));
    await press(staff, "Save this text in the place of theirs");

    await follow("Publish");
    await expectGood(staff, name("publish"));
    await press(staff, "Publish");
    assert.match(await staff.textContent("main"), /Version 1 is published/);
    await expectGood(staff, name("published"));
    const person = await open(browser, `${canvass.origin}/s/${id}`, { javaScript });
    await press(person, "Start now");
    assert.match(await person.textContent("body"), /What are you at the market\?/);
    await staff.goto(`${canvass.origin}/staff/surveys/${id}`);
    await follow(/^Its definition/);
    await follow(/^Change this question: How do you come/);
    assert.match(await staff.getByLabel("Options of the list").inputValue(), /By tram\n.*Walking/);
    await expectGood(staff, name("question"));
  });
}
