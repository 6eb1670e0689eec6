// Where the reading of a regular expression is, and how it fails.

export interface RegexScan {
  readonly source: readonly string[]
  at: number
  /** Then names are lower case when they are matched. */
  readonly ignoresCase: boolean
  /** Groups that were opened so far, and which of them have ended. */
  groups: number
  readonly closed: Set<number>
  /** It refers to what a group matched, which can't be evaluated here. */
  refers: boolean
}

/** The pattern is wrong, or (not `certain`) it asks for what is not evaluated here. */
export class RegexError extends Error {
  readonly certain: boolean

  constructor(message: string, certain: boolean) {
    super(message)
    this.certain = certain
  }
}
