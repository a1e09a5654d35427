// What pages weigh and how soon they stand, on a consultation of 20 questions in 4 pages.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, open, serve } from "./browser.mjs";
import { expectGood } from "./good.mjs";
import { answerAnything, press } from "./person.mjs";

const FIRST = { bytes: 30_000, requests: 5 };
const LATER = { bytes: 6_000, requests: 3 };
const LCP_MS = 2_000;
const SLOWER = 4;
// A start page may hold a long purpose, and this many pages come after it.
const MOST_PAGES = 12;

let browser;
let canvass;
before(async () => {
  [browser, canvass] = await Promise.all([launch(), serve({ survey: "surveys/w20.json" })]);
});
after(async () => {
  await browser?.close();
  await canvass?.stop();
});

/** What a page costs: bytes as they travel, requests, and when its largest part stands. */
async function cost(page, client, act) {
  const loads = [];
  const finished = (event) => loads.push(event.encodedDataLength);
  client.on("Network.loadingFinished", finished);
  await act();
  await page.waitForLoadState("networkidle");
  const lcp = await page.evaluate(
    () =>
      new Promise((done) => {
        new PerformanceObserver((list) => done(list.getEntries().at(-1).startTime)).observe({ type: "largest-contentful-paint", buffered: true });
      }),
  );
  client.off("Network.loadingFinished", finished);
  return { bytes: loads.reduce((sum, bytes) => sum + bytes, 0), requests: loads.length, lcp: Math.round(lcp) };
}

test("every_page_of_20_questions_keeps_its_budget_on_a_slow_machine", async (t) => {
  // With the browser's cache as a respondent has it, empty at first; someone may come by a link to a page of questions.
  const started = await open(browser, `${canvass.origin}/s/w20`);
  await press(started, "Start now");
  const question = started.url();
  const cookies = await started.context().cookies();
  const context = await browser.newContext();
  await context.addCookies(cookies);
  const page = await context.newPage();
  page.strays = [];
  page.on("request", (request) => !request.url().startsWith(canvass.origin) && !request.url().startsWith("data:") && page.strays.push(request.url()));
  const client = await context.newCDPSession(page);
  await client.send("Network.enable");
  await client.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });

  const within = ({ bytes, requests, lcp }, most, where) => {
    t.diagnostic(`${where}: ${bytes} bytes in ${requests} requests, LCP ${lcp} ms`);
    assert.ok(bytes <= most.bytes && requests <= most.requests && lcp <= LCP_MS, `${where}: ${bytes} bytes, ${requests} requests, LCP ${lcp} ms`);
    assert.ok(bytes > 500, `${where}: nothing was measured`);
  };
  within(await cost(page, client, () => page.goto(question)), FIRST, new URL(question).pathname);
  let pages = 1;
  for (; new URL(page.url()).pathname !== "/s/w20/sent"; pages += 1) {
    assert.ok(pages < MOST_PAGES, page.url());
    await answerAnything(page);
    const button = page.url().endsWith("/check") ? "Send your answers" : "Continue";
    const before = page.url();
    const spent = await cost(page, client, () => press(page, button));
    assert.notEqual(page.url(), before, "the page was not taken");
    within(spent, LATER, new URL(page.url()).pathname);
  }
  assert.ok(pages >= 6, `${pages} pages`);
  assert.deepEqual(page.strays, []);
  await context.close();
});

test("w20_looks_right", async () => {
  const page = await open(browser, `${canvass.origin}/s/w20`);
  await expectGood(page, "w20-start");
  await press(page, "Start now");
  for (let number = 1; !page.url().endsWith("/check"); number += 1) {
    await expectGood(page, `w20-${number}`);
    await answerAnything(page, "It depends");
    await press(page, "Continue");
  }
  await expectGood(page, "w20-check");
});
