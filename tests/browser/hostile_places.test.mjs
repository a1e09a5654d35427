// The same hostile texts where a consultation needs a shape of its own to show them: names of sections in their overview,
// messages of patterns, what everyone has answered, and mail.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch, serve } from "./browser.mjs";
import { skeleton, unguarded } from "./hostile.mjs";
import { payloads } from "./payloads.mjs";

const NUMBER = 200;
const AT_ONCE = 10;
const TEXTS = payloads(NUMBER);
const ROUNDS = Array.from({ length: NUMBER / AT_ONCE }, (_, at) => TEXTS.slice(at * AT_ONCE, (at + 1) * AT_ONCE).join(" ; "));
const PLAIN = "Plain words that mean no harm, said again and again. ".repeat(12).trim();
const address = (at) => `sam-${at}@example.org`;
// So many people at once.
const WORKERS = 3;
// What ends a mail early, or names another who gets it, where a line of text is taken for a line of the protocol.
const LINES = "\n.\nRCPT TO:<thief@evil.example>\nBcc: thief@evil.example";

/** A consultation in sections that shows what everyone has answered, with `text` in all that is read. */
function consultation(id, text) {
  const options = ["one", "two"].map((id) => ({ id, label: `${id} ${text}` }));
  return {
    format: 1,
    id,
    title: text,
    overview: true,
    results: { show: "after_answering", min_answers: 12 },
    privacy: { notice: text, min_cell: 5 },
    interventions: ["trees", "lights"].map((id) => ({ id, label: `${id} ${text}` })),
    lists: { agree: ["yes", "no"].map((id) => ({ id, label: `${id} ${text}` })) },
    consensus: { n_min_overall: 20, n_min_segment: 5, n_min_guard: 5 },
    pages: [
      {
        id: "a",
        section: `A ${text}`,
        title: text,
        questions: [
          { id: "word", type: "text", text: `Word ${text}`, pattern: "^[a-z]+$", pattern_message: text, max_chars: 4000 },
          { id: "free", type: "text", text: `Free ${text}`, lines: 4, max_chars: 4000 },
        ],
      },
      {
        id: "b",
        section: `B ${text}`,
        title: text,
        questions: [
          { id: "place", type: "single", text: `Place ${text}`, segment: true, required: true, options },
          { id: "support", type: "rate", text, required: true, measure: "support", items: "interventions", scale: "agree", support: ["yes"], oppose: ["no"] },
        ],
      },
    ],
    translations: { cy: { title: { text }, "a.section": { text: `C ${text}` } } },
  };
}

/** A mail server that keeps what it is given: to whom, and the message. */
async function mailServer() {
  const mails = [];
  const server = createServer((socket) => {
    let [rest, to, message] = ["", [], null];
    socket.write("220 sink\r\n");
    socket.on("error", () => {});
    socket.setEncoding("utf8").on("data", (data) => {
      const lines = (rest + data).split("\r\n");
      rest = lines.pop();
      for (const line of lines) {
        if (message && line === ".") {
          mails.push({ to, message: message.join("\r\n") });
          [to, message] = [[], null];
          socket.write("250 taken\r\n");
        } else if (message) message.push(line.replace(/^\.\./, "."));
        else {
          const verb = line.slice(0, 4).toUpperCase();
          if (verb === "RCPT") to.push(line.match(/<(.*)>/)[1]);
          if (verb === "DATA") message = [];
          socket.write(verb === "DATA" ? "354 go on\r\n" : "250 ok\r\n");
        }
      }
    });
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return { server, mails };
}

/** A mail as its reader has it. */
function read({ to, message }) {
  const [head, ...body] = message.split("\r\n\r\n");
  const headers = Object.fromEntries(head.replace(/\r\n[ \t]+/g, " ").split("\r\n").map((line) => line.split(/: (.*)/s)));
  const written = body.join("\r\n\r\n");
  const unquoted = () => Buffer.from(written.replace(/=\r\n/g, "").replace(/=([0-9A-F]{2})/g, (_, byte) => String.fromCharCode(parseInt(byte, 16))), "latin1");
  const encodings = { base64: () => Buffer.from(written, "base64"), "quoted-printable": unquoted };
  const bytes = encodings[headers["Content-Transfer-Encoding"]]?.() ?? Buffer.from(written);
  return { to, headers, body: bytes.toString("utf8") };
}

let browser;
let canvass;
let folder;
let post;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "canvass-hostile-"));
  const files = [];
  for (const [at, text] of [PLAIN, ...ROUNDS].entries()) {
    files.push(join(folder, `${at}.json`));
    await writeFile(files.at(-1), JSON.stringify(consultation(`places-${at}`, text)));
  }
  [browser, post] = await Promise.all([launch(), mailServer()]);
  canvass = await serve({
    survey: files[0],
    env: { CANVASS_SMTP_URL: `smtp://127.0.0.1:${post.server.address().port}`, CANVASS_MAIL_FROM: "consult@example.org" },
    before: [...files.slice(1).map((file) => ["publish", file]), ...files.map((_, at) => ["simulate", `places-${at}`, "--n", "60"])],
  });
});
after(async () => {
  await browser?.close();
  await canvass?.stop();
  post?.server.close();
  await rm(folder, { recursive: true, force: true });
});

