import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PLUGIN_CHECKS } from '../../../src/cli/commands/check/checks.ts'
import { evaluateCheck, parseCheckArguments } from '../../../src/cli/commands/check/run.ts'
import { defaultThresholds } from '../../../src/config/defaults.ts'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import { judgeArchive } from '../../../src/model/diagnosis/archive.ts'
import type { DatabasePulse } from '../../../src/model/measured/pulse.ts'
import { archiverStallOf } from '../../../src/model/storage/archiver-stall.ts'
import { stateOf } from '../../builders/picture-state.ts'
import { aCluster, aDatabase, aPrimaryPulse, aStandbyPulse, NOW } from '../../builders/snapshot.ts'

type Archiver = NonNullable<DatabasePulse['archiver']>
const archiver = (over: Partial<Archiver> = {}): Archiver => ({
  mode: 'on',
  failing: false,
  lastFailedWal: null,
  lastFailedAt: null,
  lastArchivedAt: null,
  failedCount: 0,
  waiting: { files: 0, seconds: null },
  ...over,
})
const check = (over: Partial<Archiver>, rule: 'archiver' | 'archiver-stalled' = 'archiver-stalled') => {
  const databases = [aDatabase({ id: 'p', pulse: aPrimaryPulse({ archiver: archiver(over) }) })]
  const asked = parseCheckArguments(PLUGIN_CHECKS[rule], { rule, name: null })
  return evaluateCheck(PLUGIN_CHECKS[rule], asked, stateOf(aCluster({ databases }))).line
}

test('by its limits, and a queue at once; never by the age of a file that a slow archiver comes to later', () => {
  assert.match(check({}), /^PGDECK OK/)
  assert.match(check({ waiting: { files: 1, seconds: 299 } }), /^PGDECK OK/)
  assert.match(
    check({ waiting: { files: 1, seconds: 300 } }),
    /^PGDECK WARNING.*nothing was archived for 5 min while 1 file waits/,
  )
  assert.match(check({ waiting: { files: 8, seconds: 1 } }), /^PGDECK WARNING/)
  assert.match(check({ waiting: { files: 8, seconds: 1800 } }), /^PGDECK CRITICAL/)
  assert.match(check({ waiting: { files: 5, seconds: 1800 }, quietSeconds: 12 }), /^PGDECK OK/)
  assert.match(check({ waiting: { files: 8, seconds: 1 } }, 'archiver'), /^PGDECK WARNING/)
  assert.match(
    check({ waiting: { files: 200_000, seconds: 1800, ageSeconds: 40 } }),
    /while 200000 files wait \(counted 40 s ago\): /,
  )
  assert.match(check({ keepsNothing: true }, 'archiver'), /^PGDECK OK .*archive_command keeps nothing/)
})

test('why, and what is not known', () => {
  const reasonOf = (over: Partial<Archiver>) => {
    const stall = archiverStallOf(aPrimaryPulse({ archiver: archiver({ waiting: { files: 2, seconds: 9 }, ...over }) }))
    return stall === null || stall === 'unknown' ? stall : stall.reason
  }
  assert.equal(reasonOf({ commandless: true }), 'no archive_command is set')
  assert.equal(reasonOf({ failing: true, lastFailedWal: '01' }), 'archiving fails at 01')
  assert.match(reasonOf({}) ?? '', /hangs/)
  assert.equal(reasonOf({ waiting: null }), 'unknown')
  assert.match(check({ waiting: null }), /^PGDECK UNKNOWN.*this role may not see/)
  assert.match(check({ waiting: { files: null, seconds: null } }), /^PGDECK UNKNOWN.*too many files to count in time/)
  assert.match(check({ waiting: null }, 'archiver'), /^PGDECK UNKNOWN/)
  assert.equal(archiverStallOf(aStandbyPulse({ archiver: archiver({ waiting: null }) })), null)
  assert.equal(archiverStallOf(aStandbyPulse({ archiver: archiver({ mode: 'always', waiting: null }) })), 'unknown')
})

test('failures from before archive_mode was off, or from the time as a primary, are over', () => {
  const failed = { failing: true, lastFailedWal: '01', lastFailedAt: 1, failedCount: 3 }
  const told = (pulse: DatabasePulse) =>
    derivePicture(aCluster({ databases: [aDatabase({ id: 'p', pulse })] }), null, NOW)
      .alerts.filter(({ rule }) => rule === 'archiver')
      .map(({ message }) => message)
  assert.deepEqual(told(aPrimaryPulse({ archiver: archiver(failed) })), ['p: archiving fails at 01'])
  assert.deepEqual(told(aPrimaryPulse({ archiver: archiver({ ...failed, mode: 'off' }) })), [])
  const standby = (mode: string) => aStandbyPulse({ archiver: archiver({ ...failed, mode }) })
  assert.deepEqual(told(standby('on')), [])
  assert.equal(told(standby('always')).length, 1)
  const judged = judgeArchive({ value: standby('on'), at: NOW }, defaultThresholds())
  assert.deepEqual([judged.result, judged.evidence], ['skipped', 'a standby archives only with archive_mode = always'])
})
