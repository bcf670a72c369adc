// Time in the hand of a scenario: `advance` moves the server's clock, and this machine's with it.

import { createInterface } from "node:readline";

let now = Number(process.env.COUNTERSEAL_CONFORMANCE_NOW_MS);
const told = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

Date.now = () => (now += 1); // no two requests have the same bytes
process.stdin.unref();

export const HOUR = 3600;
export const DAY = 24 * HOUR;

/** Let so many seconds pass, everywhere. */
export async function advance(seconds) {
  process.stdin.ref();
  process.stdout.write(`${JSON.stringify({ advanceSeconds: seconds })}\n`);
  now = Number((await told.next()).value);
  process.stdin.unref();
}
