// `backtest`: a table and a document of what other limits change, and what is wrong with a file of limits.

import assert from 'node:assert/strict'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { aPrimaryPulse, NOW } from '../../../builders/snapshot.ts'
import { openRecorded } from '../../../fakes/recorded.ts'
import { startPgdeck } from '../../process.ts'

/** 87 % of the connections in use from 10 s to 40 s. */
async function recording(t: TestContext) {
  const opened = openRecorded(t)
  const { sessions } = aPrimaryPulse()
  for (let second = 0; second <= 60; second += 2) {
    opened.poll(NOW + second * 1_000, { sessions: { ...sessions, total: second >= 10 && second < 40 ? 85 : 20 } })
  }
  await opened.recorder.close()
  const [name = ''] = readdirSync(opened.files)
  const run = (limits: string, ...words: readonly string[]) => {
    writeFileSync(join(opened.folder, 'alerts.json'), limits)
    const argv = ['backtest', join(opened.files, name), '--alerts', 'alerts.json', ...words]
    return startPgdeck(t, argv, { cwd: opened.folder, env: { PGDECK_STATE_DIR: join(opened.folder, 's') } }).ended
  }
  return run
}

test('tells how many, how bad and how long, and each difference', async (t) => {
  const run = await recording(t)
  const { code, out, err } = await run('{"sessionsPercent": {"warning": 95, "critical": 99}}')
  assert.deepEqual([code, err], [0, ''])
  assert.match(
    out,
    /^vault, \S+Z to \S+Z \(1 min\)\n {2}rule +as recorded +with alerts\.json\n {2}sessions +1, 28 s +none\n/,
  )
  assert.match(out, /\n {2}\S+Z {2}no more with alerts\.json: warning sessions, 28 s: db-1: 85 of 97 connections/)
  const same = await run('{"replicationLagBytes": {"warning": "1kB"}}')
  assert.match(same.out, /sessions +1, 28 s +1, 28 s\n {2}no difference\n$/)
  const json = JSON.parse((await run('{"sessionsPercent": {"warning": 15, "critical": 80}}', '--json')).out)
  assert.equal(json.schema, 'pgdeck.backtest/1')
  const [{ recorded, limits }] = json.clusters
  assert.deepEqual(
    [recorded[0].severity, recorded[0].seconds, limits[0].severity, limits[0].until],
    ['warning', 28, 'critical', null],
  )
})

test('a wrong file of limits is told with its place, and a file that is none', async (t) => {
  const run = await recording(t)
  const unknown = await run('{\n  "replicationLag": {"warning": "1kB"}\n}')
  assert.equal(unknown.code, 78)
  assert.match(unknown.err, /alerts\.json:2:3: .*replicationLag/)
  const turned = await run('{"sessionsPercent": {"warning": 99, "critical": 90}}')
  assert.match(turned.err, /allowed: a "warning" that is not above "critical"/i)
  const missing = await run('{}', '--cluster', 'other')
  assert.deepEqual([missing.code, /nothing was recorded in it/.test(missing.err)], [1, true])
})
