// Sentences and menus that name keys: they name the user's own ones.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { availableActions } from '../../../src/ui/actions/available-actions.ts'
import { actionEntryLine } from '../../../src/ui/actions/entry-line.ts'
import { whyNotSilenceable } from '../../../src/ui/actions/silence.ts'
import { withCustomKeys } from '../../../src/ui/keys/sentences.ts'
import { actAsking } from '../../builders/action-screens.ts'
import { stateOf } from '../../builders/screens.ts'
import { aVault } from '../../builders/snapshot.ts'

describe('sentences that name keys', () => {
  const keys = {
    diagnose: 'D',
    'collect-logs': 'L',
    hba: '$',
    actions: 'A',
    'view-replication': 'w',
    'run-by-hand': 'H',
    agree: 'Y',
    'next-pane': 'n',
  }
  const CASES = [
    ['d on db-1', 'D on db-1'],
    ['look into its own log (l collects logs); then', 'look into its own log (L collects logs); then'],
    ['and the network between (h, view 2)', 'and the network between ($, view w)'],
    [
      'give each a slot; view 2 shows who uses it, view 3 how many',
      'give each a slot; view w shows who uses it, view 3 how many',
    ],
    [
      'a run was interrupted: promote db-ro of vault; a resumes it',
      'a run was interrupted: promote db-ro of vault; A resumes it',
    ],
    ['its name is unknown: confirm with m when it is done', 'its name is unknown: confirm with H when it is done'],
    ['answer y', 'answer Y'],
    ['tab: sessions that wait', 'n: sessions that wait'],
    ['a view of all, an overview 2 of it, send on it', 'a view of all, an overview 2 of it, send on it'],
  ] as const
  test('name the own ones', () => {
    for (const [usual, own] of CASES) {
      assert.equal(withCustomKeys({ keys }, usual), own)
      assert.equal(withCustomKeys({ keys: {} }, usual), usual)
    }
  })

  test('the menu of acts and the reasons name them too', () => {
    const state = stateOf([aVault()], { keys: { 'do-promote': 'Z', rename: 'N', 'view-alerts': 'v' } })
    const keyOfAct = (name: string) => availableActions(state).find((act) => act.name === name)?.key
    assert.deepEqual([keyOfAct('promote'), keyOfAct('rename'), keyOfAct('failback')], ['Z', 'N', 'F'])
    assert.match(whyNotSilenceable(state) ?? '', /view v has them/)
  })

  test('a question that a run asks names them', () => {
    const entry = (own: Readonly<Record<string, string>>) => {
      const { action } = actAsking()
      return action && actionEntryLine(action, { keys: own })?.help
    }
    assert.equal(entry({}), 'r try again, s skip, u undo, x stop')
    assert.equal(entry({ 'run-retry': 'R', 'run-stop': 'Q' }), 'R try again, s skip, u undo, Q stop')
  })
})
