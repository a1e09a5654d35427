// The HTML of every page that the browser tests saw, by two checkers; to be run after them, with the same CANVASS_PICTURES.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { HtmlValidate } from "html-validate";
import { PICTURES } from "./good.mjs";

const VNU = join(dirname(createRequire(import.meta.url).resolve("vnu-jar")), "build/dist/vnu.jar");
const VALIDATE = new HtmlValidate({ root: true, extends: ["html-validate:standard"] });

const BROKEN = '<!doctype html><html lang="en"><title>A page</title><p id="a"><p id="a"><ul><p>x</p></ul>';

/** What vnu says against pages, a line for each error. */
async function vnu(files) {
  const { stderr } = await new Promise((done) => {
    const options = { maxBuffer: 64 * 1024 * 1024 };
    execFile("java", ["-jar", VNU, "--errors-only", "--format", "gnu", ...files], options, (_, stdout, stderr) => done({ stdout, stderr }));
  });
  return stderr.split("\n").filter(Boolean);
}

/** What html-validate says against pages, a line for each error. */
async function htmlValidate(files) {
  const faults = [];
  for (const file of files) {
    const { results } = await VALIDATE.validateString(await readFile(file, "utf8"));
    for (const { messages } of results) {
      for (const { line, column, ruleId, message } of messages) faults.push(`${file}:${line}:${column}: ${ruleId}: ${message}`);
    }
  }
  return faults;
}

/** The pages kept as they were sent, or as script left them. */
async function pages(isNow) {
  assert.ok(PICTURES, "CANVASS_PICTURES says where the browser tests kept their pages: run them first, or `make test`");
  const names = (await readdir(PICTURES)).filter((name) => name.endsWith(".html") && name.endsWith(".now.html") === isNow);
  return names.sort().map((name) => join(PICTURES, name));
}

test("both_checkers_find_what_is_broken", async () => {
  const folder = await mkdtemp(join(tmpdir(), "canvass-html-"));
  try {
    const file = join(folder, "broken.html");
    await writeFile(file, BROKEN);
    assert.match((await vnu([file])).join("\n"), /Duplicate ID/);
    assert.match((await htmlValidate([file])).join("\n"), /no-dup-id/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("every_kind_of_page_was_seen", async () => {
  const seen = await pages(false);
  const kinds = ["start", "choices", "choices-faulty", "check", "receipt", "copy", "withdrawn", "wall-others", "problem", "staff-survey", "staff-ideas", "report", "report-mentions", "compare", "compare-rounds", "themes", "paper", "codebook"];
  assert.deepEqual(kinds.filter((kind) => !seen.includes(join(PICTURES, `${kind}.html`))), []);
});

for (const [how, isNow] of [["as_sent", false], ["after_script", true]]) {
  test(`vnu_finds_no_error_in_pages_${how}`, async () => {
    assert.deepEqual(await vnu(await pages(isNow)), []);
  });

  test(`html_validate_finds_no_error_in_pages_${how}`, async () => {
    assert.deepEqual(await htmlValidate(await pages(isNow)), []);
  });
}
