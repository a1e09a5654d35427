// The founding consultation in a real browser with JavaScript off: from the start page to the spreadsheet.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, open, serve } from "./browser.mjs";
import { answerFounding, press, signIn } from "./person.mjs";

let browser;
let canvass;
before(async () => {
  [browser, canvass] = await Promise.all([launch(), serve()]);
});
after(async () => {
  await browser?.close();
  await canvass?.stop();
});

test("answered_without_javascript_and_found_in_the_spreadsheet", async () => {
  const page = await open(browser, `${canvass.origin}/s/digital-ready-workforce`, { javaScript: false });
  const headings = [];
  await answerFounding(page, "=Time, \"to\" learn", async (at) => headings.push(await at.title()));
  assert.equal(new Set(headings).size, headings.length, `two pages share a title: ${headings}`);
  await press(page, "Send your answers");
  assert.equal(await page.textContent("h1"), "Answers sent");
  const reference = await page.textContent(".nhsuk-panel strong");
  await page.goBack();
  assert.equal(await page.textContent("h1"), "Answers sent", "Back after sending");
  assert.equal(await page.textContent(".nhsuk-panel strong"), reference);
  assert.deepEqual(page.strays, []);

  const staff = await open(browser, canvass.origin, { javaScript: false });
  await signIn(staff, canvass);
  await staff.getByRole("link", { name: "Building a digital ready workforce", exact: true }).click();
  const [download] = await Promise.all([
    staff.waitForEvent("download"),
    staff.getByRole("link", { name: "responses.csv" }).click(),
  ]);
  const csv = await (await download.createReadStream()).reduce((text, part) => text + part, "");
  for (const part of ["analyst", "midlands", "proposal", "Analysts"]) assert.ok(csv.includes(part), `${part}:\n${csv}`);
  assert.ok(csv.includes("'=Time, \"\"to\"\" learn 0"), csv);
  assert.ok(!csv.includes("someone@example.org"));
});

test("the_first_question_page_weighs_at_most_30_kb_and_later_ones_6_kb", async () => {
  const page = await open(browser, `${canvass.origin}/s/digital-ready-workforce`);
  const client = await page.context().newCDPSession(page);
  await client.send("Network.enable");
  const weigh = async (act) => {
    let bytes = 0;
    let requests = 0;
    const add = (event) => ((bytes += event.encodedDataLength), (requests += 1));
    client.on("Network.loadingFinished", add);
    await act();
    await page.waitForLoadState("networkidle");
    client.off("Network.loadingFinished", add);
    return { bytes, requests };
  };
  await client.send("Network.clearBrowserCache");
  const first = await weigh(() => press(page, "Start now"));
  console.log(`first question page: ${first.bytes} bytes in ${first.requests} requests`);
  let heaviest = 0;
  await answerFounding(
    await open(browser, `${canvass.origin}/s/digital-ready-workforce`),
    "x",
    async (at) => {
      const gzip = await fetch(at.url(), { headers: { cookie: await cookies(at), "accept-encoding": "gzip" } });
      const size = (await import("node:zlib")).gzipSync(await gzip.text()).length;
      heaviest = Math.max(heaviest, size);
    },
  );
  console.log(`heaviest page without its style sheet: ${heaviest} bytes compressed`);
  assert.ok(heaviest <= 6_000, `${heaviest}`);
  assert.ok(first.bytes <= 30_000 && first.requests <= 5, JSON.stringify(first));
});

async function cookies(page) {
  return (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
}
