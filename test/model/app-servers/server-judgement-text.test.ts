// What a server should have answered fits in 80 columns beside the reason, however long the list of the config is.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { unexpectedStatusText } from '../../../src/model/app-servers/server-judgement.ts'
import { derivePicture } from '../../../src/model/derive-picture.ts'
import { freshReading } from '../../../src/model/values/reading.ts'
import { aServerPulse, aVault, NOW } from '../../builders/snapshot.ts'

const CASES: readonly (readonly [number, readonly number[], string])[] = [
  [500, [200], 'HTTP 500, not 200'],
  [500, [302, 200], 'HTTP 500, not 200 or 302'],
  [500, [200, 204, 301, 302, 303, 307, 308], 'HTTP 500, not 200, 204 or a redirect'],
  [500, [200, 201, 202, 203, 204, 301, 302], 'HTTP 500, not 200–204 or a redirect'],
  [307, [200, 301, 302], 'HTTP 307, not 200, 301 or 302'],
  [404, [200, 202, 204, 206, 226], 'HTTP 404, not one of the 5 expected'],
]

describe('an unexpected status', () => {
  for (const [status, healthy, words] of CASES) {
    test(words, () => assert.equal(unexpectedStatusText(status, healthy), words))
  }

  test('is the first that the problem of a server says, then the reason, then where it points to', () => {
    const vault = aVault()
    const servers = vault.servers.map((server) => ({
      ...server,
      spec: { ...server.spec, healthyStatus: [200, 204, 301, 302] },
      pulse: freshReading(aServerPulse({ httpStatus: 500, location: 'https://elsewhere.test/' }), NOW),
    }))
    const [view] = derivePicture({ ...vault, servers }, null, NOW).servers
    assert.equal(view?.problem?.message, 'HTTP 500, not 200, 204 or a redirect; redirects to https://elsewhere.test/')
  })
})
