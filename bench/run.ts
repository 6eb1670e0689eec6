// `npm run bench`: what pgdeck costs, and what its peers cost in the same run. Prints a table and writes bench/last.json.
//
//   npm run bench                   everything, about seven minutes
//   npm run bench -- --quick        shorter windows: rougher figures in about two minutes
//   npm run bench -- --many         also 200 and 500 databases
//   npm run bench -- --fleet        only fifty simulated clusters with 500 databases, about four minutes
//
// Times differ between machines and hours; compare columns of one run, not runs.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import type { PostgresNode } from '../src/demo/postgres/start-postgres.ts'
import { type Behind, behind } from './behind.ts'
import { type BenchCluster, type Spent, startCluster } from './cluster.ts'
import { benchFleet } from './fleet/run.ts'
import {
  type BenchSubject,
  closeSubject,
  type KeyTimes,
  keyTimes,
  openSubject,
  type Spread,
  type Steady,
  spread,
  startTime,
  steady,
} from './measure.ts'
import { statusTime } from './once.ts'
import { peers, pgdeck, skipped } from './subjects.ts'
import { behindTable, budgets, resultTable } from './table.ts'

const quick = process.argv.includes('--quick')
const WINDOW_MS = quick ? 10_000 : 30_000
const STARTS = quick ? 3 : 9
const KEYS = quick ? 20 : 60

export interface BenchResult {
  readonly name: string
  readonly databases: number
  readonly startMs: Spread | null
  readonly quiet: Steady | null
  readonly busy: Steady | null
  readonly keys: KeyTimes | null
  readonly keysWhileHung: KeyTimes | null
  readonly server: ServerCost | null
}

/** All that one run found. */
export interface BenchFindings {
  readonly results: readonly BenchResult[]
  /** Behind 50 ms of round trip. */
  readonly far: readonly Behind[]
  /** `status --json` of three databases, the whole process. */
  readonly statusMs: Spread
}

/** What polling all servers that are watched costs them together, each interval. */
export interface ServerCost {
  readonly statementsPerPoll: number
  readonly serverMsPerPoll: number
  readonly newConnectionsPerPoll: number
}

function say(text: string): void {
  process.stderr.write(`bench: ${text}\n`)
}

/** Start times of all subjects in turn, so that a slow minute of the machine hits all alike. */
async function starts(subjects: readonly BenchSubject[]): Promise<ReadonlyMap<string, Spread>> {
  const times = new Map<string, number[]>(subjects.map(({ name }) => [name, []]))
  for (let round = 0; round <= STARTS; round++) {
    for (const subject of subjects) {
      const ms = await startTime(subject)
      // The first round fills caches.
      if (round > 0) times.get(subject.name)?.push(ms)
    }
  }
  return new Map([...times].map(([name, all]) => [name, spread(all)]))
}

/** What one role's polls cost the servers together, over a window in which nothing else of that role runs. */
async function serverCost(cluster: BenchCluster, role: string, intervalMs: number): Promise<ServerCost> {
  const { nodes } = cluster
  const spent = () => Promise.all(nodes.map((node) => cluster.spent(node, role)))
  const total = (all: readonly Spent[], of: keyof Spent) => all.reduce((sum, each) => sum + each[of], 0)
  await cluster.forget()
  const before = await spent()
  await after(WINDOW_MS)
  const now = await spent()
  const polls = WINDOW_MS / intervalMs
  // `spent` itself connects once to each to look.
  const made = total(now, 'sessions') - total(before, 'sessions') - nodes.length
  return {
    statementsPerPoll: total(now, 'statements') / polls,
    serverMsPerPoll: total(now, 'serverMs') / polls,
    newConnectionsPerPoll: Math.max(0, made) / polls,
  }
}

/** One program, or several that share the work: what they take is told as a sum. Keys are those of the first. */
async function measure(
  cluster: BenchCluster,
  subjects: readonly [BenchSubject, ...BenchSubject[]],
  role: string,
  startMs: Spread | null,
  databases: number,
): Promise<BenchResult> {
  const [subject] = subjects
  const opened = subjects.map((each) => ({ each, pty: openSubject(each) }))
  const pty = opened[0]?.pty ?? openSubject(subject)
  const all = async () => sumOf(await Promise.all(opened.map((one) => steady(one.each, one.pty, WINDOW_MS))))
  try {
    for (const one of opened) await one.pty.until(one.each.ready, `${subject.name}'s first figures`, 30_000)
    say(`${subject.name}: quiet`)
    const quiet = await all()
    // A program that watches a cluster of its own costs these servers nothing.
    const server = subject.keys === null ? null : await serverCost(cluster, role, subject.intervalMs)
    say(`${subject.name}: keys`)
    const keys = subject.keys === null ? null : await keyTimes(subject, pty, KEYS)
    say(`${subject.name}: busy`)
    const unload = await cluster.load()
    const busy = await all().finally(unload)
    const keysWhileHung = subject.name === 'pgdeck' ? await hungKeys(cluster, subject, pty) : null
    return { name: subject.name, databases, startMs, quiet, busy, keys, keysWhileHung, server }
  } finally {
    for (const one of opened) await closeSubject(one.each, one.pty)
  }
}

