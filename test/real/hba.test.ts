// The model of pg_hba.conf against a real server: random files and connections, with the server's own log as judge.

import assert from 'node:assert/strict'
import { connect, type NetConnectOpts } from 'node:net'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { PostgresNode } from '../../src/demo/node.ts'
import { sizeOf, textOf } from '../../src/io/disk.ts'
import { parseNetwork } from '../../src/model/hba/address.ts'
import { decide } from '../../src/model/hba/match.ts'
import { type Asked, connection, rulesOf } from '../model/hba/asked.ts'
import { MAJORS, withCluster } from './embedded.ts'

const FILES = 50
const CONNECTIONS = 8
const SEED = 20_261_122
/** So that the test itself gets in. */
const OWN_LINE = 'local postgres postgres trust\n'

const DATABASES = ['app', 'grp', 'alice', 'all', 'replication']
const USERS = ['alice', 'bob', 'carol', 'root']
/** All of bob's are direct; carol's are not; the superuser root is a member of nothing. */
const MEMBER_OF: Readonly<Record<string, readonly string[]>> = { bob: ['grp'], carol: ['inner', 'grp'] }

const some = (...words: string[]) => fc.constantFrom(...words)
const list = (word: fc.Arbitrary<string>) =>
  fc.array(word, { minLength: 1, maxLength: 2 }).map((words) => words.join(','))
const database = list(
  some('all', 'app', 'replication', '"replication"', '"all"', 'sameuser', 'samerole', 'grp', '/^a', '"a"pp'),
)
const user = list(some('all', 'alice', 'bob', '+grp', '"+grp"', '"all"', '/^(bob|carol)$', '+alice', 'root'))
const address = some(
  'all',
  '127.0.0.0/30',
  '127.0.0.3/32',
  '127.0.0.2 255.255.255.254',
  '127.0.0.5/8',
  '::1/128',
  'samehost',
  '127.1/32',
)
const method = some('trust', 'trust', 'reject', 'trust # why')
const line = fc.oneof(
  { weight: 1, arbitrary: fc.tuple(some('local'), database, user, method) },
  {
    weight: 5,
    arbitrary: fc.tuple(some('host', 'hostnossl', 'host', 'hostnogssenc'), database, user, address, method),
  },
)
const joined = fc.tuple(line, some(' ', '\t', ' \\\n ')).map(([words, between]) => words.join(between))
const wrong = some('host all all 127.0.0.1 /32 trust', 'host all all all nothing', 'hots all all all trust')
const file = fc
  .tuple(
    fc.array(joined, { minLength: 1, maxLength: 6 }),
    fc.oneof({ weight: 8, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: wrong }),
  )
  .map(([lines, bad]) => `${OWN_LINE}${[...lines, ...(bad === null ? [] : [bad])].join('\n')}\n`)
const asked: fc.Arbitrary<Asked> = fc.record({
  type: fc.constantFrom('host', 'host', 'host', 'local'),
  address: some('127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5'),
  database: some(...DATABASES),
  user: some(...USERS),
  replication: fc.constantFrom(false, false, true),
})

/** What the server answers to the first message: that the connection is let in, or why not. */
function knock(
  node: PostgresNode,
  { type, address: from, database: to, user: who, replication }: Asked,
): Promise<string> {
  const words = ['user', who, 'database', to, ...(replication ? ['replication', 'true'] : []), '', '']
  const body = Buffer.from(words.join('\0'))
  const head = Buffer.alloc(8)
  head.writeUInt32BE(body.length + 8, 0)
  head.writeUInt32BE(196_608, 4)
  const socket = `${node.socketDirectory}/.s.PGSQL.${node.port}`
  const route: NetConnectOpts =
    type === 'local' ? { path: socket } : { port: node.port, host: node.host, ...(from ? { localAddress: from } : {}) }
  return new Promise((resolve, reject) => {
    const client = connect(route, () => client.write(Buffer.concat([head, body])))
    client.setTimeout(5_000, () => client.destroy(new Error('the server does not answer')))
    client.on('error', reject)
    client.once('data', (answer) => {
      resolve(answer.toString('latin1'))
      client.destroy()
    })
  })
}

/** The server's decision in the words of the model, with the line that its log names. */
async function judged(node: PostgresNode, ask: Asked): Promise<string> {
  const before = sizeOf(node.logFile)
  const answer = await knock(node, ask)
  if (answer.includes('no pg_hba.conf entry')) return 'no-match'
  if (answer.includes('pg_hba.conf rejects')) return 'reject'
  const log = Buffer.from(textOf(node.logFile) ?? '')
    .subarray(before)
    .toString()
  const number = /connection authenticated: .*pg_hba\.conf:(\d+)\)/.exec(log)?.[1]
  return `allow at line ${number ?? `nowhere: ${answer} ${log}`}`
}

async function prepare(node: PostgresNode): Promise<void> {
  await node.query('create role grp; create role inner in role grp; create role alice login replication')
  await node.query('create role bob login replication in role grp; create role carol login replication in role inner')
  await node.query('create role root login superuser')
}

describe('pg_hba.conf', { skip: !MAJORS.includes(18) && 'no PostgreSQL 18 on this machine' }, () => {
  test('the model decides as a real server does, with the same line', async () => {
    const settings = { log_connections: 'authentication', listen_addresses: '127.0.0.1' }
    await withCluster({ major: 18, settings }, async ({ primary }) => {
      await prepare(primary)
      const loopback = [parseNetwork('127.0.0.1/8'), parseNetwork('::1/128')].flatMap((one) => one ?? [])
      const seen = new Map<string, number>()
      for (const [number, text] of fc.sample(file, { seed: SEED, numRuns: FILES }).entries()) {
        const before = sizeOf(primary.logFile)
        await primary.setHba(text)
        const rules = rulesOf(text)
        for (const ask of fc.sample(asked, { seed: SEED + number, numRuns: CONNECTIONS })) {
          const verdict = decide(rules, connection({ ...ask, memberOf: MEMBER_OF[ask.user ?? ''] ?? [] }), loopback)
          const theirs = await judged(primary, ask)
          seen.set(verdict.decision, (seen.get(verdict.decision) ?? 0) + 1)
          const log = Buffer.from(textOf(primary.logFile) ?? '')
            .subarray(before)
            .toString()
          assert.equal(log.includes('was not reloaded'), verdict.decision === 'invalid', `${text}\n${log}`)
          if (verdict.decision === 'invalid') {
            assert.ok(log.includes(verdict.error?.replace(/:.*/, '') ?? '?'), `${verdict.error}\n${log}`)
            continue
          }
          const ours = verdict.decision === 'allow' ? `allow at line ${verdict.line}` : verdict.decision
          assert.equal(ours, theirs, `${JSON.stringify(ask)}\n${text}`)
        }
      }
      for (const decision of ['allow', 'reject', 'no-match', 'invalid']) {
        assert.ok((seen.get(decision) ?? 0) > 0, `${decision} never came up: ${JSON.stringify([...seen])}`)
      }
    })
  })
})
