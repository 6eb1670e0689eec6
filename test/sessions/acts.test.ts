// Acting by keys: menus say why not, a plan is confirmed as its danger asks, a run is answered and left alone.

import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { Controller } from '../../src/state/controller.ts'
import { snapshotOf } from '../../src/state/derive.ts'
import type { State } from '../../src/state/state.ts'
import { actAsking, actBlocked, actByHand, actDone, actForm, actPlanned, RUN_ID } from '../builders/action-screens.ts'
import { fakeController, healthy, lagging, stateOf } from '../builders/screens.ts'
import { busySessions } from '../builders/session-screens.ts'
import { ENTER, ESC, type OpenScreenOptions, openScreen } from '../fakes/open-screen.ts'
import { until } from '../wait.ts'

process.env.TZ = 'UTC'

const PAGE_DOWN = '\x1b[6~'
const END = '\x1b[F'

type Size = Pick<OpenScreenOptions, 'columns' | 'rows'>

function open(t: TestContext, state: State, over: Partial<Controller> = {}, size: Size = {}) {
  const { shows, engine, store } = openScreen(t, state, { ...size, controller: () => over })
  /** What the engine was asked, as soon as it is this. */
  const asked = async (prefix: string, wanted: readonly string[]) => {
    const calls = () => engine.calls.filter((call) => call.startsWith(prefix))
    await until(`the engine is asked ${wanted.join(', ')}`, 5_000, () => calls().length >= wanted.length)
    assert.deepEqual(calls(), wanted)
  }
  return { shows, engine, store, asked }
}

/** A screen without that text. */
function without(text: string): RegExp {
  return new RegExp(`^(?![\\s\\S]*${text})`)
}

