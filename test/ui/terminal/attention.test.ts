// What tells somebody who does not look at the screen: the bell, and the title of the terminal.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Silence } from '../../../src/model/alerts/silence.ts'
import type { Alert } from '../../../src/model/picture/picture.ts'
import { subjectOf } from '../../../src/model/picture/subject.ts'
import type { State } from '../../../src/state/state.ts'
import type { Store } from '../../../src/state/store.ts'
import { ASCII_GLYPHS, UNICODE_GLYPHS } from '../../../src/ui/frame/format/glyphs.ts'
import { ringOnAlerts, terminalTitle } from '../../../src/ui/terminal/attention.ts'
import * as screens from '../../builders/screens.ts'
import { firstSeconds, healthy, hostileNames, primaryDown, severalClusters } from '../../builders/screens.ts'
import { NOW } from '../../builders/snapshot.ts'

const LAG: Alert = {
  rule: 'replication-lag',
  severity: 'warning',
  subject: subjectOf('db-ro'),
  message: 'm',
  since: NOW,
}
const CRITICAL: Alert = { ...LAG, severity: 'critical' }
const OTHER: Alert = { ...LAG, rule: 'stale' }
const ACK: Silence = {
  id: 's',
  cluster: 'vault',
  rule: 'replication-lag',
  subject: 'db-ro',
  reason: 'r',
  by: 'ann',
  kind: 'acknowledged',
  at: NOW,
  until: null,
}

/** A store that publishes what it is given. */
function publishing() {
  let state = screens.splitBrain()
  let heard = () => {}
  const store = {
    published: () => state,
    subscribe: (listener: () => void) => {
      heard = listener
      return () => {
        heard = () => {}
      }
    },
  } as unknown as Store
  const publish = (alerts: readonly Alert[], silences: readonly Silence[] = [], over: Partial<State> = {}) => {
    const clusters = state.clusters.map((cluster) => ({
      ...cluster,
      silences,
      picture: cluster.picture && { ...cluster.picture, alerts },
    }))
    state = { ...state, ...over, clusters }
    heard()
  }
  return { store, publish }
}

/** How often it rang after each of these alerts. */
function rings(...moments: readonly (readonly Alert[])[]): readonly number[] {
  const { store, publish } = publishing()
  publish(moments[0] ?? [])
  let count = 0
  ringOnAlerts(store, () => {
    count += 1
  })
  return moments.slice(1).map((alerts) => {
    const before = count
    publish(alerts)
    return count - before
  })
}

describe('the bell', () => {
  test('rings for a new alert, once', () => assert.deepEqual(rings([], [LAG], [LAG], []), [1, 0, 0]))
  test('rings once for several at once', () => assert.deepEqual(rings([], [LAG, OTHER]), [1]))
  test('rings when a warning turns critical, not when it eases', () =>
    assert.deepEqual(rings([], [LAG], [CRITICAL], [LAG], [CRITICAL]), [1, 1, 0, 1]))
  test('rings again for an alert that comes back', () => assert.deepEqual(rings([], [LAG], [], [LAG]), [1, 0, 1]))
  test('does not ring for what stands already', () => assert.deepEqual(rings([LAG], [LAG], [LAG, OTHER]), [0, 1]))

  test('does not ring for what is muted, and rings when it no longer is', () => {
    const { store, publish } = publishing()
    publish([])
    let count = 0
    const end = ringOnAlerts(store, () => {
      count += 1
    })
    publish([LAG], [ACK])
    assert.equal(count, 0)
    publish([LAG], [])
    assert.equal(count, 1)
    end()
    publish([LAG, OTHER], [])
    assert.equal(count, 1)
  })
})

describe('the title of the terminal', () => {
  test('says the worst there is, and of which cluster', () => {
    assert.equal(terminalTitle(healthy(), UNICODE_GLYPHS), '● vault · pgdeck')
    assert.match(terminalTitle(primaryDown(), UNICODE_GLYPHS), /^✖ CRITICAL vault – [a-z-]+ · pgdeck$/)
    assert.match(
      terminalTitle(severalClusters(), UNICODE_GLYPHS),
      /^✖ CRITICAL payroll \(and 3 more\) – [a-z-]+ · pgdeck$/,
    )
    assert.equal(terminalTitle(firstSeconds(), UNICODE_GLYPHS), '? waiting vault · pgdeck')
    assert.equal(terminalTitle({ ...healthy(), clusters: [] }, UNICODE_GLYPHS), 'pgdeck')
  })

  test('no name ends the sequence or adds one, and ASCII stays ASCII', () => {
    assert.doesNotMatch(terminalTitle(hostileNames(), UNICODE_GLYPHS), /\p{Cc}/u)
    assert.match(terminalTitle(hostileNames(), ASCII_GLYPHS), /^[\x20-\x7e]+$/)
  })
})
