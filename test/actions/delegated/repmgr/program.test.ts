// Failures as the program repmgr 5.3.3 told them.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ActionToolbox } from '../../../../src/actions/definition/action.ts'
import { failureOf, runRepmgr } from '../../../../src/actions/delegated/repmgr/program.ts'
import { OutcomeUnknown } from '../../../../src/model/runs/action-error.ts'

const answer = (exitCode: number, text: string) => ({
  exitCode,
  stdout: '',
  said: text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== ''),
})

describe('a failure of repmgr', () => {
  const table = [
    {
      text: `NOTICE: checking switchover on node "node1" (ID: 1) in --dry-run mode
ERROR: connection to database failed
DETAIL:
connection to server at "127.0.0.1", port 27102 failed: Connection refused
	Is the server running on that host and accepting TCP/IP connections?

DETAIL: attempted to connect using:
  user=repmgr connect_timeout=2 dbname=repmgr host=127.0.0.1 port=27102
ERROR: unable to connect to current primary node
HINT: check that the cluster is correctly configured and this standby is registered`,
      why: 'connection to database failed (connection to server at "127.0.0.1", port 27102 failed: Connection refused)',
      hint: 'check that the cluster is correctly configured and this standby is registered',
    },
    {
      text: `ERROR: this replication cluster already has an active primary server
DETAIL: current primary is "node1" (ID: 1)`,
      why: 'this replication cluster already has an active primary server (current primary is "node1" (ID: 1))',
      hint: null,
    },
    {
      text: `ERROR: database is still running in state "in archive recovery"
HINT: "repmgr node rejoin" cannot be executed on a running node`,
      why: 'database is still running in state "in archive recovery"',
      hint: '"repmgr node rejoin" cannot be executed on a running node',
    },
    { text: '', why: 'it ended with 1', hint: null },
  ]
  for (const { text, why, hint } of table)
    test(`is told by its error: ${why}`, () => {
      assert.deepEqual(failureOf(answer(1, text)), { why, hint })
    })
})

describe('a switchover by repmgr that does not end', () => {
  const PLACE = { host: 'box', prefix: [], program: 'repmgr', file: '/etc/repmgr.conf' }

  test('is not waited for longer than five minutes, while clients of a pool may wait, and is not ended', async (context) => {
    context.mock.timers.enable({ apis: ['setTimeout'] })
    const signals: AbortSignal[] = []
    const run = (_: readonly string[], { signal }: { signal: AbortSignal }) => {
      signals.push(signal)
      return new Promise(() => {})
    }
    const tools = {
      signal: new AbortController().signal,
      host: () => ({ name: 'box', run }),
      writeOutput: () => {},
    } as unknown as ActionToolbox
    const lost = assert.rejects(runRepmgr(PLACE, ['standby', 'switchover'], tools), OutcomeUnknown)
    context.mock.timers.tick(300_000)
    await lost
    assert.equal(signals[0]?.aborted, false)
  })
})
