// A scenario is one thing that an official client must see. Each prints one line of JSON, which test_javascript.py
// turns into a test of its own; a scenario that throws fails alone, and the file goes on.

export async function scenario(title, run) {
  const verdict = { title, error: null };
  try {
    await run();
  } catch (error) {
    verdict.error = String(error?.stack ?? error);
  }
  process.stdout.write(`${JSON.stringify(verdict)}\n`);
}
