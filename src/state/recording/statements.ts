// Takes the text of statements out of what is recorded: literals in them may be data of users.

/** What is stored instead of a statement. */
const STATEMENT_NOT_RECORDED = '(statement not recorded)'
const STATEMENT_FIELD = 'query'

/** Returns the plain value without the text of statements, also in what changed of them. */
export function withoutStatements<T>(value: T): T {
  return hidden(value) as T
}

function hidden(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hidden)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, name === STATEMENT_FIELD ? hiddenText(inner) : hidden(inner)]),
  )
}

/** A list of one text is a change of it. */
function hiddenText(value: unknown): unknown {
  if (typeof value === 'string') return STATEMENT_NOT_RECORDED
  return Array.isArray(value) ? value.map(hiddenText) : hidden(value)
}
