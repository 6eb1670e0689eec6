// Commands of the configuration that hold secrets: carried out as they are written, kept and shown without them, and after a cut
// taken from the configuration again, where they still are the same.

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { runDocument } from '../../../src/model/runs/run-document.ts'
import { loadRun } from '../../../src/runtime/runs/log/run-store.ts'
import { startPgdeck } from '../../cli/process.ts'
import { scratch } from '../../config/scratch.ts'
import { type Acting, actingOn } from '../../fakes/acting.ts'
import { withCluster } from '../embedded.ts'

const SECRETS = ['HunterA', 'HunterB', 'HunterC', 'HunterD']
const NONE = new RegExp(SECRETS.join('|'))

/** Says a secret, notes what it was given, and fails as long as there is no file of that name. */
const command = (folder: string, more = '') => [
  'sh',
  '-c',
  `CTL_PASSWORD=HunterA; echo "$CTL_PASSWORD $3 $4${more}" >${folder}/given; echo "password=HunterB"; echo "-u me:HunterC" >&2; test -e ${folder}/may`,
  'sh',
  '-u',
  'me:HunterC',
  '--token',
  'HunterD',
]

function actionOf(argv: readonly string[]) {
  return { name: 'tidy', title: 'tidy up', host: 'h1', command: argv, danger: 'routine' }
}

async function acting(dsn: string, folder: string, argv: readonly string[] | null): Promise<Acting> {
  return actingOn({
    folder,
    databases: [{ name: 'db-1', dsn }],
    hosts: [{ name: 'h1', local: true }],
    cluster: { actions: argv === null ? [] : [actionOf(argv)] },
  })
}

/** Every file of the state folder but the configuration itself, which holds them. */
function kept(folder: string): string {
  const files = readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name)))
  return files
    .filter((file) => statSync(file).isFile() && !file.endsWith('config.json'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n')
}

async function shown(context: TestContext, one: Acting, ...args: readonly string[]): Promise<string> {
  const { out, err } = await startPgdeck(context, [...args, '-c', one.configFile], { cwd: one.folder, env: one.env })
    .ended
  return out + err
}

test('a command with secrets runs with them, and is kept and shown without, also where it failed', async (context) => {
  await withCluster({}, async ({ primary }) => {
    const { folder } = scratch(context)
    const state = scratch(context).folder
    const one = await acting(primary.dsn(), state, command(folder))
    try {
      const proposed = await one.executor.propose({ action: 'tidy', target: null, input: {} })
      assert.doesNotMatch(JSON.stringify(runDocument(proposed)), NONE)
      assert.match(proposed.plan.steps[0]?.detail ?? '', /CTL_PASSWORD=\[redacted\]/)
      const failed = await one.act('tidy', null)
      assert.equal(failed.state, 'failed')
      assert.equal(readFileSync(join(folder, 'given'), 'utf8'), 'HunterA --token HunterD\n')
      writeFileSync(join(folder, 'may'), '')
      const done = await one.act('tidy', null)
      assert.equal(done.state, 'done', done.why ?? '')
      for (const run of [failed, done]) {
        assert.doesNotMatch(JSON.stringify([runDocument(run), run.output, run.why]), NONE)
        assert.doesNotMatch(await shown(context, one, 'runs', run.id), NONE)
      }
      assert.match(kept(state), /"configured":"action tidy"/)
      assert.doesNotMatch(kept(state), NONE)
      assert.doesNotMatch(await shown(context, one, 'audit', '--json'), NONE)
      assert.doesNotMatch(await shown(context, one, 'do', 'tidy', '--dry-run'), NONE)
    } finally {
      await one.close()
    }
  })
})

test('a run that was cut off goes on with the command of the configuration, and only with the same', async (context) => {
  await withCluster({}, async ({ primary }) => {
    const { folder } = scratch(context)
    const state = scratch(context).folder
    const begun = await acting(primary.dsn(), state, command(folder))
    const failed = await begun.act('tidy', null)
    await begun.close()
    assert.equal(failed.state, 'failed')
    writeFileSync(join(folder, 'may'), '')
    const lines = kept(join(state, 'runs'))
    for (const [argv, said] of [
      [command(folder, ' another'), /“action tidy” of the config differs from the one when this was planned/],
      [null, /“action tidy” of the config is (?:missing|gone)/],
    ] as const) {
      rmSync(join(folder, 'given'))
      const other = await acting(primary.dsn(), state, argv)
      try {
        await assert.rejects(other.executor.resume(failed.id, { skips: {} }), said)
        assert.equal(existsSync(join(folder, 'given')), false)
        writeFileSync(join(folder, 'given'), '')
      } finally {
        await other.close()
      }
    }
    assert.equal(kept(join(state, 'runs')), lines, 'a refused run is as it was')
    const same = await acting(primary.dsn(), state, command(folder))
    try {
      const done = await same.executor.resume(failed.id, { skips: {} })
      assert.equal(done.state, 'done', done.why ?? '')
      assert.equal(readFileSync(join(folder, 'given'), 'utf8'), 'HunterA --token HunterD\n')
    } finally {
      await same.close()
    }
    assert.doesNotMatch(kept(state), NONE)
    assert.equal((await loadRun(state, failed.id))?.state, 'done')
  })
})

test('a secret that was given for a plan is not kept, so that the plan is made anew', async (context) => {
  await withCluster({}, async ({ primary }) => {
    const state = scratch(context).folder
    const line = 'host all all 10.9.8.0/24 ldap ldapserver=x ldapprefix="cn=" ldapsuffix="" ldapbindpasswd=HunterA'
    const one = await actingOn({
      folder: state,
      databases: [{ name: 'db-1', dsn: primary.dsn(), host: 'h1' }],
      hosts: [{ name: 'h1', local: true, dataDirectory: primary.dataDirectory }],
    })
    try {
      const run = await one.executor.propose({ action: 'add-hba-entry', target: 'db-1', input: { line } })
      assert.doesNotMatch(JSON.stringify(runDocument(run)), NONE)
      const outcome = await one.executor
        .start(run, { answer: { kind: 'yes' }, givenBy: 'test', skips: {} })
        .then(({ state: is }) => is, String)
      assert.doesNotMatch(kept(state), NONE, outcome)
      const found = await loadRun(state, run.id)
      if (found && found.state !== 'done')
        await assert.rejects(one.executor.resume(run.id, { skips: {} }), /needs a secret|Plan again|changed/)
    } finally {
      await one.close()
    }
  })
})
