// One cluster on which an act is begun, killed after a line of its journal, and resumed, again and again from the same state.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { removeSharedMemory } from '../../../src/demo/postgres/postgres-node.ts'
import type { PostgresNode } from '../../../src/demo/postgres/start-postgres.ts'
import { isProcessAlive, runProgram, sendSignal } from '../../../src/io/process/process.ts'
import { listRunIds } from '../../../src/io/runs/journal.ts'
import { ActionError } from '../../../src/model/runs/action-error.ts'
import { isResumableRun, type Run } from '../../../src/model/runs/run.ts'
import { loadRun } from '../../../src/runtime/runs/log/run-store.ts'
import { type Acting, actingOn } from '../../fakes/acting.ts'
import type { KilledTask } from '../../fakes/killed-acting.ts'
import { TYPESCRIPT } from '../../fakes/typescript.ts'
import { until } from '../../wait.ts'
import { withCluster } from '../embedded.ts'
import { KILLED_ACTS, type KilledAct, type KilledActName, streams } from './killed-acts.ts'
import { againLog, evidenceOf, processesOn } from './killed-evidence.ts'
import { commitNumbers, hostOf, isPrimary, prepareNumbers } from './promoting.ts'

const CHILD = fileURLToPath(new URL('../../fakes/killed-acting.ts', import.meta.url))
const NUMBERS = 10

export interface Lane {
  /**
   * From the same beginning: starts the act, kills it there, goes on, and asserts how it ends: resumed, that it is done and
   * nothing was done twice; undone, that what it stopped is up again. One node takes writes, and nothing is lost. False when
   * the act had ended before.
   */
  point(moment: Moment, then?: Ending): Promise<boolean>
}

/** After so many lines of the journal, or so many milliseconds after its first one. */
export type Moment = { readonly lines: number } | { readonly afterMs: number }

/** What is done with a run that was killed. */
export type Ending = 'resume' | 'undo'

/** Keeps a cluster for the points of an act. */
export async function withLane(name: KilledActName, body: (lane: Lane) => Promise<void>): Promise<void> {
  const act = KILLED_ACTS[name]
  await withCluster({ standbys: 1 }, async (cluster) => {
    const { primary, nodes } = cluster
    const [standby] = cluster.standbys
    assert.ok(standby)
    await prepareNumbers(primary)
    await commitNumbers(primary, 1, NUMBERS)
    await cluster.caughtUp()
    const base = mkdtempSync(join(tmpdir(), 'pgdeck-lane-'))
    const databases = nodes.map((node) => ({
      name: node.name,
      dsn: `${node.dsn()}?sslmode=disable`,
      host: `host-${node.name}`,
    }))
    const options = { databases, hosts: nodes.map(hostOf) }
    const watching = await actingOn({ ...options, folder: base })
    await watching.close()
    for (const node of [primary, standby]) await (act.up.includes(node.name) ? node.stop() : node.kill())
    await keepCopies(nodes)
    try {
      const point = (moment: Moment, then: Ending = 'resume') =>
        killedAt(moment, then, { name, act, options, base, primary, standby })
      await body({ point })
    } finally {
      for (const node of nodes) await endAny(node)
      rmSync(base, { recursive: true, force: true })
    }
  })
}

interface Scene {
  readonly name: KilledActName
  readonly act: KilledAct
  readonly options: Omit<KilledTask['options'], 'folder'>
  /** A state folder that knows what was last seen of the primary. */
  readonly base: string
  readonly primary: PostgresNode
  readonly standby: PostgresNode
}

