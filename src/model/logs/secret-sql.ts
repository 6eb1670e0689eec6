// Secrets in statements and in the servers' log records about them: literals, options, arguments, columns,
// parameters.

import { type SqlArgument, sqlArgumentsAt } from './secret-arguments.ts'
import { isSecretName, OPTIONAL_SQL_GAP, SQL_GAP } from './secret-names.ts'
import { lineSpan, literalSpan, quotedSpan, type SecretSpan, valueSpan } from './secret-spans.ts'
import { noteSecretParameter, type SecretTrigger, type TriggerContext } from './secret-trigger.ts'

const UNQUOTED =
  /^(?:[^;\n]|\n[\t ]){0,1000}?\b(?:password|identified[ \t]+by)[ \t]+(?!null\b|['"$/%=:-]|[eu]&?')(?=[^ \t\r\n;])/i

/** `ALTER ROLE a PASSWORD x`: the server rejects it because the quotes are missing, and logs it. */
function unquoted(text: string): SecretSpan | null {
  const [before] = UNQUOTED.exec(text) ?? []
  return before === undefined ? null : valueSpan(text, before.length)
}

/** The secret arguments of a function. */
export const SECRET_FUNCTIONS: Readonly<Record<string, readonly number[]>> = {
  crypt: [0],
  pgp_sym_encrypt: [1],
  pgp_sym_encrypt_bytea: [1],
  pgp_sym_decrypt: [1],
  pgp_sym_decrypt_bytea: [1],
  pgp_pub_decrypt: [1, 2],
  pgp_pub_decrypt_bytea: [1, 2],
  hmac: [1],
  encrypt: [1],
  decrypt: [1],
  encrypt_iv: [1],
  decrypt_iv: [1],
  create_aws_credentials: [0, 1, 2],
  create_secret: [0],
  update_secret: [1],
}

/** `crypt('x', gen_salt('bf'))`, `pgp_sym_encrypt('data', 'x')`. */
export function functionSecrets(text: string, length: number, around: TriggerContext): readonly SecretSpan[] {
  const name = /^[a-z_]+/i.exec(text)?.[0].toLowerCase() ?? ''
  return secretsAmong(text, sqlArgumentsAt(text, length).list, SECRET_FUNCTIONS[name] ?? [], around)
}

function secretsAmong(
  text: string,
  list: readonly SqlArgument[],
  places: readonly number[],
  around: TriggerContext,
): SecretSpan[] {
  return places.flatMap((place) => {
    const argument = list[place]
    if (argument && !argument.literal) noteSecretParameter(text, argument.at, around)
    return argument?.literal ? [argument.literal] : []
  })
}

/** `set_config('app.jwt_secret', 'x', false)`. */
export function setConfigSecrets(text: string, length: number, around: TriggerContext): readonly SecretSpan[] {
  const { list } = sqlArgumentsAt(text, length)
  const [name] = list
  const isSecret = name?.literal && isSecretName(text.slice(name.literal.from, name.literal.end))
  return isSecret ? secretsAmong(text, list, [1], around) : []
}

const COLUMNS = /^[^(]{0,300}\(([^()]{1,4000})\)/
const VALUES = new RegExp(
  `${OPTIONAL_SQL_GAP}(?:overriding[^(]{1,40})?(?:values${OPTIONAL_SQL_GAP}\\(|select${SQL_GAP})`,
  'iy',
)
const NEXT_ROW = new RegExp(`${OPTIONAL_SQL_GAP},${OPTIONAL_SQL_GAP}\\(`, 'y')

/** `INSERT INTO users (name, password) VALUES ('a', 'x'), ('b', 'y')`: by the position of the column. */
export function insertedSecrets(text: string, _: number, around: TriggerContext): readonly SecretSpan[] {
  const [head, columns = ''] = COLUMNS.exec(text) ?? []
  if (head === undefined) return []
  const places = columns.split(',').flatMap((column, index) => {
    const name = column.replace(/\\{1,4}[nrt]|["\s\\]/g, '')
    return isSecretName(name) ? [index] : []
  })
  if (places.length === 0) return []
  const spans: SecretSpan[] = []
  let next: RegExp = VALUES
  for (let at = head.length; ; next = NEXT_ROW) {
    next.lastIndex = at
    if (!next.test(text)) return spans
    const { list, end } = sqlArgumentsAt(text, next.lastIndex)
    spans.push(...secretsAmong(text, list, places, around))
    at = end
  }
}

const NEAR = /^[^"\s\\]{4,200}/

/** `syntax error at or near "x"`: the statement that follows has that word as an unquoted password. */
function misplaced(text: string, length: number): SecretSpan | null {
  const [word] = NEAR.exec(text.slice(length, length + 300)) ?? []
  if (word === undefined) return null
  const after = text.slice(length + word.length, length + 4_000)
  const at = after.indexOf(word)
  const isPassword = at > 0 && PASSWORD_BEFORE.test(after.slice(Math.max(0, at - 60), at))
  return isPassword ? { from: length, end: length + word.length, open: false } : null
}

const PASSWORD_BEFORE = new RegExp(`password${SQL_GAP}["\\\\]{0,6}$`, 'i')

/** The values of a row that violates a constraint, up to the end of the sentence or of the line. */
function failingRow(text: string, length: number): SecretSpan {
  const line = lineSpan(text, length)
  const last = text.slice(length, line.end).lastIndexOf(').')
  return last < 0 ? line : { from: length, end: length + last, open: false }
}

export const SQL_TRIGGERS: readonly SecretTrigger[] = [
  { pattern: `\\b(?:alter|create)${SQL_GAP}(?:role|user|group)\\b`, secrets: unquoted },
  {
    pattern: `identified${SQL_GAP}(?:by|with${SQL_GAP}\\w{1,40}${SQL_GAP}(?:by|as))${SQL_GAP}(?=["'$])`,
    secrets: literalSpan,
  },
  { pattern: `\\b(?:${Object.keys(SECRET_FUNCTIONS).join('|')})[ \\t]{0,4}\\(`, secrets: functionSecrets },
  { pattern: 'syntax error at or near [\\\\"]{1,8}', secrets: misplaced },
  { pattern: '\\bfailing row contains \\(', secrets: failingRow },
  { pattern: '\\bCOPY [^ \\n]{1,200}, line \\d{1,19}: (?=[\\\\"])', secrets: quotedSpan },
  { pattern: '\\bset_config[ \\t]{0,4}\\(', secrets: setConfigSecrets },
  { pattern: `\\binsert${SQL_GAP}into${SQL_GAP}(?=[^ \\t])`, secrets: insertedSecrets },
]
