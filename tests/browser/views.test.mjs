// Analysts read the report on a page, look at part of the answers and set two sides beside each other: without script, as
// with it.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch, open, serve } from "./browser.mjs";
import { expectGood } from "./good.mjs";
import { press } from "./person.mjs";

const ID = "digital-ready-workforce";

let browser;
let canvass;
before(async () => {
  [browser, canvass] = await Promise.all([launch(), serve({ before: [["simulate", ID, "--n", "300"]] })]);
  const definition = JSON.parse(await readFile(`surveys/${ID}.json`, "utf8"));
  definition.id = "second";
  definition.title = "A second <b>time</b>";
  const file = join(canvass.folder, "second.json");
  await writeFile(file, JSON.stringify(definition));
  await canvass.command("publish", file);
  await canvass.command("simulate", "second", "--n", "200", "--seed", "9");
});
after(async () => {
  await browser?.close();
  await canvass?.stop();
});

for (const javaScript of [false, true]) {
  const name = (page) => `views-${page}${javaScript ? "-script" : ""}`;
  test(`part of the answers is chosen, read and kept ${javaScript ? "with" : "without"} script`, async () => {
    const page = await open(browser, canvass.origin, { javaScript });
    await page.goto((await canvass.command("sign-in", "--public-url", canvass.origin)).match(/http\S+/)[0]);
    await press(page, "Sign in");
    await page.goto(`${canvass.origin}/staff/surveys/${ID}`);
    await page.getByRole("link", { name: "Read the report" }).click();
    await expectGood(page, name("report"));
    assert.equal(await page.locator("#findings li").first().isVisible(), true);
    const colour = await page.locator(".canvass-report__head").evaluate((head) => getComputedStyle(head).backgroundColor);
    assert.notEqual(colour, "rgba(0, 0, 0, 0)", "the style sheet is applied");
    await page.getByRole("link", { name: "Look at part of the answers" }).click();
    await expectGood(page, name("new"));

    await page.getByLabel("And a rule").fill("role = 'nothing'");
    await press(page, "Count these responses");
    assert.match(await page.title(), /Look at part/);
    await page.getByRole("link", { name: /^At character/ }).click();
    assert.equal(await page.evaluate(() => document.activeElement.id), "only");
    await expectGood(page, name("fault"));
    assert.equal(await page.getByLabel("And a rule").inputValue(), "role = 'nothing'");

    await page.getByLabel("And a rule").fill("");
    const first = page.getByLabel("One answer", { exact: true });
    const group = first.locator("optgroup").nth(1);
    const option = group.locator("option").nth(0);
    const [rule, label] = [await option.getAttribute("value"), await option.textContent()];
    await first.selectOption(rule);
    const by = page.getByLabel("Compare answers also by");
    await by.selectOption({ index: 2 });
    await press(page, "Count these responses");
    const says = await page.locator("section[aria-labelledby='found'] p").first().textContent();
    assert.match(says, /^[\d,]+ of 300 responses: those for whom .*\.$/);
    assert.ok(says.includes(label), says);
    assert.equal(await page.getByLabel("And a rule").inputValue(), rule);
    await page.getByLabel("Name to save it under").fill("  ");
    await press(page, "Save this view");
    assert.ok(await page.getByRole("link", { name: /^Enter a name/ }).isVisible());
    await page.getByLabel("Name to save it under").fill("One <b>group</b>");
    await press(page, "Save this view");
    await expectGood(page, name("saved"));
    await page.getByRole("link", { name: "One <b>group</b>", exact: true }).click();
    await expectGood(page, name("view"));
    assert.ok((await page.locator(".canvass-part").textContent()).includes(says.slice(0, 12)));
    assert.match(await page.locator("#findings h2").textContent(), /part of/);
    await page.getByRole("link", { name: "Back to the view" }).click();
    await page.getByRole("button", { name: /^Delete/ }).click();
    assert.equal(await page.getByRole("heading", { name: "Saved views" }).count(), 0);

    await page.goto(`${canvass.origin}/staff/surveys/${ID}`);
    await page.getByRole("link", { name: /^Compare with/ }).click();
    await expectGood(page, name("choose"));
    await page.getByLabel("Second side").selectOption(ID);
    await press(page, "Compare these");
    assert.ok(await page.locator("#second-error").isVisible());
    await page.getByLabel("Second side").selectOption("second");
    await press(page, "Compare these");
    assert.equal(await page.locator("h1").textContent(), `${ID} and second compared`);
    await expectGood(page, name("compared"));
    await page.context().close();
  });
}
