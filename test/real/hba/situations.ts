// Random files of pg_hba.conf, of every kind of line there is, and random connections to decide on.

import fc from 'fast-check'
import type { Knock } from './knock.ts'

/** Texts by path in the data directory; the main file is `pg_hba.conf`. */
export type Files = Readonly<Record<string, string>>

/** So that the test itself gets in. */
export const OWN_LINE = 'local postgres postgres trust\n'

/** Some versions cut it off. */
const LONG_NAME = 'longer'.repeat(12)
export const DATABASES = ['app', 'grp', 'inner', 'alice', 'all', 'replication', 'sameuser', 'two words', 'a,b', '+grp']
export const USERS = ['alice', 'bob', 'carol', 'root', 'ghost', 'all', 'two words', '+grp', LONG_NAME]
/** All of bob's are direct; carol's are not; the superuser root is a member of nothing; ghost is not there. */
export const MEMBER_OF: Readonly<Record<string, readonly string[]>> = {
  bob: ['grp'],
  carol: ['inner', 'grp'],
  inner: ['grp'],
}
export const ADDRESSES = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5', '127.9.8.7', '::1'] as const

const some = (...words: string[]) => fc.constantFrom(...words)
const chance = <T>(weight: number, arbitrary: fc.Arbitrary<T>) => ({ weight, arbitrary })

const piece = some(
  ...['a', 'l', 'i', 'ali', 'bob', '.', '[a-c]', '[^b]', '[[:alpha:]]', '[a-c', '\\w', '\\d', '\\s', '\\S', '^', '$'],
  ...['|', '(', ')', '*', '+', '?', '{2}', '{1,2}', '{0,}', '\\m', '\\M', '\\y', '(?i)', '(?=a)', '(?!b)', '(?:a|b)'],
  ...['\\1', '(a)', '\\A', '\\Z', '[]a]', '[a-]', 'A', '***=', '\\x61', '*?', '{3,1}', '{', '}', '[:alpha:]', '\\.'],
)
/** A regular expression, often a wrong one. */
export const pattern = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(''))
const goodPattern = some('/^a', '/^(bob|carol)$', '/l', '"/^[a-c]{1,3}"', '/e$', '/(?i)^ALICE$', '/.*', '/\\mwords')

