// Every page of the examples by keyboard alone, from the start page to the receipt, with script and without.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { NARROW, WIDE, launch, open, serve } from "./browser.mjs";
import { answerByKeys, expectTabReachesAll } from "./keyboard.mjs";
import { press } from "./person.mjs";

// With the least number of pages and of controls answered, so that a walk that misses some is noticed.
const WALKS = [
  ["digital-ready-workforce", 15, 30],
  ["item-gallery", 7, 15],
  ["format-gallery", 7, 15],
  ["w20", 6, 28],
];

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

for (const [survey, leastPages, leastAnswers] of WALKS) {
  for (const javaScript of [true, false]) {
    test(`${survey}_is_answered_by_keyboard_alone_${javaScript ? "with" : "without"}_script`, async (t) => {
      const canvass = await serve({ survey: `surveys/${survey}.json` });
      try {
        const page = await open(browser, `${canvass.origin}/s/${survey}`, { javaScript });
        let [pages, answers] = [0, 0];
        const walk = async () => {
          for (const viewport of [NARROW, WIDE]) {
            await page.setViewportSize(viewport);
            await expectTabReachesAll(page, `${new URL(page.url()).pathname} at ${viewport.width}`);
          }
          pages += 1;
        };
        while (!page.url().endsWith("/sent")) {
          assert.ok(pages < 60, page.url());
          await walk();
          // Anew, as one who comes to the page.
          await page.reload();
          answers += await answerByKeys(page);
          const told = await page.locator(".nhsuk-error-summary").allInnerTexts();
          assert.deepEqual(told, [], page.url());
        }
        await walk();
        t.diagnostic(`${pages} pages, ${answers} answers`);
        assert.ok(pages >= leastPages && answers >= leastAnswers, `${pages} pages, ${answers} answers`);
      } finally {
        await canvass.stop();
      }
    });
  }
}

test("pages_with_faults_and_around_the_questions_are_reached_by_tab", async () => {
  const canvass = await serve({ survey: "surveys/item-gallery.json" });
  try {
    const page = await open(browser, `${canvass.origin}/s/item-gallery`);
    await press(page, "Start now");
    await press(page, "Continue");
    await expectTabReachesAll(page, "faults");
    for (const path of ["/", "/s/item-gallery/help", "/s/item-gallery/privacy", "/s/item-gallery/resume", "/s/item-gallery/nowhere", "/s/item-gallery", "/s/item-gallery/saved"]) {
      await page.goto(canvass.origin + path);
      await expectTabReachesAll(page, path);
    }
  } finally {
    await canvass.stop();
  }
});

test("a_covered_or_unseen_focus_is_noticed", async () => {
  const html = (style) => `data:text/html,<!doctype html><title>x</title><style>${style}</style><a href=%23a>a</a> <a href=%23b>b</a> <a href=%23c>c</a> <a href=%23d>d</a><p id=over>`;
  const unseen = await open(browser, html("a:focus{outline:none}"));
  await assert.rejects(expectTabReachesAll(unseen, "x"), /looks as it does without the focus/);
  const covered = await open(browser, html("%23over{position:fixed;inset:0;margin:0}"));
  await assert.rejects(expectTabReachesAll(covered, "x"), /is covered/);
  const backwards = await open(browser, html("").replace("<a href=%23b>", "<a tabindex=1 href=%23b>"));
  await assert.rejects(expectTabReachesAll(backwards, "x"), /the order of Tab/);
  const good = await open(browser, html(""));
  await expectTabReachesAll(good, "x");
});
