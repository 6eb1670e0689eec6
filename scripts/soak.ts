// Hurts real servers at random for some minutes while two pgdecks watch, one of them on a screen, and holds both to what
// must always be true: `npm run soak -- [MINUTES] [SEED]`. The seed of a run that failed begins the same faults again.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { seededRandom } from '../src/demo/random.ts'
import { readTextOrNull } from '../src/io/files/sync-files.ts'
import { DATABASE_TROUBLES, NETWORK_TROUBLES, rebuilt, type Trouble } from '../test/real/proxied/troubles.ts'
import { patiently, within } from '../test/wait.ts'
import { excessiveHeap, type MemoryUse, memoryGrowth } from './soak/memory.ts'
import { violations } from './soak/oracle.ts'
import { openScreen, type SoakScreen } from './soak/screen.ts'
import { openSoakSetup } from './soak/setup.ts'
import { soakSteps } from './soak/steps.ts'
import type { WatcherReport, WatcherRequest } from './soak/watcher.ts'

const [, , minutes = '10', given] = process.argv
const seed = given === undefined ? Date.now() % 1_000_000 : Number(given)
const random = seededRandom(seed)
const endsAt = performance.now() + Number(minutes) * 60_000
/** Much more than interval and timeout: the machine may be slow, and do other things too. */
const PATIENCE_MS = patiently(15_000)
const MOST_AT_ONCE = 3
/** Lines of each server's log that are shown when it failed. */
const LOG_LINES = 25
/** So often everything is mended and weighed. */
const STEPS_PER_ROUND = 8

const steps: string[] = []
let interrupted = false
/** A standby was promoted while its primary went on. */
let isSplit = false
process.once('SIGINT', () => {
  interrupted = true
})

console.log(`seed ${seed}, ${minutes} min`)
const ground = await openSoakSetup()
const watcher = fork(fileURLToPath(new URL('./soak/watcher.ts', import.meta.url)), [ground.config], {
  env: { ...process.env, PGDECK_STATE_DIR: ground.stateFolder('watcher') },
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
})
const screen = openScreen(ground.config, ground.stateFolder('screen'))
try {
  await soak()
  const flaws = await screen.end()
  if (flaws.length > 0) throw new Error(flaws.join('\n'))
  console.log(`clean: ${steps.length} steps, seed ${seed}`)
} catch (error) {
  console.error(`FAILED with seed ${seed} after ${steps.length} steps: ${error instanceof Error ? error.stack : error}`)
  console.error(`the last steps: ${steps.slice(-12).join(' | ')}`)
  // They are removed with the servers.
  for (const { name, logFile } of [ground.primary, ground.first, ground.second]) {
    console.error(
      `the log of ${name} ends with:\n${(readTextOrNull(logFile) ?? '').split('\n').slice(-LOG_LINES).join('\n')}`,
    )
  }
  process.exitCode = 1
} finally {
  if (watcher.connected) watcher.send('end' satisfies WatcherRequest)
  await Promise.race([once(watcher, 'exit'), pause(patiently(5_000), undefined, { ref: false })])
  watcher.kill('SIGKILL')
  await screen.end()
  await ground.close()
}

async function soak(): Promise<void> {
  const active: Trouble[] = []
  const weights: MemoryUse[] = []
  await settled(active)
  while (performance.now() < endsAt && !interrupted) {
    for (let step = 0; step < STEPS_PER_ROUND; step++) {
      await oneStep(active)
      await settled(active)
    }
    while (active.length > 0) await mend(active, 0)
    await settled(active)
    weights.push(await weigh(watcher, screen))
    const tooMuch = memoryGrowth(weights)
    console.log(`${steps.length} steps; ${describe(weights.at(-1))}`)
    if (tooMuch.length > 0) throw new Error(tooMuch.join('\n'))
  }
  const alive = await screen.collectedHeap()
  console.log(`the screen's heap after a collection: ${megabytes(alive)}`)
  const tooMuch = excessiveHeap(alive)
  if (tooMuch.length > 0) throw new Error(tooMuch.join('\n'))
}