function quotedIf(word: string): string {
  return /[\s,"#]/.test(word) ? `"${word.replaceAll('"', '""')}"` : word
}

const database = fc.oneof(
  chance(
    9,
    some(
      ...['all', 'all', 'app', 'app', 'replication', '"replication"', '"all"', 'sameuser', '"sameuser"', 'samerole'],
      ...['samegroup', 'grp', 'inner', '"a"pp', 'a"p"p', '"two words"', 'two" words"', '"a,b"', '@words', '+grp'],
    ),
  ),
  chance(2, goodPattern),
)
const user = fc.oneof(
  chance(
    9,
    some(
      ...['all', 'all', 'alice', 'bob', '+grp', '"+grp"', '+"grp"', '"all"', '+alice', '+inner', '+ghost', '+root'],
      ...[
        'root',
        'carol',
        'ghost',
        'a"lice"',
        '"two words"',
        '@words',
        '+nobody',
        'ALICE',
        '"alice"""',
        LONG_NAME,
        LONG_NAME.slice(0, 63),
      ],
    ),
  ),
  chance(2, goodPattern),
)
const list = (word: fc.Arbitrary<string>) =>
  fc
    .tuple(fc.array(word, { minLength: 1, maxLength: 3 }), some(',', ',', ', ', ',,'))
    .map(([words, comma]) => words.join(comma))
const address = some(
  ...['all', 'all', '127.0.0.0/30', '127.0.0.3/32', '127.0.0.2 255.255.255.254', '127.0.0.5/8', '::1/128', 'samehost'],
  ...['samenet', '127.1/32', '0.0.0.0/0', '::/0', '127.0.0.5 255.0.255.255', '"127.0.0.4"/32', '::1 ffff::', '"all"'],
  ...['::ffff:127.0.0.1/128', '0x7f000001/32', '127.0.0.4   255.255.255.255', '::127.0.0.1/96', '"samehost"'],
)
const name = some(
  'localhost',
  'LOCALHOST',
  '.localhost',
  '.host',
  'nowhere.invalid',
  '.invalid',
  '"localhost"',
  'al"l"',
)
const method = (versionHint: boolean) =>
  some('password', 'password', 'password', 'md5', 'scram-sha-256', 'reject', versionHint ? 'trust # why' : 'trust')
const hostType = some('host', 'host', 'host', 'hostssl', 'hostnossl', 'hostnogssenc')
const gap = some(' ', ' ', '\t', '  ', ' \\\n ', '\\\n\t', '\r ')

function line(names: boolean): fc.Arbitrary<string> {
  const where = names ? fc.oneof(chance(5, address), chance(1, name)) : address
  const local = fc.tuple(fc.constant('local'), list(database), list(user), method(false))
  const host = fc.tuple(hostType, list(database), list(user), where, method(true))
  return fc
    .tuple(fc.oneof(chance(1, local), chance(6, host)), gap, some('', '', '', ' ', '\t# so', '\r'))
    .map(([words, between, end]) => words.join(between) + end)
}

const wrong = some(
  ...['host all all 127.0.0.1 /32 trust', 'host all all all nothing', 'hots all all all trust', 'host', 'local all'],
  ...['host all all 127.0.0.1/33 trust', 'host all all 127.0.0.1 255.0 trust', 'host all all 1.2.3.4/x trust', '\\'],
  ...[
    'host all all a,b trust',
    'host,local all all all trust',
    'host all all ::1 255.0.0.0 trust',
    'local all all all',
  ],
  ...[
    'host all all all md5 map=x',
    'host all all all md5 clientcert=verify-ca',
    'hostssl all all all cert clientcert=1',
  ],
  ...['host all @missing all trust', 'host all "@missing" all trust', 'hostssl all all all md5 clientcert=verify-ca'],
  ...['include', 'include missing', 'include_if_exists missing', 'include_dir missing', 'include two words'],
  ...['hostssl all all all md5 clientname=CN', 'host all all localhost/32 trust', 'local all all peer map=x', '@words'],
  ...[
    'host all all all trust,reject',
    'host all all all "trust" x',
    'host all all all trust =',
    'host "" "" all trust',
  ],
  ...[`host all ${'x'.repeat(255)} all reject`, `host all ${'x'.repeat(256)} all reject`, 'include pg_hba.conf', '"'],
)
const junk = fc
  .array(
    some(
      ...['host', 'local', 'all', ' ', ' ', ' ', '\t', '"', '""', ',', '#', '\\', '/', '+', '@', '127.0.0.1', '/32'],
      ...["'", '=', 'é', '\r', '\f', '\v', 'trust', 'reject', '::1', '\\\n', 'samehost', '\\ ', '.', '0', '%'],
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((pieces) => pieces.join(''))
const badPattern = fc.tuple(pattern, fc.boolean()).map(([source, first]) => {
  const word = quotedIf(`/${source}`)
  return first ? `host ${word} all all password` : `host all ${word} all password`
})
const including = some(
  'include one.conf',
  'include_if_exists one.conf',
  'include_dir folder',
  'include_dir "folder"/',
  'include ./folder/../one.conf',
  'include_dir folder//',
  'include_dir ""',
  'include_dir " "',
)

/** Files that mostly load; `names`: with host names, which the server looks up; `includes`: it knows them. */
export function files(has: { readonly names: boolean; readonly includes: boolean }): fc.Arbitrary<Files> {
  const more = chance(has.includes ? 1 : 0, including)
  const good = fc.array(fc.oneof(chance(12, line(has.names)), more, chance(1, some('', '# nothing'))), {
    minLength: 1,
    maxLength: 6,
  })
  const odd = fc.oneof(chance(9, fc.constant(null)), chance(1, wrong), chance(1, badPattern), chance(1, junk))
  const part = fc.array(line(false), { maxLength: 2 }).map((lines) => `# more\n${lines.join('\n')}`)
  const words = fc.array(
    some('alice', 'bob', 'app', 'grp', '+grp', 'all', '"all"', '@other', '# no', '/^a', '\n', ','),
    {
      maxLength: 4,
    },
  )
  return fc
    .record({ good, odd, one: part, two: part, words, at: fc.nat(6) })
    .map(({ good, odd, one, two, words, at }) => {
      const lines = odd === null ? good : good.toSpliced(at, 0, odd)
      return {
        'pg_hba.conf': `${OWN_LINE}${lines.join('\n')}\n`,
        'one.conf': one,
        'folder/b.conf': two,
        'folder/a.conf': 'host app ghost 127.9.8.7/32 reject\n',
        'folder/.hidden.conf': 'nonsense\n',
        'folder/c.txt': 'nonsense\n',
        words: words.join(' '),
        other: 'carol\nroot, app\n',
      }
    })
}

/** A connection that can be made here. */
export function knocks({ tls, ipv6 }: { readonly tls: boolean; readonly ipv6: boolean }): fc.Arbitrary<Knock> {
  const knock = fc.record({
    type: fc.constantFrom<Knock['type']>('host', 'host', 'host', 'host', 'local'),
    ssl: tls ? fc.boolean() : fc.constant(false),
    address: some(...ADDRESSES.filter((one) => ipv6 || !one.includes(':'))),
    database: some(...DATABASES),
    user: some(...USERS),
    replication: fc.constantFrom<Knock['replication']>(null, null, null, 'physical', 'logical'),
  })
  return knock.map((asked): Knock => (asked.type === 'local' ? { ...asked, ssl: false } : asked))
}
