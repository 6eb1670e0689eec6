// The key that collects logs: of what, how far it is, how it ended, and that nothing waits for it.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { Controller } from '../../src/state/controller.ts'
import { healthy } from '../builders/screens.ts'
import { openScreen } from '../fakes/open-screen.ts'

function open(t: TestContext, collectLogs: Controller['collectLogs']) {
  return openScreen(t, healthy(), { columns: 140, controller: () => ({ collectLogs }) }).shows
}

describe('l', () => {
  test('collects the logs of the selected node beside everything else', async (t) => {
    const asked: string[] = []
    const end = Promise.withResolvers<string>()
    const shows = open(t, (cluster, id, told) => {
      asked.push(`${cluster} ${id}`)
      told('3 MB of 80 MB')
      return end.promise
    })
    await shows('l', /collecting the logs of pmp-a: 3 MB of 80 MB/)
    assert.deepEqual(asked, ['vault pmp-a'])
    await shows('?', /KEYS OF THIS VIEW/)
    end.resolve('pgdeck-logs-pmp-a.tar.gz (1 MB): 3 files, 80 MB')
    await shows('\x1b', /logs of pmp-a: pgdeck-logs-pmp-a\.tar\.gz \(1 MB\): 3 files, 80 MB/)
  })

  test('says why there are none', async (t) => {
    const shows = open(t, () => Promise.reject(new Error('files on its host: no way leads there')))
    await shows('l', /no logs of pmp-a: files on its host: no way leads there/)
  })

  test('asks for a node where none is selected', async (t) => {
    const shows = open(t, () => Promise.reject(new Error('never called')))
    await shows('0', /FLEET|CLUSTERS/)
    await shows('l', /l: select a server or a database first/)
  })
})