/** Makes or mends something, or does something that is over at once. */
async function oneStep(active: Trouble[]): Promise<void> {
  screen.disturb(random)
  const dice = random()
  if (isSplit) {
    // Nothing else is done to a standby that is one no more.
    note('the promoted standby is made anew')
    await rebuilt(ground)
    isSplit = false
  } else if (active.length > 0 && (dice < 0.4 || active.length >= MOST_AT_ONCE)) {
    await mend(active, Math.floor(random() * active.length))
  } else if (dice < 0.6 && active.length === 0) {
    const moment = pick(soakSteps)
    note(moment.what)
    await moment.happen(ground)
    isSplit = moment.splits ?? false
  } else {
    const possible = [...NETWORK_TROUBLES, ...DATABASE_TROUBLES].filter((trouble) => isPossible(trouble, active))
    if (possible.length === 0) return
    const trouble = pick(possible)
    note(trouble.what)
    await trouble.make(ground)
    active.push(trouble)
  }
}

function isPossible(trouble: Trouble, active: readonly Trouble[]): boolean {
  // The name of that target is resolved by the process that watches.
  if (trouble.at === 'named' || active.some(({ isWide }) => isWide) || (trouble.isWide && active.length > 0))
    return false
  const hit = [trouble.at, ...(trouble.alsoHit ?? [])]
  return !active.some((other) => hit.some((id) => id === other.at || other.alsoHit?.includes(id)))
}

async function mend(active: Trouble[], index: number): Promise<void> {
  const [trouble] = active.splice(index, 1)
  if (!trouble) return
  note(`mended: ${trouble.what}`)
  await trouble.mend(ground)
}

/** Waits until what is believed is what is so; throws with what is not when that does not come. */
async function settled(active: readonly Trouble[]): Promise<void> {
  const until = performance.now() + PATIENCE_MS
  const since = Date.now()
  for (;;) {
    const told = await ask(watcher, { collect: false })
    if (told.warnings.length > 0) throw new Error(told.warnings.join('\n'))
    const wrong = await violations(ground, active, isSplit, since, told)
    if (wrong.length === 0) break
    if (performance.now() > until) throw new Error(`not true after ${PATIENCE_MS / 1000} s:\n${wrong.join('\n')}`)
    await pause(100)
  }
  const flaws = await screen.flaws()
  if (flaws.length > 0) throw new Error(flaws.join('\n'))
}

async function ask(child: ChildProcess, request: WatcherRequest): Promise<WatcherReport> {
  child.send(request)
  const [told] = await once(child, 'message', { signal: within(20_000) })
  return told as WatcherReport
}

/** After a while in which nothing happens, and several times: what is under way at one moment is no leak. */
async function weigh(child: ChildProcess, on: SoakScreen): Promise<MemoryUse> {
  await pause(2_000)
  const looks: WatcherReport[] = []
  for (let look = 0; look < 4; look++) {
    looks.push(await ask(child, { collect: look === 3 }))
    await pause(300)
  }
  const last = looks.at(-1)
  const kinds = Object.keys(last?.resources ?? {})
  const least = kinds.map((kind) => [kind, Math.min(...looks.map(({ resources }) => resources[kind] ?? 0))])
  return {
    resources: Object.fromEntries(least),
    heapBytes: last?.heapBytes ?? 0,
    rssBytes: last?.rssBytes ?? 0,
    screen: on.weight(),
  }
}

function describe(weight: MemoryUse | undefined): string {
  if (!weight) return ''
  const { heapBytes, rssBytes, resources, screen: shown } = weight
  return `heap ${megabytes(heapBytes)}, memory ${megabytes(rssBytes)}, holds ${JSON.stringify(resources)}; screen: ${shown.descriptors} descriptors, ${megabytes(shown.rssBytes)}`
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(1)} MB`
}

function pick<T>(all: readonly T[]): T {
  const one = all[Math.floor(random() * all.length)]
  if (one === undefined) throw new Error('nothing to choose from')
  return one
}

function note(what: string): void {
  steps.push(what)
}
