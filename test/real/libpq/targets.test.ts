// target_session_attrs with lists of hosts: pgdeck ends on the server on which psql ends, or on none.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { parseDsn } from '../../../src/config/dsn/dsn.ts'
import { freePort } from '../../../src/io/network/free-port.ts'
import { openDatabaseSession } from '../../../src/io/postgres/database-session.ts'
import { FaultError } from '../../../src/model/values/fault.ts'
import { patiently } from '../../wait.ts'
import { END_MAJORS, majorsToTry, withCluster } from '../embedded.ts'
import { PSQL, withoutPsql } from './sides.ts'

const VALUES = ['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby']
const QUESTION = 'select pg_catalog.inet_server_port()::text as port'

describe('the server of several', { skip: withoutPsql }, () => {
  for (const major of majorsToTry(END_MAJORS.slice(-1))) {
    test(`each value of target_session_attrs on PostgreSQL ${major}`, () =>
      withCluster({ major, standbys: 1 }, async ({ primary, standbys, password }) => {
        await withCluster({ major }, async ({ primary: other }) => {
          // One password for both.
          await other.query(`alter role pgdeck password '${password}'`)
          await other.setSetting('default_transaction_read_only', 'on')
          const [first, standby] = [primary.port, standbys[0]?.port ?? 0]
          const ports: readonly (readonly number[])[] = [
            ...[[first], [standby], [other.port], [standby, first], [first, standby], [other.port, first]],
            ...[
              [other.port, standby],
              [await freePort(), standby, first],
              [standby, other.port],
            ],
          ]
          for (const list of ports) {
            await Promise.all(VALUES.map((target) => compare(list, target, password)))
          }
        })
      }))
  }
})

async function compare(ports: readonly number[], target: string, password: string): Promise<void> {
  const hosts = ports.map(() => '127.0.0.1').join(',')
  const dsn = `host=${hosts} port=${ports.join(',')} user=pgdeck dbname=postgres password=${password} target_session_attrs=${target}`
  assert.equal(await pgdeckPort(dsn), await psqlPort(dsn), `${target} of ${ports.join(', ')}`)
}

async function psqlPort(dsn: string): Promise<string | null> {
  const psql = spawn(PSQL, ['-X', '-w', '-A', '-t', '-c', QUESTION, '-d', dsn], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let answer = ''
  psql.stdout.setEncoding('utf8').on('data', (piece) => {
    answer += piece
  })
  const [code] = await once(psql, 'close')
  return code === 0 ? answer.trim() : null
}

async function pgdeckPort(dsn: string): Promise<string | null> {
  const connection = parseDsn(dsn, { HOME: '/nonexistent' })
  const session = openDatabaseSession({ connection, passwordCommand: null, timeoutMs: patiently(2_000) })
  try {
    const rows = await session.query<{ port: string }>({ name: 'port', text: QUESTION }, new AbortController().signal)
    return rows[0]?.port ?? ''
  } catch (error) {
    assert.ok(error instanceof FaultError)
    return null
  } finally {
    await session.close()
  }
}
