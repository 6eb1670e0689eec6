// `npm run bench -- --fleet`: fifty clusters of ten simulated databases at two seconds, and what watching them takes.
// First the store and the poller in this process, then the program itself in a terminal, with its keys.

import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type BenchSubject, closeSubject, keyTimes, openSubject, steady } from '../measure.ts'
import { type Fleet, startFleet } from './fleet.ts'
import { ages, use, type Watcher, watch } from './watcher.ts'

const CLUSTERS = 50
/** With as many servers in each: 2 000 databases. */
const MANY_CLUSTERS = 200
/** Of one core: what 500 databases may take, and 2 000. */
const SHARE = 0.15
const SHARE_OF_MANY = 0.5
/** One frame of a screen of 60 Hz. */
const KEY_MS = 16
const SIZE = 10
const INTERVAL_MS = 2_000
const HUNG = { cluster: 7, node: 3 }

interface Line {
  readonly what: string
  readonly found: string
  /** null: only told. */
  readonly kept: boolean | null
}

/** Measures and prints; `quick` takes shorter windows. */
export async function benchFleet(quick: boolean): Promise<void> {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' })
  const windowMs = quick ? 10_000 : 30_000
  const fleet = await startFleet(CLUSTERS, SIZE)
  const lines: Line[] = []
  try {
    say(`${fleet.databases} databases, no screen`)
    const watcher = await watch(fleet.config, INTERVAL_MS)
    try {
      lines.push(...(await costs(watcher, windowMs)), ...(await whileHung(fleet, watcher)))
    } finally {
      await watcher.stop()
    }
    say(`${fleet.databases} databases on the screen`)
    lines.push(...(await onScreen(fleet, windowMs, quick ? 20 : 60, SHARE)))
  } finally {
    await fleet.stop()
  }
  const many = await startFleet(MANY_CLUSTERS, SIZE)
  try {
    say(`${many.databases} databases on the screen`)
    lines.push(...(await onScreen(many, windowMs, quick ? 20 : 60, SHARE_OF_MANY)))
  } finally {
    await many.stop()
  }
  say('memory over many polls')
  lines.push(...(await memory(quick ? 30_000 : 120_000)))
  for (const { what, found, kept } of lines) {
    console.log(`${kept === null ? '      ' : kept ? 'kept  ' : 'BROKEN'}  ${what}: ${found}`)
  }
}

function say(text: string): void {
  process.stderr.write(`bench: ${text}\n`)
}

async function costs(watcher: Watcher, windowMs: number): Promise<readonly Line[]> {
  await after(3_000)
  const { cpu, polls, publishes, msPerPoll } = await use(watcher, windowMs)
  return [
    { what: 'until all were read first, ms', found: watcher.allReadMs.toFixed(0), kept: null },
    { what: 'CPU of one core without a screen', found: percent(cpu), kept: cpu < SHARE },
    { what: 'CPU per poll with all that follows, ms', found: msPerPoll.toFixed(2), kept: null },
    { what: 'polls and publishes per second', found: rates([polls, publishes], windowMs), kept: null },
  ]
}

/** How old the others' readings get while one node takes connections and says nothing. */
async function whileHung(fleet: Fleet, { store }: Watcher): Promise<readonly Line[]> {
  const worstOver = async (ms: number) => {
    let worst = 0
    const leave = store.subscribe(() => {
      const others = ages(store.published()).flatMap((nodes, cluster) =>
        nodes.filter((_, node) => cluster !== HUNG.cluster || node !== HUNG.node),
      )
      worst = Math.max(worst, ...others.map((age) => age ?? Number.POSITIVE_INFINITY))
    })
    await after(ms)
    leave()
    return worst
  }
  const before = await worstOver(8_000)
  fleet.hang({ ...HUNG, hung: true })
  const during = await worstOver(8_000)
  const state = store.published().clusters[HUNG.cluster]?.databases[HUNG.node]?.pulse.state ?? '?'
  fleet.hang({ ...HUNG, hung: false })
  return [
    {
      what: `oldest reading of any other, one node hung (it is ${state}), ms`,
      found: `${during.toFixed(0)} (before: ${before.toFixed(0)})`,
      kept: state === 'stale' && during < INTERVAL_MS * 1.5,
    },
  ]
}

async function onScreen(fleet: Fleet, windowMs: number, presses: number, share: number): Promise<readonly Line[]> {
  const subject: BenchSubject = {
    name: 'pgdeck',
    command: process.execPath,
    args: ['bin/pgdeck.js', '--config', fleet.config, '--press', '0'],
    env: { PGDECK_STATE_DIR: join(fleet.folder, 'state') },
    ready: (screen) => /cluster-09/.test(screen) && /10 of 10|10\/10/.test(screen),
    intervalMs: INTERVAL_MS,
    keys: ['j', 'k'],
    quit: 'q',
  }
  const startedAt = performance.now()
  const pty = openSubject(subject)
  try {
    await pty.until(subject.ready, 'the fleet', 60_000)
    const startMs = performance.now() - startedAt
    const { cpuSecondsPerMinute, residentMb, bytesPerRefresh } = await steady(subject, pty, windowMs)
    const keys = await keyTimes(subject, pty, presses)
    const cpu = cpuSecondsPerMinute / 60
    return [
      { what: 'screen: first figures of the fleet, ms', found: startMs.toFixed(0), kept: null },
      { what: `screen: CPU of one core, ${fleet.databases} databases`, found: percent(cpu), kept: cpu < share },
      { what: 'screen: key to paint, median and p95, ms', ...spread(keys.firstByteMs) },
      { what: 'screen: bytes per refresh', found: bytesPerRefresh.toFixed(0), kept: null },
      { what: 'screen: resident memory, MB', found: residentMb.toFixed(0), kept: null },
    ]
  } finally {
    await closeSubject(subject, pty)
  }
}

function spread({ median, p95 }: { readonly median: number; readonly p95: number }) {
  return { found: `${median.toFixed(1)}, ${p95.toFixed(1)}`, kept: p95 < KEY_MS }
}

/** The heap after collecting garbage, while a smaller fleet is polled twenty times as often as usual. */
async function memory(forMs: number): Promise<readonly Line[]> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const fleet = await startFleet(5, SIZE)
  try {
    const watcher = await watch(fleet.config, 100)
    const heaps: number[] = []
    const resident: number[] = []
    for (let part = 0; part < 10; part++) {
      await after(forMs / 10)
      collect()
      heaps.push(process.memoryUsage().heapUsed / 1024 ** 2)
      resident.push(process.memoryUsage.rss() / 1024 ** 2)
    }
    const polls = watcher.polls()
    await watcher.stop()
    const [middle = 0, last = 0] = [heaps[5], heaps[9]]
    const figures = (values: readonly number[]) => values.map((value) => value.toFixed(0)).join(' ')
    return [
      { what: `heap over ${polls} polls, MB`, found: figures(heaps), kept: last < middle * 1.1 },
      { what: 'resident meanwhile, MB', found: figures(resident), kept: null },
    ]
  } finally {
    await fleet.stop()
  }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

function rates(counts: readonly number[], windowMs: number): string {
  return counts.map((count) => ((count * 1000) / windowMs).toFixed(1)).join(', ')
}
