// A kind of step: what its plan packs is what its run gets; what does not fit is refused and named.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { ActionToolbox } from '../../../src/actions/definition/action.ts'
import * as arg from '../../../src/actions/definition/step-arguments.ts'
import { defineStep, type StepPlan } from '../../../src/actions/definition/step-kind.ts'
import type { JsonRecord, PlannedStep } from '../../../src/model/runs/plan.ts'
import { argumentsOf } from './form-arbitrary.ts'

const form = () =>
  arg.form({
    database: arg.text(),
    host: arg.optionalText(),
    limitMs: arg.number(),
    isFast: arg.flag(),
    stop: arg.texts(),
    values: arg.values(),
    way: arg.oneOf('sql', 'file'),
    followers: arg.list(arg.form({ id: arg.text(), slot: arg.optionalText() })),
  })
type Args = arg.Of<typeof form>

const TOOLS = {} as ActionToolbox

/** A kind of the second form, whose run and verify keep what they got. */
function trialKind() {
  const got: { args: Args | null } = { args: null }
  const kind = defineStep({
    kind: 'trial',
    version: 2,
    args: form,
    upgrades: { 1: ({ old, ...args }) => ({ ...args, host: old ?? null }) },
    plan: (args: Args): StepPlan<Args> => ({
      id: 'try',
      args,
      title: 'try it',
      how: 'sql',
      where: 'here',
      detail: 'SELECT 1',
      verify: 'it is seen',
      ifStopped: 'nothing',
      deadlineSeconds: 1,
    }),
    restarts: ({ database }) => ({ database, to: 'stopped' }),
    async run(args) {
      got.args = args
    },
    async verify(args) {
      got.args = args
      return { result: 'yes', evidence: args.database }
    },
  })
  return { kind, got }
}

const anyArgs = argumentsOf(form()) as unknown as fc.Arbitrary<Args>
const journaled = (step: PlannedStep): PlannedStep => JSON.parse(JSON.stringify(step))
const EXAMPLE: Args = {
  database: 'db-1',
  host: null,
  limitMs: 5,
  isFast: true,
  stop: ['stop'],
  values: [1, 'a', null],
  way: 'sql',
  followers: [{ id: 'db-2', slot: null }],
}

/** Why that step is refused; null where it is not. */
function refusal(args: JsonRecord, version?: number): string | null {
  const step = { kind: 'trial', args, ...(version === undefined ? {} : { version }) }
  const found = trialKind().kind.read(step)
  return found.fits ? null : found.why
}

describe('a kind of step', () => {
  test('its run and verify get what its plan packed, through a journal', async () => {
    await fc.assert(
      fc.asyncProperty(anyArgs, async (args) => {
        const { kind, got } = trialKind()
        const found = kind.read(journaled(kind.plan(args)))
        assert.ok(found.fits)
        await found.step.run(TOOLS)
        assert.deepEqual(got.args, args)
        got.args = null
        await found.step.verify(TOOLS)
        assert.deepEqual(got.args, args)
        assert.equal(found.step.undo, null)
      }),
    )
  })

  test('its plan says which form it is of, and what is left out of it', () => {
    const { version, undo, maySkip, changes } = trialKind().kind.plan(EXAMPLE)
    assert.deepEqual({ version, undo, maySkip, changes }, { version: 2, undo: null, maySkip: false, changes: [] })
  })

  test('an argument that is missing, of another type or unknown is refused by its name, without its value', () => {
    const { database: _, ...without } = EXAMPLE
    assert.equal(refusal(without, 2), '"database": a text was expected, found nothing')
    assert.equal(refusal({ ...EXAMPLE, limitMs: 'hunter2' }, 2), '"limitMs": a number was expected, found a text')
    assert.equal(refusal({ ...EXAMPLE, isFast: null }, 2), '"isFast": true or false was expected, found null')
    assert.equal(refusal({ ...EXAMPLE, stop: ['a', 5] }, 2), '"stop.1": a text was expected, found a number')
    assert.equal(refusal(null as unknown as JsonRecord, 2), '"args": a record was expected, found null')
    assert.equal(refusal({ ...EXAMPLE, values: {} }, 2), '"values": another value was expected, found a record')
    assert.equal(refusal({ ...EXAMPLE, way: 'carrier' }, 2), '"way": another value was expected, found a text')
    assert.equal(refusal({ ...EXAMPLE, datbase: 'db-1' }, 2), 'unknown arguments: datbase')
    assert.equal(
      refusal({ ...EXAMPLE, followers: [{ id: 1, slot: null }] }, 2),
      '"followers.0.id": a text was expected, found a number',
    )
  })

  test('an earlier form is read by its upgrade; one without a version is the first', () => {
    const { host: _, ...first } = EXAMPLE
    assert.equal(refusal({ ...first, old: 'h1' }), null)
    assert.equal(trialKind().kind.argsOf({ kind: 'trial', args: { ...first, old: 'h1' } })?.host, 'h1')
  })

  test('a later form, and one without an upgrade, is refused', () => {
    const why = (form: number) =>
      `another version of pgdeck wrote it (form ${form} of its arguments, this one knows form 2)`
    assert.equal(refusal({ ...EXAMPLE }, 3), why(3))
    assert.equal(refusal({ ...EXAMPLE }, 0), why(0))
    assert.equal(refusal({ ...EXAMPLE }, 1.5), why(1.5))
  })

  test('the arguments of another kind are not taken for its own', () => {
    assert.equal(trialKind().kind.argsOf({ kind: 'other', version: 2, args: { ...EXAMPLE } }), null)
  })

  test('what it restarts is told of a step that is over too, whose other arguments may be gone', () => {
    const { kind } = trialKind()
    const database = 'db-1'
    assert.deepEqual(kind.restartedBy({ kind: 'trial', version: 2, args: { database } }), [{ database, to: 'stopped' }])
    assert.deepEqual(kind.restartedBy({ kind: 'trial', version: 2, args: {} }), [])
    for (const args of [null, undefined, 5] as unknown as readonly JsonRecord[])
      assert.deepEqual(kind.restartedBy({ kind: 'trial', version: 2, args }), [])
  })
})
