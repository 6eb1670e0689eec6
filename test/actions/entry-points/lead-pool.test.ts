// When a pool counts as led to the new primary although pgdeck has no session by the address that the pooler has.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ActionToolbox } from '../../../src/actions/definition/action.ts'
import { leadPoolKind } from '../../../src/actions/entry-points/lead-pool.ts'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import { type FaultCode, FaultError } from '../../../src/model/values/fault.ts'
import { aShopBehind } from '../../builders/entry-points.ts'
import { NOW } from '../../builders/snapshot.ts'

interface Scene {
  /** Of the new primary, in its dsn and for the pooler. */
  readonly dsn?: string
  readonly host?: string
  readonly via?: string
  /** Of the console. */
  readonly pooler?: string
}

async function seen(code: FaultCode, { dsn = '10.0.0.12', host = dsn, via, pooler = '10.0.0.21' }: Scene = {}) {
  const shop = aShopBehind()
  const databases = shop.databases.map((record) => ({ ...record, spec: { ...record.spec, host: dsn } }))
  const snapshot = { ...shop, databases, spec: { ...shop.spec, databases: databases.map(({ spec }) => spec) } }
  const view = () => ({ picture: derivePicture(snapshot, null, NOW), snapshot })
  const hosts = [{ id: 'host-1', address: '10.0.0.12', access: { kind: 'ssh' } }]
  const tools = {
    view,
    refresh: async () => view(),
    config: {
      poolers: [{ spec: { id: 'pgb', host: pooler, port: 6432 }, via: null }],
      databases: databases.map(({ spec }) => ({
        spec: { ...spec, hostId: via === undefined ? null : 'host-1' },
        via: via ?? null,
      })),
      hosts,
    },
    entryPoints: {
      command: async (_: string, text: string) =>
        text === 'SHOW DATABASES' ? [{ name: 'orders', host, port: 5433, paused: 1 }] : [],
      async sessionAt() {
        throw new FaultError({ code, message: code, hint: null })
      },
    },
  } as unknown as ActionToolbox
  const args = {
    pooler: 'pgb',
    pool: 'orders',
    target: 'db-ro',
    host,
    port: 5433,
    repoint: ['x'],
    repointHost: 'app-1',
  }
  return (await leadPoolKind.verify(args, tools)).result
}

describe('a pool with the address of the new primary', () => {
  test('is proven where a server there refuses only the login', async () => {
    for (const code of ['auth', 'hba'] as const) assert.equal(await seen(code), 'yes', code)
    for (const code of ['refused', 'timeout', 'unreachable', 'dns'] as const)
      assert.equal(await seen(code), 'not-yet', code)
  })

  test('is proven where pgdeck reaches the database by another way only', async () => {
    const behind = { dsn: '127.0.0.1', via: 'host-1', host: '10.0.0.12' }
    assert.equal(await seen('timeout', behind), 'yes')
    assert.equal(await seen('refused', behind), 'not-yet')
  })

  test('is not proven by a loopback, which is that of each host', async () => {
    assert.equal(await seen('auth', { dsn: 'localhost' }), 'not-yet')
    assert.equal(await seen('auth', { dsn: 'localhost', pooler: '127.0.0.1' }), 'yes')
  })
})
