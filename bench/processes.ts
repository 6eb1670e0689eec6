// What a program and everything it started have used so far, from /proc.

import { readdirSync, readFileSync } from 'node:fs'
import { familyOf } from '../test/fakes/pty.ts'

export interface Usage {
  readonly cpuSeconds: number
  readonly residentMb: number
}

/** CPU time and resident memory of a process and its descendants that still run. */
export function usageOf(pid: number): Usage {
  let nanoseconds = 0
  let kilobytes = 0
  for (const { pid: member } of familyOf(pid)) {
    // `schedstat` counts in nanoseconds; `stat` counts ticks, too coarse for a program that sleeps nearly always.
    for (const thread of names(`/proc/${member}/task`)) {
      nanoseconds += Number(readText(`/proc/${member}/task/${thread}/schedstat`).split(' ')[0] || 0)
    }
    kilobytes += Number(/VmRSS:\s+(\d+)/.exec(readText(`/proc/${member}/status`))?.[1] ?? 0)
  }
  return { cpuSeconds: nanoseconds / 1e9, residentMb: kilobytes / 1024 }
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
