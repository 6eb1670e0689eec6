// What a program and everything it started have used so far, from /proc.

import { readFileSync } from 'node:fs'
import { familyOf } from '../test/fakes/pty.ts'

/** Clock ticks a second: 100 on every Linux that Node runs on. */
const TICKS = 100

export interface Usage {
  readonly cpuSeconds: number
  readonly residentMb: number
}

/** CPU time (ended children included) and resident memory of a process and its descendants. */
export function usageOf(pid: number): Usage {
  let ticks = 0
  let kilobytes = 0
  for (const member of familyOf(pid)) {
    const stat = readText(`/proc/${member.pid}/stat`)
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    for (const index of [11, 12, 13, 14]) ticks += Number(fields[index] ?? 0)
    kilobytes += Number(/VmRSS:\s+(\d+)/.exec(readText(`/proc/${member.pid}/status`))?.[1] ?? 0)
  }
  return { cpuSeconds: ticks / TICKS, residentMb: kilobytes / 1024 }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