describe('what can be done', () => {
  test('the menu names every act with why it can’t be done to what is selected', async (t) => {
    const { shows } = open(t, lagging())
    await shows('a', /WHAT TO DO +to pmp-a[\s\S]*add missing lines to pg_hba.conf +not now: select a database first/)
    await shows(ESC, without('WHAT TO DO'))
    await shows('\t', /▸ db-1/)
    const screen = await shows('a', /WHAT TO DO +to db-1/)
    assert.match(screen, /follow another upstream +not now: db-1 is not a standby/)
  })

  test('an act without values is planned at once, one with values asks for them', async (t) => {
    const { shows, asked } = open(t, lagging())
    await shows('\t', /▸ db-1/)
    await shows(':', /found/)
    await shows('checkpoint', /▸ checkpoint/)
    await shows(ENTER, without('found'))
    await asked('propose', ['propose checkpoint db-1'])
    await shows(':', /found/)
    await shows('create a repl', /▸ create a replication slot/)
    await shows(ENTER, /create-slot db-1[\s\S]*> slot +name of the slot \(needed\)/)
    await shows(ENTER, /needed: name of the slot/)
    await shows('spare', /slot: spare/)
    await shows(ENTER, /> reserve/)
    await shows(ENTER, /./)
    await asked('propose', ['propose checkpoint db-1', 'propose create-slot db-1'])
  })

  test('the path of a setup pack is asked for, and may be left empty', async (t) => {
    const state = lagging()
    const [cluster] = state.clusters
    assert.ok(cluster)
    const spec = { ...cluster.spec, profile: 'password-manager-pro' as const }
    const { shows, asked } = open(t, stateOf([{ ...snapshotOf(state, cluster), spec }]))
    await shows('j', /▸ pmp-b/)
    await shows('j', /▸ pmp-ro/)
    await shows(':', /found/)
    await shows('build-read-only', /▸ build a new read-only server/)
    await shows(ENTER, /build-read-only pmp-ro[\s\S]*> pack +the path of the setup pack.*\(may be left empty/)
    await shows(ENTER, /./)
    await asked('propose', ['propose build-read-only pmp-ro'])
  })

  test('i changes the inputs of a plan or a refusal, one after the other, with their values', async (t) => {
    const asked = {
      cluster: 'vault',
      action: 'rebuild-replica',
      target: 'db-ro',
      input: { upstream: 'db-1' },
      overrides: { disk: 'enough' },
    }
    const current = { phase: 'refused', asked, why: 'tablespace fast has no place', hint: null } as const
    const refused: State = { ...lagging(), action: { current, scroll: 0, isUnfolded: false, isShown: true } }
    const proposed: unknown[] = []
    const plan = (given: unknown) => void proposed.push(given)
    const actions = { ...fakeController().actions, plan }
    const { shows } = open(t, refused, { actions })
    await shows('', /has no place[\s\S]* i inputs/)
    await shows('i', /> upstream[\s\S]*upstream: db-1/)
    await shows('\x15', /upstream: █/)
    await shows(ENTER, /> slot/)
    await shows(ENTER, /> tablespaces/)
    await shows('fast=/srv/fast', /tablespaces: fast=/)
    await shows(ENTER, /> keep-old/)
    await shows(ENTER, /./)
    await until('the plan is made anew', 5_000, () => proposed.length > 0)
    assert.deepEqual(proposed, [{ ...asked, input: { tablespaces: 'fast=/srv/fast' } }])
  })

  test('beside a name to type, the inputs are changed by a key that types nothing', async (t) => {
    const planned = actPlanned()
    const current = planned.action?.current
    assert.ok(current?.phase === 'planned' && planned.action)
    const asked = { ...current.asked, action: 'switchover' }
    const { shows } = open(t, { ...planned, action: { ...planned.action, current: { ...current, asked } } })
    await shows('\x05', /> at +when Patroni is to do it[\s\S]*at: █/)
    const { shows: shown } = open(t, planned)
    assert.doesNotMatch(await shown('', /Type db-ro/), /inputs/)
  })

  test('a confirmation that comes before the plan confirms nothing, and says why', async (t) => {
    const planned = actPlanned()
    assert.ok(planned.action?.current.phase === 'planned')
    const current = { phase: 'planning', asked: planned.action.current.asked } as const
    const { shows, engine } = open(t, { ...planned, action: { ...planned.action, current } })
    await shows('y', /y: the plan is still being made/)
    assert.deepEqual(
      engine.calls.filter((call) => call.startsWith('confirm')),
      [],
    )
  })

  test('a session is terminated by its row: process and start are filled in', async (t) => {
    const proposed: unknown[] = []
    const { shows } = open(t, busySessions(), {
      actions: {
        ...fakeController().actions,
        plan: ({ action, target, input }) => void proposed.push({ action, target, input }),
      },
    })
    await shows('', /pid|PID/)
    await shows('K', /PID/)
    await until('it is proposed', 5_000, () => proposed.length === 1)
    const [first] = proposed as { action: string; target: string; input: Record<string, string> }[]
    assert.equal(first?.action, 'terminate-session')
    assert.match(first?.target ?? '', /^db-/)
    assert.match(first?.input.pid ?? '', /^\d+$/)
    assert.match(first?.input['backend-start'] ?? '', /^2026-11-\d\dT/)
  })

  test('with --read-only nothing begins, and the key says why', async (t) => {
    const { shows, engine } = open(t, { ...busySessions(), readOnly: true })
    await shows('K', /K: pgdeck was started with --read-only/)
    assert.deepEqual(
      engine.calls.filter((call) => call.startsWith('propose')),
      [],
    )
  })
})

describe('a plan', () => {
  test('that loses data wants the exact name typed: nothing else confirms, no paste, no y', async (t) => {
    const { shows, engine, asked } = open(t, actPlanned({}, ''))
    await shows('', /Lose at least 12\.4 MB of commits\? Type db-ro: /)
    await shows(`y${ENTER}`, /"y" is not "db-ro"/)
    await shows('\x15', /Type db-ro: █/)
    await shows('\x1b[200~db-ro\n\x1b[201~', /type the confirmation: pasted text is not accepted|Type db-ro/)
    assert.deepEqual(
      engine.calls.filter((call) => call.startsWith('start')),
      [],
    )
    await shows(`db-ro${ENTER}`, /promote db-ro +0 of 3 steps done/)
    await asked('start', [`start ${RUN_ID} typed`])
  })

  test('scrolls while its confirmation is typed, and tab shows the passed checks', async (t) => {
    const { shows, store } = open(t, actPlanned({}, ''), {}, { columns: 80, rows: 24 })
    await shows('', /CHECKS +1 pass · 2 warn · 0 fail +tab shows all/)
    await shows('db', /Type db-ro: db█/)
    await shows(PAGE_DOWN, /3\. a write test/)
    await shows(END, /run 2026/)
    await shows('\t', /lines 1–/)
    await shows(PAGE_DOWN, /pass +target-is-standby/)
    await shows('-ro', /Type db-ro: db-ro█/)
    const { action } = store.latest()
    assert.equal(action?.current.phase === 'planned' && action.current.text, 'db-ro')
  })

  test('that is routine takes enter, one that disrupts takes y', async (t) => {
    const one = open(t, actPlanned({ danger: 'routine' }))
    await one.shows(ENTER, /run 2026/)
    await one.asked('start', [`start ${RUN_ID} enter`])
    const two = open(t, actPlanned({ danger: 'disruptive' }))
    await two.shows(ENTER, /answer y/)
    await two.shows('y', /run 2026/)
    await two.asked('start', [`start ${RUN_ID} yes`])
  })

  test('that is blocked can’t be confirmed; a check that may be overruled is, with a reason', async (t) => {
    const overrides: unknown[] = []
    const { shows, engine } = open(t, actBlocked(), {
      actions: { ...fakeController().actions, plan: (asked) => void overrides.push(asked.overrides) },
    })
    await shows('', /Blocked by manager, replay-backlog: nothing was changed/)
    await shows('y', /y: blocked by manager, replay-backlog/)
    await shows('o', /Overrule: █/)
    await shows('manager=no', /manager=no█/)
    await shows(ENTER, /CHECK=REASON, with one of replay-backlog/)
    await shows('\x15', /Overrule: █/)
    await shows('replay-backlog=we can wait', /can wait█/)
    await shows(ENTER, /promote/)
    await until('it is planned again', 5_000, () => overrides.length === 1)
    assert.deepEqual(overrides, [{ 'replay-backlog': 'we can wait' }])
    assert.deepEqual(
      engine.calls.filter((call) => call.startsWith('start')),
      [],
    )
    await shows(ESC, without('Overrule'))
    await shows(ESC, /DATABASES/)
  })
})

describe('a run', () => {
  test('waits for a hand, and takes m for it; left alone it goes on, and a shows it again', async (t) => {
    const { shows, asked } = open(t, actByHand())
    await shows('', /Do this there, then press m \(s skips it\):\s+systemctl stop postgresql/)
    await shows('q', /q: a run is in progress/)
    await shows('m', /promote db-ro/)
    await shows(ESC, /the run continues; a shows it/)
    await shows('a', /Do this there/)
    await shows('x', /The run stops after this step|promote/)
    await asked('stop', ['stop'])
    await asked('by hand', ['by hand'])
  })

  test('a step for a hand that is not needed is skipped with a reason, while it waits', async (t) => {
    const { shows, asked } = open(t, actByHand())
    await shows('', /Do this there, then press m \(s skips it\)/)
    await shows('s', /Skip the step, because/)
    await shows(ENTER, /Skip the step, because/)
    await shows('it is no host of ours', /it is no host of ours█/)
    await shows(ENTER, without('Skip the step'))
    await asked('skip fence', ['skip fence-old-primary: it is no host of ours'])
  })

  test('asks what to do about a step that failed', async (t) => {
    const { shows, asked } = open(t, actAsking())
    await shows('', /db-ro did not leave recovery: insufficient parameter settings/)
    await shows('s', /Skip the step, because/)
    await shows('done by hand', /done by hand█/)
    await shows(ENTER, without('Skip the step'))
    await shows('r', /primary/)
    await shows('u', /primary/)
    await shows('x', /primary/)
    await asked('decide', ['decide skip', 'decide retry', 'decide undo', 'decide stop'])
  })

  test('that has ended is left by enter', async (t) => {
    const { shows } = open(t, actDone())
    await shows('', /done, and seen to have worked/)
    await shows(ENTER, /DATABASES/)
  })

  test('a form is left by esc', async (t) => {
    const { shows, store } = open(t, actForm())
    await shows('', /slot: spare_/)
    await shows(ESC, /DATABASES/)
    assert.equal(store.latest().action, null)
  })

  test('a run that was cut off stands first in the menu', async (t) => {
    const cutOff = [{ cluster: 'vault', id: RUN_ID, title: 'promote db-ro' }]
    const state = healthy()
    const name = state.clusters[0]?.spec.name ?? ''
    const { shows, asked } = open(t, { ...state, cutOff: cutOff.map((each) => ({ ...each, cluster: name })) })
    await shows('a', /▸ resume: promote db-ro +run 2026\S+ was interrupted/)
    await shows(ENTER, /DATABASES/)
    await asked('resume', [`resume ${name} ${RUN_ID}`])
  })
})
