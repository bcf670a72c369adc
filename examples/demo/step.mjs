// One step of the demo: it prints a line of JSON for story.py, and ends the program when it fails.

export async function step(title, client, run) {
  try {
    const facts = await run();
    process.stdout.write(`${JSON.stringify({ title, client, facts })}\n`);
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ title, failure: String(error?.message ?? error) })}\n`);
    process.exit(1);
  }
}

/** The message of the refusal in which `call` must end. */
export async function refusal(call) {
  const error = await call.then(
    () => new Error("the server did not refuse it"),
    (reason) => reason,
  );
  if (error.name !== "TurnkeyRequestError") {
    throw error;
  }
  return error.message;
}

export function expect(condition, message) {
  if (!condition) {
    throw new Error(message);
  }
}
