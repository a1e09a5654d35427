// A real browser and a real server for the page tests: Debian's Chromium, driven by playwright-core, and the built
// program on a database of its own. Nothing here reaches beyond this machine.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const ROOT = resolve(fileURLToPath(import.meta.url), "../../..");
const CHROME = process.env.CHROME ?? "/usr/bin/chromium";
const ANSWERS_WITHIN_MS = 20_000;
const STOPS_WITHIN_MS = 10_000;

// The widths at which every page is looked at: a laptop, and a phone or a page enlarged to 400 %.
export const WIDE = { width: 1280, height: 900 };
export const NARROW = { width: 320, height: 640 };

const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** A browser with an empty profile, which playwright makes and removes. Close it when done. */
export async function launch() {
  return chromium.launch({
    executablePath: CHROME,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/**
 * A page in a fresh context: no cookies, nothing stored, nothing cached.
 * `page.strays` lists the requests to any other origin than the page's own; a test expects it to stay empty.
 * `page.answer` is what the page was made from.
 */
export async function open(browser, address, { viewport = WIDE, javaScript = true, ...context } = {}) {
  const fresh = await browser.newContext({ viewport, javaScriptEnabled: javaScript, ...context });
  const page = await fresh.newPage();
  page.hasScript = javaScript;
  page.strays = [];
  const home = new URL(address).origin;
  page.on("response", (response) => {
    if (response.request().isNavigationRequest() && response.frame() === page.mainFrame()) page.answer = response;
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && url.origin !== home) page.strays.push(request.url());
  });
  await page.goto(address);
  return page;
}

/**
 * What axe-core finds: `violations` of WCAG 2.2 A and AA, `bestPractice` apart, and `incomplete`, what it cannot judge.
 * axe is a script: where the page runs none, it looks at the same page in a window that does, without the page's own.
 */
export async function axe(page) {
  if (page.hasScript) return runAxe(page);
  const html = (await page.content()).replace(/<script\b.*?<\/script>/gs, "");
  const context = await page.context().browser().newContext({ viewport: page.viewportSize() });
  try {
    const twin = await context.newPage();
    await twin.route(page.url(), (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body: html }));
    await twin.goto(page.url());
    return await runAxe(twin);
  } finally {
    await context.close();
  }
}

async function runAxe(page) {
  const source = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  await page.evaluate(source);
  const found = await page.evaluate(
    (tags) => globalThis.axe.run({ runOnly: { type: "tag", values: tags }, resultTypes: ["violations", "incomplete"] }),
    [...WCAG, "best-practice"],
  );
  const isWcag = (rule) => rule.tags.some((tag) => WCAG.includes(tag));
  return {
    violations: found.violations.filter(isWcag).map(brief),
    bestPractice: found.violations.filter((rule) => !isWcag(rule)).map(brief),
    incomplete: found.incomplete.filter(isWcag).map(brief),
  };
}

function brief({ id, help, nodes }) {
  return { id, help, at: nodes.map((node) => node.target.join(" ")) };
}

/** By how many CSS pixels the page scrolls sideways, and which elements stick out. A page that fits: 0 and none. */
export async function overflow(page) {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return { pixels: 0, elements: [] };
    const name = (e) => e.localName + (e.id && `#${e.id}`) + [...e.classList].map((c) => `.${c}`).join("");
    const elements = [...document.body.querySelectorAll("*")]
      .filter((e) => e.getBoundingClientRect().right > clientWidth)
      .map(name);
    return { pixels: scrollWidth - clientWidth, elements };
  });
}

/**
 * The program serving `survey` from a new SQLite database on a free port, once it answers.
 * `addresses` are those it printed: the respondent's, then the one-time staff sign-in. `log()` is all it said.
 * `command(...)` runs the program on the same database, `before` lists such commands for before it serves, and
 * `folder` is for what they write.
 * Call `stop()` when done: it ends the program and removes the database.
 */
export async function serve({ survey = "surveys/digital-ready-workforce.json", program = built(), env = {}, before = [] } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "canvass-browser-"));
  const options = {
    cwd: ROOT,
    env: { ...process.env, CANVASS_DATABASE: `sqlite:${join(folder, "canvass.db")}`, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  };
  let server;
  const stop = async () => {
    if (server) await end(server);
    await rm(folder, { recursive: true, force: true });
  };

  try {
    const publish = run(program, ["publish", survey], options);
    if ((await publish.ended) !== 0) throw new Error(`publishing ${survey} failed:\n${publish.log()}`);
    const command = async (...args) => {
      const done = run(program, args, options);
      if (![0, 3].includes(await done.ended)) throw new Error(`${args.join(" ")} failed:\n${done.log()}`);
      return done.log();
    };
    for (const args of before) await command(...args);

    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    server = run(program, ["serve", "--listen", `127.0.0.1:${port}`, "--sign-in"], options);
    await answers(origin, server);
    return { origin, addresses: addressesIn(server.log(), origin), log: server.log, command, folder, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function built() {
  return process.env.CANVASS_PROGRAM ?? resolve(ROOT, process.env.CARGO_TARGET_DIR ?? "target", "debug/canvass");
}

// A program that was started: `log()` is what it has said so far, `ended` resolves to its exit status.
function run(program, args, options) {
  const child = spawn(program, args, options);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => (said += text));
  }
  const ended = new Promise((done) => {
    child.on("error", (error) => {
      said += `${error.message}\n`;
      done(127);
    });
    child.on("close", (status, signal) => done(status ?? signal));
  });
  return { child, ended, log: () => said };
}

// Waits until the server answers at all and has printed where; whether the page is right is for the test to say.
async function answers(origin, server) {
  const deadline = Date.now() + ANSWERS_WITHIN_MS;
  let over = false;
  server.ended.then(() => (over = true));
  while (Date.now() < deadline && !over) {
    const response = await fetch(origin, { redirect: "manual" }).catch(() => null);
    if (response && addressesIn(server.log(), origin).length > 0) return;
    await pause(50);
  }
  throw new Error(`the server ${over ? "ended" : "did not answer in time"}:\n${server.log()}`);
}

function addressesIn(log, origin) {
  return [...new Set(log.match(/https?:\/\/[^\s"'<>]*[^\s"'<>.,;:)]/g))].filter((address) => address.startsWith(origin));
}

async function end({ child, ended }) {
  child.kill("SIGTERM");
  const late = new AbortController();
  const patience = pause(STOPS_WITHIN_MS, "late", { signal: late.signal }).catch(() => {});
  if ((await Promise.race([ended, patience])) === "late") child.kill("SIGKILL");
  late.abort();
  await ended;
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}