const MAIN = "main form button.nhsuk-button:not(.nhsuk-button--secondary)";
const go = (page, button = MAIN) => Promise.all([page.waitForEvent("domcontentloaded"), page.locator(button).first().click()]);

/** What one person meets, with the text in all that is typed; the mails are those asked for on the way. */
async function walk(at, text, dialogs) {
  const seen = new Map();
  const page = await unguarded(browser, dialogs);
  const look = async (name) => seen.set(name, await skeleton(page));
  const survey = `${canvass.origin}/s/places-${at}`;
  const mail = async (name) => {
    const form = `main form[action$="/${name}"]`;
    await page.locator(`${form} input[type=email]`).fill(text.slice(0, 80));
    await go(page, `${form} button`);
    await look(`${name} no address`);
    await page.locator(`${form} input[type=email]`).fill(address(at));
    await go(page, `${form} button`);
    await look(`${name} mailed`);
    const own = post.mails.filter(({ to }) => to.includes(address(at)));
    assert.equal(own.length, name === "saved" ? 1 : 2, `${await page.locator("main").innerText()}\n${canvass.log()}`);
    return read(own.at(-1));
  };
  await page.goto(survey);
  await go(page);
  assert.ok(page.url().endsWith("/overview"), page.url());
  await look("overview");
  await go(page, "main button[value='language:cy']");
  await look("overview cy");
  await go(page, "main button[value='language:en']");
  await go(page, ".nhsuk-task-list a >> nth=0");
  await page.locator("[name=word]").fill(text);
  await page.locator("[name=free]").fill(`${text}${LINES}`);
  await go(page);
  assert.ok((await page.locator(".nhsuk-error-message").innerText()).includes("said again") || at > 0);
  await look("refused by the pattern");
  await page.locator("[name=word]").fill("word");
  await go(page, "main button[value=later]");
  await look("saved");
  const link = await mail("saved");
  await page.goto(`${survey}/overview`);
  await look("overview begun");
  await page.goto(`${survey}/page/a`);
  await go(page);
  await page.goto(`${survey}/page/b`);
  for (const name of ["place", "support.trees", "support.lights"]) await page.locator(`[name="${name}"]`).first().check();
  await go(page);
  await look("overview done");
  await page.goto(`${survey}/check`);
  await look("check");
  await go(page);
  assert.ok(page.url().endsWith("/sent"), page.url());
  const copy = await mail("sent");
  await page.goto(`${survey}/result`);
  assert.ok((await page.locator("main h2").count()) >= 3, `${await page.locator("main").innerText()}`);
  await look("everyone");
  await page.context().close();
  return { seen, link, copy };
}

test("hostile_texts_are_text_in_overviews_messages_results_and_mail", async (t) => {
  const dialogs = [];
  const faults = [];
  const plain = await walk(0, PLAIN, dialogs);
  const compare = (at, text, met) => {
    assert.deepEqual([...met.seen.keys()], [...plain.seen.keys()]);
    for (const [name, { lines, pairs }] of met.seen) {
      const expected = plain.seen.get(name);
      const strange = pairs.filter((pair) => !expected.pairs.includes(pair));
      if (strange.length) faults.push(`${name} of places-${at} has ${strange}`);
      const from = lines.findIndex((line, number) => line !== expected.lines[number]);
      if (from >= 0 || lines.length !== expected.lines.length) faults.push(`${name} of places-${at}: ${lines.slice(from, from + 3)} where plain words have ${expected.lines.slice(from, from + 3)}`);
    }
    for (const name of ["link", "copy"]) {
      const mail = met[name];
      assert.deepEqual(mail.to, [address(at)]);
      assert.deepEqual(Object.keys(mail.headers).sort(), Object.keys(plain[name].headers).sort(), mail.headers);
      assert.match(mail.headers["Content-Type"], /^text\/plain; charset=utf-8$/);
    }
    // The title is the only text of the definition in the mail with the link.
    const rest = ({ body }) => body.split("\n").slice(1).join("\n").replace(/[0-9A-Z]{26}|([0-9A-Z]{5}-){4}[0-9A-Z]{6}/g, "CODE").replaceAll(/places-\d+/g, "places");
    assert.equal(rest(met.link), rest(plain.link));
    // An answer is in the copy as it was typed: nothing is a tag in a mail of plain text, and nothing ends it.
    for (const line of `${text}${LINES}`.split("\n")) assert.ok(met.copy.body.includes(`  ${line.trim()}`), `${line} in places-${at}:\n${met.copy.body}`);
  };
  const waiting = [...ROUNDS.entries()];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) compare(next[0] + 1, next[1], await walk(next[0] + 1, next[1], dialogs));
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  t.diagnostic(`${NUMBER} texts on ${plain.seen.size} kinds of pages and in ${post.mails.length} mails`);
  assert.deepEqual(faults, []);
  assert.deepEqual(dialogs, []);
});
