import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PLUGIN_CHECKS } from '../../../src/cli/commands/check/checks.ts'
import { evaluateCheck, parseCheckArguments } from '../../../src/cli/commands/check/run.ts'
import { replayBacklogBytes } from '../../../src/model/failover/loss-basis.ts'
import type { DatabasePulse } from '../../../src/model/measured/pulse.ts'
import type { DatabaseSample } from '../../../src/model/measured/snapshot.ts'
import { replayStallOf } from '../../../src/model/replication/replay-stall.ts'
import { stateOf } from '../../builders/picture-state.ts'
import { aCluster, aDatabase, aStandbyPulse, NOW, PRIMARY_LSN } from '../../builders/snapshot.ts'

const AT = PRIMARY_LSN - 100n
type Over = Parameters<typeof aStandbyPulse>[0]
const startup = (wait: string | null, waitType = 'IPC') => ({ pid: 7, waitType, wait, heldBy: null })
const behind = (over: Over = {}): DatabasePulse =>
  aStandbyPulse({
    startupProcess: startup(null),
    ...over,
    standby: { replayedLsn: AT, applyLagSeconds: 40, ...over?.standby },
  })
const past = (...replayed: readonly bigint[]): readonly DatabaseSample[] =>
  replayed.map((replayedLsn, index) => ({
    at: NOW - (replayed.length - 1 - index) * 5000,
    lsn: PRIMARY_LSN,
    replayedLsn,
    backlogBytes: Number(PRIMARY_LSN - replayedLsn),
  }))
const secondsOf = (pulse: DatabasePulse, history = past(AT)) => {
  const stall = replayStallOf({ pulse, history })
  return stall === null || stall === 'unknown' ? stall : stall.seconds
}

test('positions that do not move tell how long, and one reading has the age of the last commit', () => {
  const conflict = behind({ startupProcess: startup('RecoveryConflictSnapshot') })
  assert.equal(secondsOf(conflict), 40)
  assert.equal(secondsOf(conflict, past(AT - 5n, AT, AT, AT)), 10)
  assert.equal(secondsOf(conflict, past(AT - 5n, AT)), null)
  assert.equal(secondsOf(behind(), past(AT, AT, AT)), 10)
  assert.equal(secondsOf(behind()), null)
})

test('what it waits for', () => {
  const stallOf = (wait: string, waitType?: string) => {
    const stall = replayStallOf({ pulse: behind({ startupProcess: startup(wait, waitType) }), history: past(AT, AT) })
    return stall === null || stall === 'unknown' ? [] : [stall.waitsForSessions, stall.text]
  }
  assert.deepEqual(stallOf('relation', 'Lock'), [
    true,
    'it waits for a lock that a session on the standby holds (startup process 7, relation)',
  ])
  const heldBy = { pid: 9, application: 'report' }
  const locked = behind({ startupProcess: { ...startup('relation', 'Lock'), heldBy } })
  const stall = replayStallOf({ pulse: locked, history: past(AT, AT) })
  const text = 'it waits for a lock that process 9 (report) on the standby holds (startup process 7, relation)'
  assert.equal(stall === null || stall === 'unknown' ? stall : stall.text, text)
  for (const pin of ['BufferPin', 'Buffer', 'RecoveryConflictTablespace']) assert.equal(stallOf(pin)[0], true, pin)
  assert.deepEqual(stallOf('RestoreCommand'), [
    false,
    'its restore_command does not end (startup process 7, RestoreCommand)',
  ])
  assert.deepEqual(stallOf('DataFileRead', 'IO'), [false, 'its startup process 7, DataFileRead'])
})

test('a pause, a delay on purpose and nothing to replay are no stall', () => {
  const still = past(AT, AT, AT)
  assert.equal(secondsOf(behind({ standby: { pause: 'paused' } }), still), null)
  assert.equal(secondsOf(behind({ applyDelayMs: 3_600_000 }), still), null)
  assert.equal(secondsOf(aStandbyPulse(), past(PRIMARY_LSN, PRIMARY_LSN)), null)
})

test('a part of a record at the end, as a crashed primary leaves it, is nothing to replay', () => {
  for (const wait of ['RecoveryRetrieveRetryInterval', 'RecoveryWalStream']) {
    const pulse = behind({ startupProcess: startup(wait, 'Timeout'), standby: { receiver: null } })
    assert.equal(secondsOf(pulse, past(AT, AT, AT)), null, wait)
    assert.equal(replayBacklogBytes({ pulse }), 0, wait)
  }
  assert.equal(replayBacklogBytes({ pulse: behind() }), 100)
  const hidden = behind({ startupProcess: null, standby: { receiver: null } })
  assert.equal(secondsOf(hidden, past(AT, AT, AT)), 'unknown')
})

test('a standby that is late on purpose can stall too, for what is beyond its delay', () => {
  const late = (applyLagSeconds: number) =>
    behind({
      applyDelayMs: 30_000,
      startupProcess: startup('RecoveryConflictSnapshot'),
      standby: { applyLagSeconds },
    })
  assert.equal(secondsOf(late(34), past(AT, AT, AT)), 4)
  assert.equal(secondsOf(late(90), past(AT, AT, AT)), 10)
  assert.equal(secondsOf(late(90)), 60)
  assert.equal(secondsOf(late(30)), null)
})

test('a restore_command that every reading finds running, also with nothing received', () => {
  const waiting = aStandbyPulse({ startupProcess: startup('RestoreCommand'), standby: { receivedLsn: null } })
  const found = (...running: readonly boolean[]) =>
    secondsOf(
      waiting,
      running.map((isRestoring, index) => ({
        at: NOW + index * 5000,
        lsn: PRIMARY_LSN,
        replayedLsn: PRIMARY_LSN,
        backlogBytes: 0,
        ...(isRestoring ? { isRestoring } : {}),
      })),
    )
  assert.equal(found(false, true, true, true), 10)
  // A standby that waits for the next file runs it for an instant now and then.
  assert.equal(found(true, false, true), null)
  assert.equal(found(true), null)
})

test('hidden: two readings tell by the positions, one is unknown', () => {
  const hidden = behind({ startupProcess: null })
  assert.equal(secondsOf(hidden), 'unknown')
  assert.equal(secondsOf(hidden, past(AT, AT, AT)), 10)
})

test('the check', () => {
  const check = (pulse: DatabasePulse) => {
    const state = stateOf(aCluster({ databases: [aDatabase({ id: 'a', pulse, history: past(AT) })] }))
    const rule = PLUGIN_CHECKS['replay-stalled']
    return evaluateCheck(rule, parseCheckArguments(rule, { rule: 'replay-stalled', name: null }), state).line
  }
  assert.match(
    check(behind({ startupProcess: startup('RecoveryConflictSnapshot') })),
    /^PGDECK WARNING.* a 40 s: it waits for a query/,
  )
  assert.match(check(behind({ startupProcess: null })), /^PGDECK UNKNOWN/)
  assert.match(check(behind()), /^PGDECK OK/)
})
