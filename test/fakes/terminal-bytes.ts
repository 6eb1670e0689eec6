// What a program sent to a terminal, taken apart: everything that pgdeck itself would not have sent.

/** Moves, erasures, colours, the modes of a full screen; the title, kept and given back; the question for the background. */
const OWN: readonly RegExp[] = [
  /^\x1b\[\d*(?:;\d+)*[mABCDEFGHJKdf]$/,
  /^\x1b\[\?(?:7|25|1000|1006|1049|2004|2026)[hl]$/,
  /^\x1b\[2[23];0t$/,
  /^\x1b\]2;[^\x00-\x1f\x7f-\x9f]*\x07$/,
  /^\x1b\]11;\?\x07$/,
]
const SEQUENCE =
  /\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_](?:(?!\x07|\x1b\\)[\s\S])*(?:\x07|\x1b\\)|[ -/]*[0-~])|[\x00-\x1f\x7f-\x9f]/g
const MEANT = new Set(['\r', '\n'])

/** Sequences and control characters that are none of the program's own, printable; empty for clean output. */
export function foreignBytes(raw: string): readonly string[] {
  const found = [...raw.matchAll(SEQUENCE)].map(([sequence]) => sequence)
  const foreign = found.filter((sequence) => !MEANT.has(sequence) && !OWN.some((own) => own.test(sequence)))
  const moving = [...raw.matchAll(/\p{Bidi_Control}|\u200b|\u200d|\u2060|\ufeff/gu)].map(([letter]) => letter)
  return [...new Set([...foreign, ...moving])].map((each) => JSON.stringify(each))
}
