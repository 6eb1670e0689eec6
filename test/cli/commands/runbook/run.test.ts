// `pgdeck runbook`: every action has the keys and commands that the screen and the shell know.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { runbookCommand, runbookMarkdown } from '../../../../src/cli/commands/runbook/run.ts'
import { ACTIONS } from '../../../../src/profiles/actions.ts'
import { bindingFor } from '../../../../src/ui/keys/keymap/keymap.ts'

function actionNamed(name: string) {
  const action = ACTIONS.find((each) => each.name === name)
  assert.ok(action, name)
  return action
}

describe('a runbook', () => {
  test('names the key of each action, which begins it, or its name for the palette', () => {
    for (const action of ACTIONS) {
      const text = runbookMarkdown(action, null, {})
      if (action.key === null) assert.match(text, new RegExp(`Type \`:${action.name}\` and enter`), action.name)
      else {
        assert.ok(text.includes(`Press \`${action.key}\`.`), action.name)
        assert.ok(bindingFor(action.key, 'rows'), action.name)
      }
      assert.match(text, new RegExp(`pgdeck do ${action.name}\\b.* --dry-run`), action.name)
    }
  })

  test('promises no plan where the screen has none, and says where sessions are chosen', () => {
    for (const name of ['rename', 'collect-logs']) {
      const onScreen = runbookMarkdown(actionNamed(name), null, {}).split('## From the shell')[0] ?? ''
      assert.doesNotMatch(onScreen, /Read the plan|Nothing has changed/, name)
    }
    for (const name of ['terminate-session', 'cancel-query'])
      assert.match(
        runbookMarkdown(actionNamed(name), null, {}),
        /`3` for the sessions, `4` for .* `m` marks several\./,
        name,
      )
  })

  test('is written for a target, quoted where the shell needs it', () => {
    const text = runbookMarkdown(actionNamed('promote'), "RO site's", {})
    assert.ok(text.includes(`pgdeck do promote 'RO site'\\''s' --confirm 'RO site'\\''s'`), text)
    assert.ok(text.includes("type `:go RO site's` and enter"), text)
  })

  test('has the user’s own keys', () => {
    const text = runbookMarkdown(actionNamed('promote'), 'db-ro', { 'do-promote': 'W', fold: 'v' })
    assert.match(text, /Press `W`\./)
    assert.match(text, /`v` shows all of it/)
  })

  test('is refused for an unknown action', async () => {
    const output = { write: async () => {} }
    const asked = runbookCommand({ action: 'explode', name: undefined, own: {}, output: output as never })
    await assert.rejects(asked, /there is no action "explode"; pgdeck do --list prints them/)
  })
})
