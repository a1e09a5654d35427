// The helper itself, on pages made up here: what the journeys rely on must tell a good page from a bad one.

import assert from "node:assert/strict";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { NARROW, axe, launch, open, overflow, serve } from "./browser.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const page = (body) => `data:text/html;charset=utf-8,${encodeURIComponent(document(body))}`;
const document = (body) =>
  `<!doctype html><html lang="en"><title>A page</title><meta name="viewport" content="width=device-width">${body}`;

test("axe_finds_nothing_on_a_good_page", async () => {
  const good = await open(browser, page("<main><h1>Hello</h1><label>Name <input></label></main>"));
  assert.deepEqual(await axe(good), { violations: [], bestPractice: [], incomplete: [] });
});

test("axe_tells_violations_from_best_practice", async () => {
  const bad = await open(browser, page("<p>Outside any landmark</p><main><h1>Hello</h1><input></main>"));
  const { violations, bestPractice } = await axe(bad);
  assert.deepEqual(violations.map((rule) => [rule.id, rule.at]), [["label", ["input"]]]);
  assert.deepEqual(bestPractice.map((rule) => rule.id), ["region"]);
});

test("overflow_names_what_sticks_out_of_a_narrow_page", async () => {
  const wide = await open(browser, page('<main style="margin:0"><p id="long" style="width:400px">x</p></main>'), {
    viewport: NARROW,
    javaScript: false,
  });
  const { pixels, elements } = await overflow(wide);
  assert.ok(pixels > 0);
  assert.deepEqual(elements, ["p#long"]);

  const fits = await open(browser, page("<main><p>x</p></main>"), { viewport: NARROW });
  assert.deepEqual(await overflow(fits), { pixels: 0, elements: [] });
});

test("javascript_can_be_off", async () => {
  const script = "<h1>Off</h1><script>document.querySelector('h1').textContent = 'On'</script>";
  const off = await open(browser, page(script), { javaScript: false });
  assert.equal(await off.textContent("h1"), "Off");
  const on = await open(browser, page(script));
  assert.equal(await on.textContent("h1"), "On");
});

test("serve_waits_for_an_answer_and_stops_what_it_started", async (t) => {
  const standIn = await program(
    t,
    `const [verb, ...rest] = process.argv.slice(2);
     if (verb === "publish") process.exit(0);
     const [host, port] = rest[1].split(":");
     console.log("Survey: http://" + rest[1] + "/s/example");
     console.log("Staff: http://" + rest[1] + "/sign-in/once, and http://elsewhere.example/");
     setTimeout(() => require("node:http").createServer((_, r) => r.end("<h1>Here</h1>")).listen(port, host), 200);`,
  );
  const canvass = await serve({ program: standIn });
  assert.deepEqual(canvass.addresses, [`${canvass.origin}/s/example`, `${canvass.origin}/sign-in/once`]);
  const first = await open(browser, canvass.addresses[0]);
  assert.equal(await first.textContent("h1"), "Here");
  assert.deepEqual(first.strays, []);
  await canvass.stop();
  await assert.rejects(fetch(canvass.origin));
});

test("serve_says_why_the_program_ended", async (t) => {
  const refuses = await program(t, `console.error("port is taken"); process.exit(process.argv[2] === "publish" ? 0 : 1);`);
  await assert.rejects(serve({ program: refuses }), /the server ended:\nport is taken/);
  await assert.rejects(serve({ program: "/nowhere/canvass" }), /publishing .* failed:\n.*ENOENT/);
});

// An executable of a few lines that stands in for the built program.
async function program(t, source) {
  const folder = await mkdtemp(join(tmpdir(), "canvass-stand-in-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "canvass");
  await writeFile(path, `#!/usr/bin/env node\n${source}`);
  await chmod(path, 0o755);
  return path;
}
