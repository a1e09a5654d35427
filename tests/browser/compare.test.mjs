// Two sides compared: the page reads well at both widths, its tables say what compare.json says, and it asks for nothing.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { WIDE, launch, open, serve } from "./browser.mjs";
import { expectGood } from "./good.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(async () => {
  await browser?.close();
});

/** What was written to a folder: the page, opened, and the comparison. */
async function written(folder) {
  const comparison = JSON.parse(await readFile(join(folder, "compare.json"), "utf8"));
  return [await open(browser, pathToFileURL(join(folder, "compare.html")).href), comparison];
}

/** A difference as it is printed. */
function points(difference) {
  const tenths = Math.abs(difference * 100).toFixed(1);
  return tenths === "0.0" ? "0.0" : `${difference > 0 ? "+" : "−"}${tenths}`;
}

test("two consultations", async () => {
  const canvass = await serve({ before: [["simulate", "digital-ready-workforce", "--n", "300"]] });
  try {
    const definition = JSON.parse(await readFile("surveys/digital-ready-workforce.json", "utf8"));
    definition.id = "second";
    definition.title = "A second <b>time</b> & more";
    const role = definition.pages.flatMap((page) => page.questions ?? []).find((question) => question.id === "role");
    role.text = "What is your role?";
    const file = join(canvass.folder, "second.json");
    await writeFile(file, JSON.stringify(definition));
    await canvass.command("publish", file);
    await canvass.command("simulate", "second", "--n", "200", "--seed", "9");
    const out = join(canvass.folder, "compared");
    await canvass.command("compare", "digital-ready-workforce", "second", "--out", out);
    const [page, comparison] = await written(out);
    await expectGood(page, "compare");

    assert.equal(await page.locator("h1").textContent(), "digital-ready-workforce and second compared");
    assert.ok((await page.textContent("main")).includes("A second <b>time</b> & more"));
    const said = await page.locator("#findings li").allTextContents();
    assert.deepEqual(said, comparison.findings);
    assert.ok((await page.locator("#cautions li").count()) >= 3);
    // Each intervention is a row whose figures are those of the comparison, and is in the chart, which is heard as one image.
    const table = page.locator("table[aria-labelledby='t-interventions']");
    assert.equal(await table.locator("tbody tr").count(), comparison.interventions.length);
    for (const one of comparison.interventions) {
      const row = table.locator("tbody tr").filter({ has: page.locator("th", { hasText: one.label }) });
      const cells = await row.locator("td").allInnerTexts();
      const [first, second] = one.parts;
      assert.ok(cells[0].includes(`${first.count} of ${first.n}`) && cells[1].includes(`${second.count} of ${second.n}`), cells[0]);
      assert.equal(cells[2].split("\n")[0].trim(), points(one.change.difference));
    }
    const chart = page.getByRole("img", { name: /^Whether support differs/ });
    assert.equal(await chart.count(), 1);
    assert.match(await chart.getAttribute("aria-label"), /Highest: .*Lowest: .*The table after it has every figure\./);
    assert.equal(await chart.locator("section > div:not(.canvass-axis)").count(), comparison.interventions.length);
    // Every table says where its figures come from, and every formula it names is on the page.
    const tables = await page.locator("main table").count();
    assert.equal(await page.locator(".canvass-why").count(), tables);
    const links = await page.locator(".canvass-why a[href^='#']").evaluateAll((all) => all.map((link) => link.getAttribute("href")));
    for (const link of new Set(links)) assert.equal(await page.locator(link).count(), 1, link);
    const matched = page.locator("table[aria-labelledby='t-matching'] tbody tr").filter({ hasText: "role" }).first();
    assert.match(await matched.innerText(), /Yes, with caution[\s\S]*What is your role\?/);
    await page.setViewportSize(WIDE);
    assert.ok((await page.pdf({ format: "A4" })).length > 20_000);
  } finally {
    await canvass.stop();
  }
});

test("two rounds of a panel", async () => {
  const canvass = await serve({ survey: "surveys/delphi-panel.json", before: [["simulate", "delphi-panel", "--n", "60"]] });
  try {
    const [next, out] = [join(canvass.folder, "round-2.json"), join(canvass.folder, "compared")];
    await canvass.command("round", "delphi-panel", "--out", next);
    await canvass.command("publish", next, "--new-wave");
    await canvass.command("simulate", "delphi-panel", "--n", "60");
    await canvass.command("compare", "delphi-panel", "--rounds", "1", "2", "--out", out);
    const [page, comparison] = await written(out);
    await expectGood(page, "compare-rounds");
    assert.equal(comparison.relation, "rounds");
    const heads = await page.locator("table[aria-labelledby='t-interventions'] thead th").allTextContents();
    assert.ok(heads.includes("Same people, before and after") && heads.includes("Their change in percentage points"), heads.join());
    assert.equal(await page.locator("#composition").count(), 0);
  } finally {
    await canvass.stop();
  }
});
