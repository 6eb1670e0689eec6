// Random connection strings, variables, service files and password files, with right and wrong words of every kind.

import fc from 'fast-check'
import { DATABASES, PASSWORDS, USERS, VALUES, VARIABLES } from './words.ts'

/** One situation. Texts have places for ports and folders, as bench.ts fills them. */
export interface LibpqCase {
  /** Joined: the connection string. */
  readonly pieces: readonly string[]
  readonly env: readonly (readonly [string, string])[]
  /** Lines of the service file; each character stands for a byte. */
  readonly service: readonly string[]
  /** Lines of the password file, with their ends. */
  readonly passfile: readonly string[]
}

const some = (...words: readonly string[]) => fc.constantFrom(...words)
const USUAL = ['host', 'host', 'port', 'port', 'user', 'password', 'dbname', 'sslmode', 'service', 'passfile']
const name = fc.oneof({ weight: 3, arbitrary: some(...USUAL) }, { weight: 2, arbitrary: some(...Object.keys(VALUES)) })
const word = name.chain((key) => some(...(VALUES[key] ?? [''])).map((value) => [key, value] as const))

const LIKELY = ['PGHOST', 'PGPORT', 'PGUSER', 'PGPASSWORD', 'PGDATABASE', 'PGPASSFILE', 'PGSERVICE', 'PGSSLMODE']
const variable = fc
  .oneof({ weight: 2, arbitrary: some(...LIKELY) }, { weight: 1, arbitrary: some(...Object.keys(VARIABLES)) })
  .chain((key) => some(...(VALUES[VARIABLES[key] ?? ''] ?? [])).map((value) => [key, value] as const))
const place = some(
  'PGSERVICEFILE={F}/services',
  'PGSYSCONFDIR={F}/system',
  'PGSERVICEFILE={F}/missing',
  'HOME={F}',
  'HOME=/nonexistent',
)

/** One way of many to write the same characters. */
const written = (text: string) =>
  fc.nat(5).map((way) => {
    if (way === 0) return text.replaceAll(' ', '%20')
    if (way === 1) return text.replace(/[^\w{}%]/g, (sign) => encodeURIComponent(sign).toLowerCase())
    if (way === 2) return text.replace(/[a-h]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)
    return text.replace(/[^\w{}.-]|%/g, (sign) => encodeURIComponent(sign).replace("'", '%27'))
  })
const bracketed = (host: string) => (host.includes('::') ? `[${host}]` : host.replaceAll('{D}', '{%D}'))

