// What a script of the product does where no Node is on its own: the single executable contains one, and rings itself.

/** Asks the demo at `address` to do what `words` say. Resolves to what it answered, and whether it was done. */
export async function callDemoScript(
  address: string,
  words: readonly string[],
): Promise<{ readonly done: boolean; readonly text: string }> {
  try {
    const answer = await fetch(address, { method: 'POST', body: JSON.stringify(words) })
    return { done: answer.ok, text: await answer.text() }
  } catch {
    return { done: false, text: `no demo runs at ${address}` }
  }
}
