import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import {
  parseServerNetworks,
  rulesFromFile,
  type TestedConnection,
} from '../../../../src/cli/commands/hba/rules-source.ts'
import { type HbaTestOptions, hbaTestCommand } from '../../../../src/cli/commands/hba/run-test.ts'
import { UsageError } from '../../../../src/cli/invocation/exit-codes.ts'
import { scratch } from '../../../config/scratch.ts'

const FILE =
  'local all all peer\nhost app +grp 10.0.0.0/8 reject\nhost app all samenet scram-sha-256\nhost app alice samehost md5\n'
const ALICE: TestedConnection = { type: 'host', database: 'app', user: 'alice', address: '192.168.1.9' }

function written(t: TestContext, text = FILE): string {
  return scratch(t).write('pg_hba.conf', text)
}

async function run(file: string, given: Partial<HbaTestOptions> & { readonly version?: number }) {
  const printed: string[] = []
  const output = { isTerminal: false, write: async (text: string) => void printed.push(text) }
  const rulesSource = rulesFromFile(file, given.version, parseServerNetworks(['192.168.1.1/24']))
  const own = { rulesSource, connection: null, batch: null, json: true, output, notify: () => {} }
  const code = await hbaTestCommand({ ...own, ...given })
  return { code, text: printed.join('') }
}

async function* lines(...texts: readonly unknown[]) {
  for (const text of texts) yield typeof text === 'string' ? text : JSON.stringify(text)
}

describe('hba test', () => {
  test('the document names the deciding line, the reasons before it, and lines that are never reached', async (t) => {
    const file = written(t)
    const { code, text } = await run(file, { connection: ALICE })
    assert.equal(code, 0)
    assert.deepEqual(JSON.parse(text), {
      decision: 'allow',
      method: 'scram-sha-256',
      file,
      line: 3,
      rule: 'host app all samenet scram-sha-256',
      considered: [
        { line: 1, matches: false, because: 'type' },
        { line: 2, matches: false, because: 'address' },
        { line: 3, matches: true, because: null },
      ],
      shadowed: [{ file, line: 4, by: { file, line: 3 } }],
    })
  })

  test('reject and no match exit with 1; being a superuser is no membership', async (t) => {
    const file = written(t)
    const inside = { ...ALICE, address: '10.0.0.7' }
    const member = await run(file, { connection: { ...inside, memberOf: ['grp'] } })
    assert.deepEqual([member.code, JSON.parse(member.text).decision], [1, 'reject'])
    const superuser = await run(file, { connection: { ...inside, superuser: true } })
    assert.deepEqual([superuser.code, JSON.parse(superuser.text).decision], [1, 'no-match'])
  })

  test('a file that the server refuses: the line, the error, and that the old rules stay', async (t) => {
    const file = written(t, `${FILE}host replication ro 10.0.0.1 /32 md5\nbad\n`)
    const json = JSON.parse((await run(file, { connection: ALICE })).text)
    assert.deepEqual([json.decision, json.line, json.errors.length], ['invalid', 5, 2])
    assert.match(json.error, /^invalid IP mask/)
    const { code, text } = await run(file, { connection: ALICE, json: false })
    assert.equal(code, 1)
    assert.match(
      text,
      /pg_hba\.conf:5: invalid IP mask "\/32".*old rules stay in force\n[\s\S]*also .*:6: invalid connection type/,
    )
  })

  test('a batch answers a line each, in order', async (t) => {
    const asked = [ALICE, { type: 'local', database: 'app', user: 'bob' }, { ...ALICE, replication: true }]
    const { code, text } = await run(written(t), { batch: lines(...asked) })
    const decisions = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).method)
    assert.deepEqual([code, decisions], [1, ['scram-sha-256', 'peer', null]])
  })

  test('the version decides what words mean', async (t) => {
    const file = written(t, 'host all /^al all trust\n')
    assert.equal((await run(file, { connection: ALICE, version: 16 })).code, 0)
    assert.equal((await run(file, { connection: ALICE, version: 15 })).code, 1)
  })

  const WRONG: readonly (readonly [string, TestedConnection, RegExp])[] = [
    ['no database', { type: 'local', user: 'a' }, /the database is missing/],
    ['no address', { type: 'host', user: 'a', database: 'b' }, /the address of the client is missing/],
    ['no such address', { ...ALICE, address: 'here' }, /"here" is no IPv4/],
    ['both encryptions', { ...ALICE, ssl: true, gss: true }, /not both/],
    ['an encrypted socket', { type: 'local', user: 'a', database: 'b', ssl: true }, /no encryption/],
  ]
  for (const [name, connection, message] of WRONG) {
    test(`${name} is wrong usage`, async (t) => {
      const isTold = (error: unknown) => error instanceof UsageError && message.test(error.message)
      await assert.rejects(run(written(t), { connection }), isTold)
    })
  }

  test('a wrong line of a batch is named', async (t) => {
    const failing = run(written(t), { batch: lines(ALICE, '{"type":"pipe","user":"a"}') })
    await assert.rejects(failing, /line 2 of the batch: type/)
    await assert.rejects(run(written(t), { batch: lines('{') }), /line 1 of the batch is no JSON/)
  })

  test('a file that is not there is told', async () => {
    await assert.rejects(run('/nowhere/pg_hba.conf', { connection: ALICE }), {
      name: 'UsageError',
      message: /--file \/nowhere\/pg_hba.conf: there is no such file/,
    })
  })
})
