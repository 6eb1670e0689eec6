// Takes the text of statements out of what is recorded: literals in them may be data of users.

/** What is stored instead of a statement. */
const STATEMENT_NOT_RECORDED = '(statement not recorded)'
/** Of a SessionRow. */
const STATEMENT_FIELD = 'query'
/** The one of a pulse has its beginning in a field of another name. */
const LONGEST_STATEMENT = 'longestStatement'
const TEXT_OF_LONGEST = 'text'

/** Returns the plain value without the text of statements, also in what changed of them. */
export function withoutStatements<T>(value: T): T {
  return hidden(value, false) as T
}

/** `isLongest`: the value is that of a longest statement, or a list with it, as changes are. */
function hidden(value: unknown, isLongest: boolean): unknown {
  if (Array.isArray(value)) return value.map((each) => hidden(each, isLongest))
  if (typeof value !== 'object' || value === null) return value
  const isStatement = (name: string) => name === STATEMENT_FIELD || (isLongest && name === TEXT_OF_LONGEST)
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      isStatement(name) ? hiddenText(inner) : hidden(inner, name === LONGEST_STATEMENT),
    ]),
  )
}

/** A list of one text is a change of it. */
function hiddenText(value: unknown): unknown {
  if (typeof value === 'string') return STATEMENT_NOT_RECORDED
  return Array.isArray(value) ? value.map(hiddenText) : hidden(value, false)
}
