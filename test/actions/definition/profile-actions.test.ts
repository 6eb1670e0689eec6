// What a profile hands in: fields tagged with who has them, plans that are missing, kinds of steps that do not clash.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ActionField, ClusterView } from '../../../src/actions/definition/action.ts'
import { actionByProfile } from '../../../src/actions/definition/by-profile.ts'
import type { ProfileActions, ProfilePlan } from '../../../src/actions/definition/profile-actions.ts'
import { createActions } from '../../../src/actions/index.ts'
import { createStepKinds } from '../../../src/actions/step-kinds.ts'
import { PROFILE_IDS } from '../../../src/profiles/facts.ts'
import { PROFILE_ACTIONS } from '../../../src/profiles/registered.ts'

const ABOUT = {
  name: 'backup',
  title: '',
  explains: '',
  key: null,
  danger: 'routine',
  target: 'node',
  locks: 'none',
} as const

function plan(why: string, ...names: readonly string[]): ProfilePlan {
  const fields = names.map((name): ActionField => ({ name, explains: '', kind: 'text', required: false }))
  return {
    fields,
    whyNot: () => why,
    draft() {
      throw new Error('not planned here')
    },
  }
}

function profile(id: string, plans: ProfileActions['plans']): ProfileActions {
  return { profiles: [id], plans, promotion: null, actions: [], stepKinds: [], fileEdits: {} }
}

const clusterOf = (id: string) => ({ snapshot: { spec: { profile: id } } }) as unknown as ClusterView

describe('an action by profile', () => {
  const profiles = [profile('one', { backup: plan('by one', 'all', 'some') }), profile('other', {})]
  const action = actionByProfile(ABOUT, plan('by postgres', 'all', 'plain', 'some'), profiles)

  test('each field is for the profiles that have it, those of all for everybody', () => {
    const every = actionByProfile(ABOUT, plan('', 'all', 'plain'), [profile('one', { backup: plan('', 'own', 'all') })])
    assert.deepEqual(
      every.fields.map(({ name, profiles: having }) => [name, having]),
      [
        ['plain', ['postgres']],
        ['own', ['one']],
        ['all', undefined],
      ],
    )
    assert.deepEqual(
      action.fields.map(({ name, profiles: having }) => [name, having]),
      [
        ['all', ['postgres', 'one']],
        ['plain', ['postgres']],
        ['some', ['postgres', 'one']],
      ],
    )
  })

  test('the plan of the cluster’s profile answers; where there is none it says so', () => {
    assert.equal(action.whyNot(clusterOf('postgres'), null), 'by postgres')
    assert.equal(action.whyNot(clusterOf('one'), null), 'by one')
    assert.equal(action.whyNot(clusterOf('other'), null), 'this version has no backup for the profile other')
  })
})

describe('the registered profiles', () => {
  test('are in the configuration, each once', () => {
    const ids = PROFILE_ACTIONS.flatMap(({ profiles }) => profiles)
    assert.deepEqual([...new Set(ids)], ids)
    assert.ok(ids.every((id) => PROFILE_IDS.includes(id)))
  })

  test('have no action and no kind of step by the name of another', () => {
    const names = createActions(PROFILE_ACTIONS).map(({ name }) => name)
    assert.deepEqual([...new Set(names)], names)
    const kinds = createStepKinds(PROFILE_ACTIONS).map(({ kind }) => kind)
    assert.deepEqual([...new Set(kinds)], kinds)
  })

  test('edit no file by an id that another profile uses', () => {
    const ids = PROFILE_ACTIONS.flatMap(({ fileEdits }) => Object.keys(fileEdits))
    assert.deepEqual([...new Set(ids)], ids)
    assert.ok(!ids.includes('without-lines'))
  })
})