function sumOf(all: readonly Steady[]): Steady {
  const total = (of: keyof Steady) => all.reduce((sum, each) => sum + each[of], 0)
  return {
    cpuSecondsPerMinute: total('cpuSecondsPerMinute'),
    residentMb: total('residentMb'),
    bytesPerRefresh: total('bytesPerRefresh'),
  }
}

/** Keys while one of the databases accepts and never answers. */
async function hungKeys(
  cluster: BenchCluster,
  subject: BenchSubject,
  pty: ReturnType<typeof openSubject>,
): Promise<KeyTimes> {
  say(`${subject.name}: keys with a hung database`)
  const node = cluster.nodes[2] as PostgresNode
  await node.freeze()
  try {
    await pty.until((screen) => /2 of 3 up/.test(screen), 'that one database hangs', 15_000)
    return await keyTimes(subject, pty, KEYS)
  } finally {
    await node.thaw()
  }
}

/** Many databases: keys at 200, CPU and memory at 500. The servers share the machine, so only pgdeck's own use is told. */
async function many(cluster: BenchCluster, folder: string): Promise<readonly BenchResult[]> {
  const results: BenchResult[] = []
  for (const databases of [200, 500]) {
    const subject = pgdeck(cluster, folder, databases)
    say(`${databases} databases`)
    const pty = openSubject(subject)
    try {
      await pty.until(subject.ready, `${databases} databases`, 60_000)
      const quiet = await steady(subject, pty, WINDOW_MS)
      const keys = await keyTimes(subject, pty, KEYS)
      results.push({
        name: 'pgdeck',
        databases,
        startMs: null,
        quiet,
        busy: null,
        keys,
        keysWhileHung: null,
        server: null,
      })
    } catch (error) {
      const [first] = String(error).split('\n')
      say(`${databases} databases: not measured: ${first?.slice(0, 200)}`)
    } finally {
      await closeSubject(subject, pty)
    }
  }
  return results
}

async function main(): Promise<void> {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' })
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-bench-'))
  say('starting three databases')
  const cluster = await startCluster()
  try {
    const own = pgdeck(cluster, folder, 3)
    const others = peers(cluster)
    for (const why of skipped()) say(`left out: ${why}`)
    say(`start times of ${[own, ...others].map(({ name }) => name).join(', ')}`)
    const times = await starts([own, ...others.flatMap(({ subjects }) => subjects.slice(0, 1))])
    const statusMs = await statusTime(own, STARTS)
    const results = [await measure(cluster, [own], 'pgdeck', times.get(own.name) ?? null, 3)]
    for (const { name, subjects } of others) {
      const [first, ...rest] = subjects
      if (first)
        results.push(await measure(cluster, [first, ...rest], 'peer', times.get(name) ?? null, subjects.length))
    }
    say('behind 50 ms of round trip')
    const far = await behind(cluster, { folder, starts: STARTS, keys: KEYS, windowMs: WINDOW_MS })
    if (process.argv.includes('--many')) results.push(...(await many(cluster, folder)))
    tell({ results, far, statusMs })
  } finally {
    await cluster.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Prints what was found and keeps it in bench/last.json. */
function tell(found: BenchFindings): void {
  const about = { node: process.version, cpu: cpus()[0]?.model ?? '?', cores: cpus().length, windowMs: WINDOW_MS }
  const load = loadavg()[0] ?? 0
  writeFileSync(
    'bench/last.json',
    `${JSON.stringify({ about: { ...about, load }, ...found, skipped: skipped() }, null, 2)}\n`,
  )
  console.log(`${resultTable(found.results)}\n\n${behindTable(found.far)}\n\n${budgets(found, skipped())}`)
  console.log(
    `\nNode ${about.node}, ${about.cores} x ${about.cpu}, load ${load.toFixed(1)}; figures in bench/last.json`,
  )
}

if (process.argv.includes('--fleet')) await benchFleet(quick)
else await main()
