// Removes passwords that were typed as arguments from messages: terminals are recorded, and stderr goes to journals.

import { REDACTED, redact } from '../../model/logs/redact.ts'

/** A secret this short may be a part of any word: then only the whole argument is looked for. */
const SHORTEST = 4
/** Names that precede a secret in options, pairs and parameters. */
const NAME = /(?:pass|pwd|pw|secret|token|credential|auth|key|sig|signature|cert)\w*$/i
/** `-W`, `--password`: the next argument may be meant as their value, although no command has such an option. */
const ASKS = /^(?:-[pW]|--?[\w-]*(?:pass|pwd|secret|token)[\w-]*)$/i

/** A word such as a name or a mistyped command: messages may repeat it. */
const PLAIN = /^[\w.][\w.-]{0,62}$/

/** Whether messages may repeat an argument: it is no part of a connection string, quoted or split badly. */
export function isHarmlessWord(argument: string): boolean {
  return PLAIN.test(argument)
}

/** Returns the message without possible passwords of the arguments (as in process.argv) or of any other connection string. */
export function withoutPasswords(message: string, argv: readonly string[]): string {
  const secrets = argv.slice(2).flatMap((argument, index) => secretsOf(argument, argv[index + 1]))
  const known = [...new Set(secrets.flatMap(spellings))].sort((one, other) => other.length - one.length)
  return redact(known.reduce(without, message))
}

function without(message: string, secret: string): string {
  let redacted = ''
  let from = 0
  for (let at = message.indexOf(secret); at >= 0; at = message.indexOf(secret, at + 1)) {
    if (at < from || isInWord(message, at, secret)) continue
    redacted += message.slice(from, at) + REDACTED
    from = at + secret.length
  }
  return redacted + message.slice(from)
}

/** `postgres` in `postgresql://` is not the password `postgres`. */
function isInWord(message: string, at: number, secret: string): boolean {
  const isLetter = (letter: string | undefined) => letter !== undefined && /[\p{L}\p{N}]/u.test(letter)
  const end = at + secret.length
  return (
    (isLetter(message[at - 1]) && isLetter(secret[0])) ||
    (isLetter(message[end]) && isLetter(secret[secret.length - 1]))
  )
}

function secretsOf(argument: string, before: string | undefined): readonly string[] {
  if (before !== undefined && ASKS.test(before)) return [argument]
  // The value of an option is examined by itself: `--config=postgresql://…`, `--set=conninfo=…`.
  const value = /^--?[\w-]+=([\s\S]*)$/.exec(argument)?.[1]
  if (value !== undefined) {
    const name = argument.slice(0, -value.length - 1)
    return NAME.test(name) ? [value] : secretsOf(value, undefined)
  }
  return [...userInformation(argument), ...namedValues(argument)].filter((secret) => secret.length >= SHORTEST)
}

/** The password of `user:password@host`, with any scheme or none. Passwords may contain `@` and `/`. */
function userInformation(argument: string): readonly string[] {
  const rest = argument.replace(/^[\w+.:-]*?:\/\//, '')
  const [, password] = /^[^:@\s]*:([\s\S]*)@/.exec(rest) ?? []
  return password === undefined ? [] : [password]
}

/** `password=…` among pairs and parameters, up to its end and up to the end of the argument: quotes may be missing. */
function namedValues(argument: string): readonly string[] {
  return [...argument.matchAll(/([\w.-]+)\s*=\s*/g)].flatMap(({ 0: pair, 1: name = '', index }) => {
    if (!NAME.test(name)) return []
    const rest = argument.slice(index + pair.length)
    return [rest, /^[^&\s;,]*/.exec(rest)?.[0] ?? '', rest.replace(/^['"]|['"]$/g, '')]
  })
}

/** As typed, decoded, and as text for people and JSON show it. */
function spellings(secret: string): readonly string[] {
  const both = [secret, decodedOf(secret)]
  const quoted = both.map((text) => JSON.stringify(text).slice(1, -1))
  return [...both, ...quoted].filter((spelling) => spelling.length >= SHORTEST)
}

function decodedOf(secret: string): string {
  try {
    return decodeURIComponent(secret)
  } catch {
    return secret
  }
}
