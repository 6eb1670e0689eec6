// Whether pgdeck did what psql did with one case, and the smallest case with a difference.

import type { Bench, Knock } from './bench.ts'
import type { LibpqCase } from './cases.ts'
import { askPgdeck, askPsql, type Outcome, type Psql, writeFiles } from './sides.ts'
import { VALUES, VARIABLES } from './words.ts'

/** In every password of the cases. */
const SECRET = /h(?:u|ü)'?sh|h%5Cush/i

/**
 * A difference in words; null: pgdeck did as one of the versions of libpq, or named the word that it can't honour. The
 * further versions are asked only where the first is of another mind.
 */
export async function difference(bench: Bench, one: LibpqCase, psqls: readonly Psql[]): Promise<string | null> {
  writeFiles(bench, one)
  const ours = await askPgdeck(bench, one)
  const told: string[] = []
  let what = SECRET.test(ours.said) ? 'pgdeck repeats a password' : null
  for (const psql of what === null ? psqls : []) {
    const theirs = await askPsql(bench, one, psql)
    const found = judged(theirs, ours)
    if (found === null) return null
    what ??= found
    told.push(`${psql.name}: ${shown(theirs)}`)
  }
  const given = `string: ${JSON.stringify(one.pieces.join(''))}\n  rest:   ${JSON.stringify({ ...one, pieces: undefined })}`
  return what === null ? null : bench.plain([what, given, ...told, `pgdeck: ${shown(ours)}`].join('\n  '))
}

function shown({ isRefused, knocks, said }: Outcome): string {
  const list = knocks.map(({ at, encryption, parameters, proof }) => {
    const own = Object.fromEntries(
      [...parameters].map(([name, value]) => [name, value.replace(/-c default_transaction_read_only=.*/, '…')]),
    )
    return `${at} ${encryption} ${JSON.stringify(own)} ${proof ?? 'no password'}`
  })
  return `${isRefused ? 'refused' : 'tried'} ${list.join('; ')} «${said.trim()}»`
}

/** A file for TLS that is named has to be usable, before the server is asked. */
const NEEDS_FILE =
  /The key \S+ is not used because others|There is no private key|Correct ssl\w+ in the dsn|sslmode=verify-\S+ needs the certificate/
/** From 17 on libpq refuses blanks in a URI, which were parts of values before. */
const BLANKS_IN_URI = /unexpected spaces found/

/** Where the system takes no such number of keepalives, psql has no connection; pgdeck leaves them to itself. */
const NO_SUCH_OPTION = /setsockopt\(/

function judged(theirs: Outcome, ours: Outcome): string | null {
  if ((theirs.isRefused && ours.isRefused) || BLANKS_IN_URI.test(theirs.said)) return null
  if (NO_SUCH_OPTION.test(theirs.said)) return null
  if (ours.isRefused) return namesWord(ours.said) ? null : 'pgdeck refuses without naming a word'
  if (NEEDS_FILE.test(ours.said) && ours.knocks.every(({ at }) => theirs.knocks.some((knock) => knock.at === at)))
    return null
  if (theirs.isRefused)
    return ours.knocks.length === 0 ? 'psql refuses, pgdeck tries in vain' : 'psql refuses, pgdeck tries'
  const [a, b] = [perServer(theirs.knocks), perServer(ours.knocks)]
  if (a.length !== b.length) return a.length < b.length ? 'pgdeck asks more servers' : 'psql asks more servers'
  const problems = a.map((knock, index) => unlike(knock, b[index] as Knock))
  return problems.find((problem) => problem !== null) ?? null
}

function unlike(theirs: Knock, ours: Knock): string | null {
  if (theirs.at !== ours.at) return 'another server'
  if (theirs.encryption !== ours.encryption) return 'another encryption'
  if (theirs.certificate !== ours.certificate) return 'another certificate'
  const [a, b] = [theirs.parameters, ours.parameters]
  for (const name of ['user', 'database']) if (a.get(name) !== b.get(name)) return `another ${name}`
  const application = a.get('application_name')
  if (application !== undefined && application !== 'psql' && application !== b.get('application_name'))
    return 'another application_name'
  if (!(b.get('options') ?? '').startsWith((a.get('options') ?? '').trim())) return 'other options'
  return theirs.proof === ours.proof ? null : 'another password'
}

/** The first at each: whether a second is tried with another encryption is up to each. */
function perServer(knocks: readonly Knock[]): readonly Knock[] {
  const seen = new Set<string>()
  return knocks.filter(({ at }) => !seen.has(at) && seen.add(at))
}

/** Whether the message names a parameter of the case that pgdeck can't honour. */
function namesWord(said: string): boolean {
  return (
    /closing quote of key=value pair/.test(said) ||
    [...Object.keys(VALUES), ...Object.keys(VARIABLES)].some((name) => said.includes(name))
  )
}

/** The case with as little in it as still differs in the same way. */
export async function smallest(bench: Bench, one: LibpqCase, psqls: readonly Psql[]): Promise<string> {
  let [best, text] = [one, (await difference(bench, one, psqls)) ?? 'it went away']
  const kind = text.split('\n')[0]
  for (let tries = 0; tries < 80; ) {
    const before = best
    for (const smaller of lessOf(best)) {
      tries++
      const found = await difference(bench, smaller, psqls)
      if (found?.split('\n')[0] !== kind || found === undefined) continue
      best = smaller
      text = found as string
      break
    }
    if (best === before) break
  }
  return text
}

function* lessOf(one: LibpqCase): Generator<LibpqCase> {
  for (const part of ['env', 'service', 'passfile', 'pieces'] as const) {
    const list: readonly unknown[] = one[part]
    for (const at of list.keys()) yield { ...one, [part]: list.toSpliced(at, 1) }
  }
}
