// The scripts of the demo's product ring at it: what they ask for reaches it, and they learn how it went.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callDemoScript } from '../../../src/demo/scripts/call-script.ts'
import { openScriptListener } from '../../../src/demo/scripts/script-listener.ts'
import { isSingleExecutable } from '../../../src/io/process/process.ts'

test('what was asked for is done, or told why not; afterwards nobody answers', async () => {
  const bell = await openScriptListener(async (server, verb, words) => {
    if (verb === 'service') return `${server}: ${words.join(' ')}`
    throw new Error(`${server} has no ${verb}`)
  })
  const address = (verb: string) => `http://127.0.0.1:${bell.port}/${bell.token}/pmp-a/${verb}`
  assert.deepEqual(await callDemoScript(address('service'), ['stop', '--now']), {
    done: true,
    text: 'pmp-a: stop --now',
  })
  assert.deepEqual(await callDemoScript(address('dance'), []), { done: false, text: 'pmp-a has no dance' })
  await bell.close()
  const { done, text } = await callDemoScript(address('service'), [])
  assert.equal(done, false)
  assert.match(text, /^no demo runs at http/)
})

test('a program that Node runs is not a single executable', () => {
  assert.equal(isSingleExecutable(), false)
})