async function killedAt(moment: Moment, then: Ending, scene: Scene): Promise<boolean> {
  await restore(scene)
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-killed-'))
  try {
    copyFileSync(join(scene.base, 'last-seen.json'), join(folder, 'last-seen.json'))
    return await killedIn(folder, moment, then, scene)
  } catch (error) {
    // The servers and the folder are gone when this is read.
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error)
    const evidence = evidenceOf(folder, [scene.primary, scene.standby])
    throw new Error(`${scene.name}, killed at ${JSON.stringify(moment)}, then ${then}: ${why}\n${evidence}`, {
      cause: error,
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function killedIn(folder: string, moment: Moment, then: Ending, scene: Scene): Promise<boolean> {
  const { act, primary, standby } = scene
  const options = { ...scene.options, folder }
  const { ending, said } = await killed({ options, ...act.request, ...moment })
  const [id = ''] = await listRunIds(folder)
  const left = await loadRun(folder, id)
  assert.ok(left, `the journal tells of the run, which said: ${said}`)
  if (ending === 'ended') {
    assert.equal(left.state, 'done', left.why ?? '')
    return false
  }
  await atMostOneWrites(scene)
  if (left.state === 'planned') {
    await act.assertBefore({ primary, standby })
    return true
  }
  const run = then === 'resume' ? await resumed(left, options) : await undone(left, options)
  await atMostOneWrites(scene)
  if (run.state === 'aborted') await act.assertUndone({ primary, standby }, run)
  else {
    assert.equal(run.state, 'done', run.why ?? '')
    await act.assertDone({ primary, standby })
    const [row] = await (await primaryOf(scene)).query<{ n: number }>('select count(*)::int as n from numbers')
    assert.equal(row?.n, NUMBERS)
  }
  return true
}

async function resumed(left: Run, options: KilledTask['options']): Promise<Run> {
  if (!isResumableRun(left)) return left
  return goneOn(left, options, ({ executor }) => executor.resume(left.id, { skips: {} }))
}

async function undone(left: Run, options: KilledTask['options']): Promise<Run> {
  if (!isResumableRun(left)) return left
  return goneOn(left, options, ({ executor }) => executor.abort(left.id, 'a test'))
}

async function goneOn(left: Run, options: KilledTask['options'], go: (acting: Acting) => Promise<Run>): Promise<Run> {
  const acting = await actingOn(options)
  let run = left
  try {
    // A server frees what the killed process held as soon as it notices: on a busy machine that is after the first try.
    await until('the killed run holds the cluster no longer', 10_000, async () => {
      try {
        run = await go(acting)
        return true
      } catch (error) {
        if (error instanceof ActionError && error.message.startsWith('another run holds this cluster')) return false
        throw error
      }
    })
    return run
  } finally {
    await acting.close()
  }
}

async function atMostOneWrites({ primary, standby }: Scene): Promise<void> {
  const writes = await Promise.all([primary, standby].map((node) => isPrimary(node).catch(() => false)))
  assert.ok(writes.filter((each) => each).length <= 1, 'never two that take writes')
}

/** `said`: how the act ended, and what blocked it. */
async function killed(task: KilledTask): Promise<{ readonly ending: 'killed' | 'ended'; readonly said: string }> {
  const child = spawn(process.execPath, ['--import', TYPESCRIPT, CHILD, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  const [code, by] = (await once(child, 'close')) as [number | null, string | null]
  if (by === 'SIGKILL') return { ending: 'killed', said }
  assert.equal(code, 0, said)
  return { ending: 'ended', said }
}

function copyOf({ dataDirectory }: PostgresNode): string {
  return `${dataDirectory}.copy`
}

function postmasterOf(dataDirectory: string): number {
  const file = join(dataDirectory, 'postmaster.pid')
  return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : 0
}

/** As their owner, with everything as it was. */
async function copy(from: string, to: string): Promise<void> {
  await runProgram('/bin/cp', ['-a', from, to])
}

async function keepCopies(nodes: readonly PostgresNode[]): Promise<void> {
  for (const node of nodes) await copy(node.dataDirectory, copyOf(node))
}

async function restore(scene: Scene): Promise<void> {
  const nodes = [scene.primary, scene.standby]
  for (const node of nodes) {
    await endAny(node)
    rmSync(node.dataDirectory, { recursive: true, force: true })
    rmSync(againLog(node.dataDirectory), { force: true })
    await copy(copyOf(node), node.dataDirectory)
  }
  // A killed primary keeps the file of its postmaster. What is started here was ended by us, and must not be mistaken for running.
  const up = nodes.filter(({ name }) => scene.act.up.includes(name))
  for (const node of up) {
    rmSync(join(node.dataDirectory, 'postmaster.pid'), { force: true })
    await node.start()
  }
  if (up.length === 2) await until('it streams', 20_000, () => streams(scene.primary))
}

/** The one that takes writes. */
async function primaryOf({ primary, standby }: Scene): Promise<PostgresNode> {
  return (await isPrimary(primary).catch(() => false)) ? primary : standby
}

/**
 * Whoever started it: the act starts and stops servers too, and what it was about to start when it was killed goes on. By
 * what they work on, never by a number that a killed server left in a file: that may be another process's by now.
 */
async function endAny(node: PostgresNode): Promise<void> {
  await node.kill()
  await until(`nothing works on ${node.dataDirectory}`, 10_000, () => {
    const all = processesOn(node.dataDirectory).filter(isProcessAlive)
    for (const each of all) sendSignal(each, 'SIGKILL')
    if (all.includes(postmasterOf(node.dataDirectory))) removeSharedMemory(node.dataDirectory)
    return all.length === 0
  })
  // What a killed server leaves there names its process, and a server takes another one of that number for its own still running.
  rmSync(join(node.socketDirectory, `.s.PGSQL.${node.port}.lock`), { force: true })
}
