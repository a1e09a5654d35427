// What an authenticator app shows, and signing in with it.

import { createHmac } from "node:crypto";
import { press } from "./person.mjs";

/** The code (RFC 6238) for a secret as a page shows it; `steps` of 30 seconds from now. */
export function code(secret, steps = 0) {
  const bits = [...secret.replace(/ /g, "")].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"));
  const key = Buffer.from(bits.join("").match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + steps));
  const mac = createHmac("sha1", key).update(counter).digest();
  const at = mac.at(-1) & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** Fills in the form to sign in. */
export async function signInWith(page, email, password, given) {
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByLabel("Code", { exact: true }).fill(given);
  await press(page, "Sign in");
}
