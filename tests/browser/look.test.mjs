// How pages look: where the start button stands, what is printed, and what colours, motion and writing direction change.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { NARROW, WIDE, launch, open, serve } from "./browser.mjs";
import { PICTURES, expectGood } from "./good.mjs";

let browser;
before(async () => {
  browser = await launch();
});
after(async () => {
  await browser?.close();
});

async function picture(page, name) {
  if (!PICTURES) return;
  await mkdir(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
}

for (const survey of ["digital-ready-workforce", "item-gallery", "format-gallery"]) {
  test(`the_start_button_of_${survey}_is_seen_at_once`, async () => {
    const canvass = await serve({ survey: `surveys/${survey}.json` });
    try {
      for (const [viewport, most] of [[WIDE, 700], [NARROW, 900]]) {
        const page = await open(browser, canvass.addresses.find((address) => address.includes("/s/")), { viewport });
        const button = await page.getByRole("button", { name: "Start now" }).first().boundingBox();
        await picture(page, `start-${survey}-${viewport.width}`);
        assert.ok(button.y + button.height <= most, `at ${viewport.width} px the button ends at ${button.y + button.height} px`);
      }
    } finally {
      await canvass.stop();
    }
  });
}
