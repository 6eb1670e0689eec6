// The scenes of the golden frames of clusters whose applications connect through poolers, proxies and addresses.

import type { EntryPointRecord } from '../../src/model/measured/entry-points/entry-point-reading.ts'
import type { State } from '../../src/state/state.ts'
import { anAddress, aPool, aPooler, aProxied, aProxy, behind, REACHED_STANDBY } from '../builders/entry-points.ts'
import { patroniDatabases } from '../builders/patroni-cluster.ts'
import { stateOf } from '../builders/screens.ts'
import { aCluster, aFault, aVault } from '../builders/snapshot.ts'
import { recordedPatroni } from '../recorded/patroni.ts'

function shop(...entryPoints: readonly EntryPointRecord[]): State {
  return stateOf([behind(aVault(), entryPoints)])
}

function detailsOf(state: State, id: string): State {
  const details = { view: 'topology', pane: 'entry-points', id, scroll: 0 } as const
  return { ...state, navigation: { ...state.navigation, details } }
}

const writers = () => aProxy([aProxied('n1', 5432), aProxied('n2', 5433, { state: 'down', check: 'L7STS/503' })])

/** All lead where they should. */
const wellLed = (): State =>
  shop(aPooler(), writers(), anAddress(), anAddress({ ...REACHED_STANDBY, id: 'vip-ro', expects: 'standby' }))

/** A switchover that the address did not follow, a pool that somebody paused, a proxy without a server. */
function misled(): State {
  const paused = aPool({ paused: true, clientsWaiting: 14, longestWaitSeconds: 73 })
  const down = { state: 'down', check: 'L4CON Connection refused', sessions: 0 } as const
  return shop(
    aPooler({ databases: [paused, aPool({ name: 'reports', host: 'db.example.net' })] }),
    aProxy([aProxied('n1', 5432, down), aProxied('n2', 5433, down)]),
    anAddress(REACHED_STANDBY),
    anAddress({ id: 'dns', fault: aFault('timeout', '10.0.0.99:5000 did not answer within 1500 ms') }),
  )
}

/** Under Patroni: a proxy that names its servers as Patroni does, and tells no addresses. One of them leads elsewhere. */
function underPatroni(): State {
  const unnamed = { address: null, sessions: 3 }
  return stateOf([
    behind(aCluster({ databases: patroniDatabases({}) }), [
      aPooler({ databases: [aPool({ port: 23_132 })] }),
      aProxy([aProxied('n2', 0, unnamed)], { id: 'proxy-rw' }),
      aProxy([aProxied('n1', 0, unnamed), aProxied('n3', 0, unnamed)], { id: 'proxy-ro', expects: 'standby' }),
      aProxy([aProxied('n3', 0, unnamed)], { id: 'proxy-report' }),
    ]),
  ])
}

/** Who promotes in each, how soon, and what is wrong with the way of the users. */
function fleet(): State {
  const plain = misled().clusters[0]
  const paused = stateOf([aCluster({ databases: patroniDatabases({ state: recordedPatroni.paused }) })]).clusters[0]
  const patroni = underPatroni().clusters[0]
  const clusters = [patroni, paused, plain].flatMap((cluster, index) => {
    return cluster ? [{ ...cluster, spec: { ...cluster.spec, name: ['shop', 'ledger', 'vault'][index] ?? '' } }] : []
  })
  const state = misled()
  return { ...state, clusters, navigation: { ...state.navigation, view: 'fleet' } }
}

export const ENTRY_POINT_SCENES: Readonly<Record<string, () => State>> = {
  'entry-points': wellLed,
  'entry-points-wrong': misled,
  'entry-points-patroni': underPatroni,
  'fleet-entry-points': fleet,
  'details-pooler': () => detailsOf(misled(), 'pool-1'),
  'details-proxy': () => detailsOf(wellLed(), 'proxy-write'),
  'details-address': () => detailsOf(misled(), 'vip'),
}
