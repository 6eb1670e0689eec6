// Poolers, proxies and addresses in the topology: as lines, as nodes with links, as a graph.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dotText } from '../../../../src/cli/commands/topology/dot.ts'
import { topologyDocument } from '../../../../src/cli/commands/topology/json.ts'
import { topologyTreeLines } from '../../../../src/cli/commands/topology/text.ts'
import { anAddress, aPooler, aShopBehind, REACHED_STANDBY } from '../../../builders/entry-points.ts'
import { stateOf } from '../../../builders/screens.ts'
import { NOW } from '../../../builders/snapshot.ts'

const state = () => stateOf([aShopBehind(aPooler(), anAddress(REACHED_STANDBY))])

test('each entry point has a line with the place that it leads to, before the databases', () => {
  const lines = topologyTreeLines(state().clusters).map((line) => line.map(({ text }) => text).join(''))
  const [pooler, address, primary] = lines.slice(1).map((text) => text.trim().replace(/ {2,}/g, ' '))
  assert.equal(pooler, 'pool-1 pooler ● active 10.0.0.21:6432 → db-1')
  assert.equal(address, 'vip address ✖ elsewhere 10.0.0.99:5000 → db-ro, expected a primary')
  assert.match(primary ?? '', /^db-1 primary/)
})

test('the document has them as nodes, linked with the databases that users reach', () => {
  const document = topologyDocument(state(), NOW)
  const [{ nodes = [], links = [] } = {}] = document.clusters
  const told = nodes.filter(({ kind }) => kind === 'pooler' || kind === 'address')
  assert.deepEqual(
    told.map(({ id, kind, role, status, host, port }) => [id, kind, role, status, host, port]),
    [
      ['pool-1', 'pooler', 'primary', 'active', '10.0.0.21', 6432],
      ['vip', 'address', 'primary', 'elsewhere', '10.0.0.99', 5000],
    ],
  )
  const leads = links.filter(({ kind }) => kind === 'leads-to').map(({ from, to, state: how }) => [from, to, how])
  assert.deepEqual(leads, [
    ['pool-1', 'db-1', null],
    ['vip', 'db-ro', 'elsewhere'],
  ])
  assert.match(
    dotText(document),
    /"0\/vip" -> "0\/db-ro" \[label="elsewhere", style=dotted, arrowhead=open, color=red\]/,
  )
})
