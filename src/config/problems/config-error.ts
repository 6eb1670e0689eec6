// The error of a config that can't be used: every problem of the file, each with its place.

/** One problem, where in the file it is (1-based; null for a file that can't be read) and what it is about. */
export interface ConfigProblem {
  readonly path: string | null
  readonly line: number | null
  readonly column: number | null
  readonly message: string
}

/**
 * `missing`: no file was found; `unreadable`: it is there and can't be read or is refused; `invalid`: its content is wrong;
 * `dsn`: a connection string of the command line is wrong.
 */
export type ConfigErrorKind = 'missing' | 'unreadable' | 'invalid' | 'dsn'

const MOST_TOLD = 10

/** Thrown by loadConfig and configFromDsns; `message` has one line per problem, as a person should read them. */
export class ConfigError extends Error {
  readonly kind: ConfigErrorKind
  readonly file: string | null
  readonly problems: readonly ConfigProblem[]

  constructor(kind: ConfigErrorKind, file: string | null, problems: readonly ConfigProblem[]) {
    super(lines(file, problems).join('\n'))
    this.name = 'ConfigError'
    this.kind = kind
    this.file = file
    this.problems = problems
  }
}

function lines(file: string | null, problems: readonly ConfigProblem[]): readonly string[] {
  const texts = problems.slice(0, MOST_TOLD).map((problem) => {
    const position = problem.line === null ? '' : `:${problem.line}:${problem.column}`
    const place = [file === null ? null : `${file}${position}`, problem.path].filter((part) => part !== null)
    return [...place, problem.message].join(': ')
  })
  const more = problems.length - texts.length
  return more > 0 ? [...texts, `and ${more} more ${more === 1 ? 'problem' : 'problems'}`] : texts
}
