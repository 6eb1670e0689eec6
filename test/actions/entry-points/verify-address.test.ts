// A write through an address counts only where it reaches the new primary; else the step says what it reached.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ActionToolbox } from '../../../src/actions/definition/action.ts'
import type { SessionServer } from '../../../src/actions/definition/entry-point-tools.ts'
import { verifyAddressKind } from '../../../src/actions/entry-points/verify-address.ts'
import { FaultError } from '../../../src/model/values/fault.ts'

const identity = (postmasterStart: string) => ({ systemIdentifier: '7', postmasterStart, port: 5432 })
const databases = [
  { id: 'db-1', name: 'db-1', identity: identity('1') },
  { id: 'db-ro', name: 'db-ro', identity: identity('2') },
]

async function through(found: { readonly start: string; readonly isStandby: boolean } | FaultError) {
  const written: unknown[] = []
  const view = () => ({ picture: { databases } })
  const tools = {
    view,
    refresh: async () => view(),
    entryPoints: {
      async sessionAt(_place: unknown, write: string | null): Promise<SessionServer> {
        if (found instanceof FaultError) throw found
        if (write !== null) written.push(write)
        const server = { identity: identity(found.start), upMs: 1, readAt: 1 }
        return { server, isStandby: found.isStandby }
      },
    },
  } as unknown as ActionToolbox
  const seen = await verifyAddressKind.verify({ address: 'vip', database: 'db-ro' }, tools)
  const words = 'evidence' in seen ? seen.evidence : seen.why
  return { said: `${seen.result}: ${words}`, writes: written.length }
}

describe('a write through an address', () => {
  test('is proven on the new primary', async () => {
    assert.deepEqual(await through({ start: '2', isStandby: false }), {
      said: 'yes: writes through vip reach db-ro: one succeeded and was rolled back',
      writes: 1,
    })
  })

  test('is not tried elsewhere, and the step says where the address leads', async () => {
    assert.deepEqual(await through({ start: '1', isStandby: true }), {
      said: 'not-yet: vip leads to db-1, a standby, not to db-ro',
      writes: 0,
    })
    assert.deepEqual(await through({ start: '9', isStandby: false }), {
      said: 'not-yet: vip leads to a primary that is none of this cluster (system 7, port 5432), not to db-ro',
      writes: 0,
    })
    assert.equal((await through({ start: '2', isStandby: true })).writes, 0)
  })

  test('fails with what nobody can do', async () => {
    const fault = new FaultError({ code: 'refused', message: '10.0.0.9:5432 refused', hint: null })
    assert.equal((await through(fault)).said, 'not-yet: nobody can write through vip: 10.0.0.9:5432 refused')
  })
})