const uriHosts = fc
  .array(
    fc.tuple(
      some('127.0.0.1', '127.0.0.2', 'localhost', '::1', '{D}', ''),
      some('', ':{P1}', ':{P1}', ':{P2}', ':', ':%{P1}'),
    ),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .map((list) => list.map(([host, port]) => bracketed(host) + port).join(','))
const credentials = fc
  .tuple(some(...USERS).chain(written), fc.option(some(...PASSWORDS).chain(written)))
  .map(([user, password]) => (password === null ? `${user}@` : `${user}:${password}@`))
const query = fc
  .array(
    word.chain(([key, value]) => written(value).map((text) => `${key}=${text}`)),
    { maxLength: 4 },
  )
  .map((list) => list.flatMap((text, at) => [at === 0 ? '?' : '&', text]))
const uri = fc
  .tuple(
    some('postgresql://', 'postgres://'),
    fc.option(credentials),
    uriHosts,
    fc.option(some(...DATABASES).chain(written)),
    query,
    some('', '', '', '&', '?', '&&', '#x'),
  )
  .map(([scheme, who, hosts, database, rest, end]) => [
    scheme,
    who ?? '',
    hosts,
    database === null ? '' : `/${database}`,
    ...rest,
    end,
  ])

const quoted = (text: string) => `'${text.replace(/[\\']/g, '\\$&')}'`
const escaped = (text: string) => text.replace(/[\s\\']/g, '\\$&')
const pair = fc.tuple(word, fc.nat(9), some('=', '=', '=', ' = ', '= ', '\t=')).map(([[key, value], way, equals]) => {
  const text = way < 4 || value === '' ? quoted(value) : way < 8 ? escaped(value) : value
  return `${key}${equals}${text}`
})
const pairs = fc
  .tuple(
    fc.array(fc.tuple(pair, some(' ', ' ', ' ', '\n', '  ', '\t', '', '\u00a0')), { maxLength: 6 }),
    some('', '', ' '),
  )
  .map(([list, begin]) => [begin, ...list.flat()])
const noise = some(
  '%',
  "'",
  '\\',
  '=',
  '&',
  ' ',
  '@',
  ':',
  '/',
  '?',
  ',',
  '[',
  ']',
  '%00',
  '%zz',
  '%2C',
  '#',
  '\u00a0',
  '\r',
  '\\ ',
  "''",
  'é',
)
const text = fc
  .tuple(fc.oneof({ weight: 1, arbitrary: uri }, { weight: 1, arbitrary: pairs }), fc.nat(9), fc.nat(20), noise)
  .map(([pieces, chance, at, sign]) => (chance > 0 ? pieces : pieces.toSpliced(1 + (at % pieces.length), 0, sign)))

const serviceLine = fc.oneof(
  { weight: 5, arbitrary: word.map(([key, value]) => Buffer.from(`${key}=${value}`).toString('latin1')) },
  {
    weight: 1,
    arbitrary: some(
      '[svc]',
      '[other]',
      ' [svc] # prod',
      '[svc',
      '# x',
      '',
      '  ',
      'user',
      'ldap://h/x?y',
      'service=other',
      '[]',
      ' user=indented',
      'user=trailing  ',
      'password= hush',
      '\u00e9=x',
      '# \u00e9',
      'user=a=b',
      'user=a # b',
      'user="a"',
      '=x',
      '\u00a0user=x',
    ),
  },
)
const service = fc
  .array(serviceLine, { maxLength: 5 })
  .chain((lines) => some('[svc]', '[svc]', '[other]').map((head) => [head, ...lines]))

const field = (...values: string[]) => some('*', '*', ...values, 'x')
const passLine = fc
  .tuple(
    field('127.0.0.1', 'localhost', '127.0.0.2', '::1', '\\:\\:1', '{D}', '\\127.0.0.1'),
    field('{P1}', '{P1}', '5432', '{P2}'),
    field('app', 'anna', 'a/b', 'two words', 'Ã©'),
    field('anna', 'an na', 'Ã©', 'u\\:v', 'u:v', 'a\\\\b', 'a\\b'),
    some('hush1', 'hush2', '', 'hush\\:3', 'hush:4', 'hush\\\\5', 'hush ', 'hush\\', '*', 'hÃ¼sh'),
    some('\n', '\n', '\n', '\r\n', '\r\r\n', ''),
  )
  .map(([host, port, database, user, password, end]) => `${[host, port, database, user, password].join(':')}${end}`)
const passfile = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: passLine },
    { weight: 1, arbitrary: some('# x\n', '\n', ' #\n', '# \u00e9\n', 'x\n', '*:*:*:*\n', '\r\n') },
  ),
  { maxLength: 4 },
)

/** A case in which a server is mostly reached. */
export const cases: fc.Arbitrary<LibpqCase> = fc
  .record({
    pieces: text,
    env: fc.array(variable, { maxLength: 3 }),
    places: fc.array(place, { maxLength: 2 }),
    service,
    passfile,
    port: fc.nat(3),
    key: fc.option(some(...(VALUES.sslkey ?? [])), { freq: 4 }),
  })
  .map(({ pieces, env, places, service, passfile, port, key }) => {
    const further = places.map((one) => one.split('=') as [string, string])
    // Else most would knock at the usual port, where nobody listens.
    const usual: [string, string][] = port > 0 ? [['PGPORT', '{P1}']] : []
    // A key means something only beside a certificate.
    const client: [string, string][] =
      key === null
        ? []
        : [
            ['PGSSLCERT', '{F}/client.crt'],
            ['PGSSLKEY', key],
          ]
    const all = new Map<string, string>([
      ['HOME', '{F}'],
      ['PGSERVICEFILE', '{F}/services'],
      ...usual,
      ...further,
      ...client,
      ...env,
    ])
    // Blanks alone are the name of a database to psql.
    const isBlank = pieces.join('').trim() === ''
    return { pieces: isBlank ? [] : pieces.filter((piece) => piece !== ''), env: [...all], service, passfile }
  })
