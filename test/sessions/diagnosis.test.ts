// The key `d`: it begins a diagnosis on what is selected, shows what comes, runs again, and is left with esc.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fail, ok } from '../../src/model/diagnosis/check-result.ts'
import { diagnosisVerdict } from '../../src/model/diagnosis/verdict.ts'
import { healthy, primaryDown } from '../builders/screens.ts'
import { openScreen } from '../fakes/open-screen.ts'
import { until } from '../wait.ts'

process.env.TZ = 'UTC'

const SUBJECT = { id: 'pmp-a', name: 'pmp-a', kind: 'server', isReadOnlyServer: false } as const
const REFUSED = {
  ...fail('port-refused', '10.0.0.11:7272 refuses connections', { certainty: 'likely', next: 'start its service' }),
  id: 'port',
  title: 'its TCP port is open',
  tookMs: 3,
} as const
const RESOLVED = { ...ok('the config gives an address'), id: 'name', title: 'its name resolves', tookMs: 1 } as const

const open = openScreen

describe('d', () => {
  test('begins, streams in, ends in one sentence, runs again, and esc leaves', async (t) => {
    const { engine, store, shows } = open(t, primaryDown())
    await shows('d', /d diagnoses it/)
    assert.deepEqual(
      engine.calls.filter((call) => call.startsWith('diagnose')),
      ['diagnose vault pmp-a'],
    )
    const begun = { type: 'diagnosis-begun', run: 1, cluster: 'vault', subject: SUBJECT, at: 1_000 } as const
    store.dispatch({ ...begun, checks: ['name', 'port'] })
    await shows('', /DIAGNOSIS of server pmp-a +running[\s\S]*0 of 2 done[\s\S]*asked +its name resolves/)
    store.dispatch({ type: 'diagnosed', run: 1, finding: REFUSED })
    await shows(
      '',
      /1 of 2 done[\s\S]*asked +its name resolves[\s\S]*fails +its TCP port is open +10\.0\.0\.11:7272 refuses/,
    )
    store.dispatch({ type: 'diagnosed', run: 1, finding: RESOLVED })
    const verdict = diagnosisVerdict(SUBJECT, [RESOLVED, REFUSED])
    store.dispatch({ type: 'diagnosis-ended', run: 1, verdict, at: 2_400 })
    await shows('', /CRITICAL[\s\S]*pmp-a is down: nothing listens on its port[\s\S]*next: start its service/)
    const calls = () => engine.calls.filter((call) => call.startsWith('diagnose')).length
    await shows('d', /d run again/)
    await until('it runs again', 5_000, () => calls() === 2)
    await shows('\x1b', /SERVERS[\s\S]*▸ pmp-a/)
  })

  test('what comes late from a run before it is not shown', async (t) => {
    const { store, shows } = open(t, healthy())
    await shows('d', /d diagnoses it/)
    const begun = {
      type: 'diagnosis-begun',
      cluster: 'vault',
      subject: SUBJECT,
      at: 1_000,
      checks: ['name', 'port'],
    } as const
    store.dispatch({ ...begun, run: 1 })
    store.dispatch({ ...begun, run: 2 })
    store.dispatch({ type: 'diagnosed', run: 1, finding: REFUSED })
    store.dispatch({ type: 'diagnosed', run: 2, finding: RESOLVED })
    await shows('', /1 of 2 done[\s\S]*ok +its name resolves[\s\S]*asked +its TCP port is open/)
  })

  test('needs a server or a database', async (t) => {
    const { engine, shows } = open(t, healthy())
    await shows('8', /AUDIT/)
    await shows('d', /d: select a server or a database first/)
    assert.ok(engine.calls.every((call) => !call.startsWith('diagnose')))
  })
})
