// How a neighbour is reached: as the node that spoke of it is.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { configForEndpoint } from '../../../src/runtime/discovery/probe-endpoint.ts'
import { aKnownNode } from '../../builders/known-node.ts'

test('a neighbour on a machine that is reached by hostaddr is reached by it too, any other is not', () => {
  const { config, pulse } = aKnownNode('p', 'db.example.net:5432', null)
  const endpoints = [{ host: 'db.example.net', port: 5432, address: '10.0.0.11' }]
  const known = { config: { ...config, connection: { ...config.connection, endpoints } }, pulse }
  const there = configForEndpoint(known, 'db.example.net', 5433).connection.endpoints
  assert.deepEqual(there, [{ host: 'db.example.net', port: 5433, address: '10.0.0.11' }])
  const elsewhere = configForEndpoint(known, '10.0.0.13', 5433).connection.endpoints
  assert.deepEqual(elsewhere, [{ host: '10.0.0.13', port: 5433 }])
})
