// The two ways to write a connection string, taken apart as libpq does: nothing is looked up or filled in here.

/** A connection string that can't be used. The message never repeats a value that could be a secret. */
export class DsnError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'DsnError'
  }
}

/** Parameters as written, by libpq's names. Several hosts and ports are comma lists, as in `host=a,b`. */
export type DsnParameters = ReadonlyMap<string, string>

const SCHEMES = ['postgresql://', 'postgres://']
const ENCODE = 'write "/", "@", ":", "?", "#" and "%" inside a user name or password as %2F, %40, %3A, %3F, %23, %25'

/** Takes a URI or a `key=value` string apart. Throws DsnError. */
export function parseDsnText(text: string): DsnParameters {
  const scheme = SCHEMES.find((candidate) => text.toLowerCase().startsWith(candidate))
  if (scheme) return parseUri(text.slice(scheme.length))
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    throw new DsnError('A connection string begins with postgresql:// or postgres://, or is a list of key=value pairs')
  }
  return parsePairs(text)
}

function parseUri(rest: string): DsnParameters {
  const parameters = new Map<string, string>()
  const [, user, afterUser] = /^([^@/]*)@([\s\S]*)$/.exec(rest) ?? [null, null, rest]
  if (user !== null && user !== undefined) readUser(user, parameters)
  const [, hosts = '', path, query] = /^([^/?]*)(?:\/([^?]*))?(?:\?([\s\S]*))?$/.exec(afterUser ?? '') ?? []
  readHosts(hosts, parameters)
  if (path) parameters.set('dbname', decode(path, 'the database name'))
  if (query) readQuery(query, parameters)
  return parameters
}

function readUser(text: string, parameters: Map<string, string>): void {
  const colon = text.indexOf(':')
  const user = colon === -1 ? text : text.slice(0, colon)
  if (user !== '') parameters.set('user', decode(user, 'the user name'))
  if (colon !== -1 && colon + 1 < text.length) parameters.set('password', decode(text.slice(colon + 1), 'the password'))
}

function readHosts(text: string, parameters: Map<string, string>): void {
  const hosts: string[] = []
  const ports: string[] = []
  for (const [index, part] of text.split(',').entries()) {
    const match = /^(?:\[([^\]]+)\]|([^:[\]@]*))(?::((?:\d|%3\d)*))?$/.exec(part)
    if (!match) {
      throw new DsnError(`Host ${index + 1} of the URI is not "host", "host:port" or "[IPv6 address]:port"; ${ENCODE}`)
    }
    hosts.push(decode(match[1] ?? match[2] ?? '', `host ${index + 1}`))
    ports.push(decode(match[3] ?? '', `port ${index + 1}`))
  }
  // As libpq: commas alone are a list of hosts, each of them the usual one.
  for (const [name, list] of [
    ['host', hosts.join(',')],
    ['port', ports.join(',')],
  ] as const) {
    if (list !== '') parameters.set(name, list)
  }
}

function readQuery(text: string, parameters: Map<string, string>): void {
  // As libpq: one sign at the end is nothing.
  for (const [index, part] of text.replace(/&$/, '').split('&').entries()) {
    const [, rawName, rawValue] = /^([^=]+)=([^=]*)$/.exec(part) ?? []
    if (rawName === undefined || rawValue === undefined) {
      throw new DsnError(`Parameter ${index + 1} after "?" of the URI is not name=value; write "=" in a value as %3D`)
    }
    const name = decode(rawName, `the name of parameter ${index + 1}`)
    const value = decode(rawValue, `the value of parameter ${index + 1}`)
    // libpq takes this one spelling over from JDBC.
    if (name === 'ssl' && value === 'true') parameters.set('sslmode', 'require')
    else store(name, value, parameters)
  }
}

/** As libpq: an old name for two of the values of sslmode. */
function store(name: string, value: string, parameters: Map<string, string>): void {
  if (name === 'requiressl') parameters.set('sslmode', value.startsWith('1') ? 'require' : 'prefer')
  else parameters.set(name, value)
}

function decode(text: string, what: string): string {
  const broken = /%(?![0-9a-f]{2})/i.test(text)
  if (broken) throw new DsnError(`A "%" in ${what} of the URI is not followed by two hexadecimal digits; ${ENCODE}`)
  if (/%00/.test(text)) throw new DsnError(`%00 is not allowed in ${what} of the URI`)
  try {
    return decodeURIComponent(text)
  } catch {
    throw new DsnError(`The percent-encoding in ${what} of the URI is not valid UTF-8`)
  }
}

/** libpq's blanks: others, such as that of U+00A0, are characters of a value. */
const BLANK = ' \\t\\n\\v\\f\\r'
const BLANKS = new RegExp(`[${BLANK}]*`, 'y')

// key = value, key = 'quoted \' value', with a backslash as escape in both forms. One at the end escapes nothing.
const QUOTED = `'((?:[^'\\\\]|\\\\[\\s\\S])*)'(?=[${BLANK}]|$)`
const UNQUOTED = `(?!['${BLANK}])((?:[^${BLANK}\\\\]|\\\\(?:[\\s\\S]|$))*)`
const PAIR = new RegExp(`([^=${BLANK}]+)[${BLANK}]*=[${BLANK}]*(?:${QUOTED}|${UNQUOTED})`, 'y')

function parsePairs(text: string): DsnParameters {
  const parameters = new Map<string, string>()
  let count = 0
  for (let at = afterBlanks(text, 0); at < text.length; at = afterBlanks(text, PAIR.lastIndex)) {
    PAIR.lastIndex = at
    const match = PAIR.exec(text)
    if (!match?.[1]) throw new DsnError(pairProblem(count, text.slice(at)))
    store(match[1], (match[2] ?? match[3] ?? '').replace(/\\([\s\S]|$)/g, '$1'), parameters)
    count++
  }
  return parameters
}

function afterBlanks(text: string, at: number): number {
  BLANKS.lastIndex = at
  BLANKS.exec(text)
  return BLANKS.lastIndex
}

/** What is wrong with the rest, of which nothing is repeated: it may be a piece of a password. */
function pairProblem(pairsRead: number, rest: string): string {
  if (new RegExp(`^[^=${BLANK}]+[${BLANK}]*=[${BLANK}]*'(?:[^'\\\\]|\\\\[\\s\\S])*'[^${BLANK}]`).test(rest)) {
    return `There is no blank after the closing quote of key=value pair ${pairsRead + 1}; write \\' for a quote inside a value`
  }
  return pairsRead === 0
    ? 'A connection string is a URI (postgresql://user@host:5432/database) or a list of key=value pairs'
    : `The text after ${pairsRead} key=value ${pairsRead === 1 ? 'pair' : 'pairs'} is not a key=value pair; ` +
        `put values with spaces in single quotes, and write \\' and \\\\ inside them`
}

/** Whether an argument is meant as a connection string, be it a right one or not. */
export function looksLikeDsn(text: string): boolean {
  return /^[a-z]+:\/\//i.test(text) || /^\s*[a-z_]+\s*=/i.test(text)
}
