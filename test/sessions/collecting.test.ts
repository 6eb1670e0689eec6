// The key that collects logs: of what, how far it is, how it ended, and that nothing waits for it.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { Controller } from '../../src/state/controller.ts'
import { createStore } from '../../src/state/store.ts'
import { startScreen } from '../../src/ui/start.tsx'
import { fakeController, healthy } from '../builders/screens.ts'
import { fakeTerminal } from '../fakes/terminal.ts'

const ENV = { TERM: 'xterm-256color', LANG: 'en_US.UTF-8' }

function open(t: TestContext, collectLogs: Controller['collectLogs']) {
  const terminal = fakeTerminal(140, 40)
  const engine = { ...fakeController(), collectLogs }
  const { stdin, stdout } = terminal
  const handle = startScreen({ store: createStore(healthy()), controller: engine, env: ENV, stdin, stdout })
  t.after(async () => {
    handle.stop()
    await handle.done.catch(() => {})
  })
  return (keys: string, wanted: RegExp) => {
    if (keys !== '') terminal.type(keys)
    return terminal.until((screen) => wanted.test(screen), String(wanted))
  }
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
