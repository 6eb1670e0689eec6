// Places in a name that regular expressions ask for: its ends, and where words begin and end.

/** Places are between characters; `before` and `after` are undefined at the ends. */
export type ConstraintTest = (before: number | undefined, after: number | undefined) => boolean

const isWord = (character: number | undefined): boolean =>
  character !== undefined && character < 128 && /\w/.test(String.fromCodePoint(character))

/** By the letter of their escape. */
export const CONSTRAINT_ESCAPES: Readonly<Record<string, ConstraintTest>> = {
  A: (before) => before === undefined,
  Z: (_, after) => after === undefined,
  m: (before, after) => !isWord(before) && isWord(after),
  M: (before, after) => isWord(before) && !isWord(after),
  y: (before, after) => isWord(before) !== isWord(after),
  Y: (before, after) => isWord(before) === isWord(after),
}
