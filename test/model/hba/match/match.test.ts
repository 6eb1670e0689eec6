import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Asked, verdictOf } from '../asked.ts'

/** One line alone: why it does not fit, or null. */
function because(line: string, asked: Asked = {}, version?: number) {
  const verdict = verdictOf(line, asked, version)
  assert.notEqual(verdict.result, 'invalid', verdict.error ?? '')
  return verdict.consideredLines[0]?.mismatch
}

const TABLE: readonly (readonly [string, Asked, ReturnType<typeof because>])[] = [
  ['local all all trust', {}, 'type'],
  ['local all all trust', { type: 'local' }, null],
  ['host all all all trust', { type: 'local' }, 'type'],
  ['hostssl all all all trust', {}, 'encryption'],
  ['hostssl all all all trust', { ssl: true }, null],
  ['hostnossl all all all trust', { ssl: true }, 'encryption'],
  ['hostnossl all all all trust', { gss: true }, null],
  ['hostgssenc all all all trust', { ssl: true }, 'encryption'],
  ['hostgssenc all all all trust', { gss: true }, null],
  ['hostnogssenc all all all trust', { gss: true }, 'encryption'],
  ['host all all 10.0.0.0/24 trust', {}, null],
  ['host all all 10.0.1.0/24 trust', {}, 'address'],
  ['host all all 10.0.0.0 255.255.255.0 trust', {}, null],
  ['host all all 10.0.9.7 255.255.0.255 trust', {}, null],
  ['host all all 10.7/32 trust', {}, null],
  ['host all all 0.0.0.0/0 trust', { address: '::1' }, 'address'],
  ['host all all 10.0.0.7/32 trust', { address: '::ffff:10.0.0.7' }, 'address'],
  ['host all all ::/0 trust', {}, 'address'],
  ['host all all ::1/128 trust', { address: '0:0::1' }, null],
  ['host all all samehost trust', {}, 'address'],
  ['host all all samehost trust', { address: '10.0.0.1' }, null],
  ['host all all samenet trust', {}, null],
  ['host all all samenet trust', { address: 'fe80::99' }, null],
  ['host all all db.example.net trust', {}, 'address'],
  ['host all all db.example.net trust', { clientName: 'DB.example.net' }, null],
  ['host all all .example.net trust', { clientName: 'db.example.net' }, null],
  ['host all all .example.net trust', { clientName: 'example.net' }, 'address'],
  ['host app,other all all trust', {}, null],
  ['host other all all trust', {}, 'database'],
  ['host "all" all all trust', {}, 'database'],
  ['host "all" all all trust', { database: 'all' }, null],
  ['host sameuser all all trust', {}, 'database'],
  ['host sameuser all all trust', { database: 'alice' }, null],
  ['host "sameuser" all all trust', { database: 'sameuser' }, null],
  ['host samerole all all trust', { memberOf: ['app'] }, null],
  ['host samegroup all all trust', { database: 'alice' }, null],
  ['host samerole all all trust', {}, 'database'],
  ['host all all all trust', { replication: true }, 'database'],
  ['host replication all all trust', { replication: true }, null],
  ['host "replication" all all trust', { replication: true }, 'database'],
  ['host replication all all trust', { database: 'replication' }, 'database'],
  ['host "replication" all all trust', { database: 'replication' }, null],
  ['host all,replication all all trust', { replication: true }, null],
  ['host all +grp all trust', {}, 'user'],
  ['host all +grp all trust', { memberOf: ['grp'] }, null],
  ['host all +alice all trust', {}, null],
  ['host all "+grp" all trust', { memberOf: ['grp'] }, 'user'],
  ['host all "all" all trust', {}, 'user'],
  ['host all bob,alice all trust', {}, null],
  ['host all Alice all trust', {}, 'user'],
  ['host all /^al all trust', {}, null],
  ['host all "/^(bob|alice)$" all trust', {}, null],
  ['host /^ap{2}$ all all trust', {}, null],
  ['host /^b all all trust', {}, 'database'],
]

describe('one line', () => {
  for (const [line, asked, expected] of TABLE) {
    test(`${line} for ${JSON.stringify(asked)}: ${expected ?? 'fits'}`, () => {
      assert.equal(because(line, asked), expected)
    })
  }

  test('before version 16 a word with a slash is a name', () => {
    assert.equal(because('host all /^al all trust', {}, 15), 'user')
    assert.equal(because('host all /^al all trust', { user: '/^al' }, 15), null)
  })
})

describe('the file', () => {
  const file = '# rules\nlocal all all peer\nhost app alice 10.0.0.9/32 reject\nhost app alice 10.0.0.0/24 md5\n'

  test('the first line that fits decides, and the others say why not', () => {
    assert.deepEqual(verdictOf(file), {
      result: 'allow',
      method: 'md5',
      file: 'pg_hba.conf',
      line: 4,
      rule: 'host app alice 10.0.0.0/24 md5',
      consideredLines: [
        { file: 'pg_hba.conf', line: 2, matches: false, mismatch: 'type' },
        { file: 'pg_hba.conf', line: 3, matches: false, mismatch: 'address' },
        { file: 'pg_hba.conf', line: 4, matches: true, mismatch: null },
      ],
      error: null,
    })
    assert.equal(verdictOf(file, { address: '10.0.0.9' }).result, 'reject')
    assert.equal(verdictOf(file, { user: 'bob' }).result, 'no-match')
  })

  test('one wrong line makes the whole file invalid', () => {
    const verdict = verdictOf(`${file}host all all 10.0.0.1 /32 md5\n`)
    assert.deepEqual([verdict.result, verdict.line], ['invalid', 5])
    assert.match(verdict.error ?? '', /^invalid IP mask "\/32"/)
  })

  test('a pattern that only the server can evaluate leaves the answer open, unless another word fits', () => {
    assert.equal(verdictOf('host all "/(a)\\1" all trust').result, 'unknown')
    assert.equal(verdictOf('host all "/(a)\\1",alice all trust').result, 'allow')
  })
})
