// The real program on a pseudo-terminal during a soak: keys and sizes as they come, and whether the terminal is as it should.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { waitFor } from '../../src/demo/postgres/wait-for.ts'
import { openPty, type Pty } from '../../test/fakes/pty.ts'
import { patiently } from '../../test/wait.ts'
import type { ScreenMemoryUse } from './memory.ts'

const SIZES = [
  [120, 40],
  [80, 24],
  [200, 60],
  [61, 13],
] as const
const KEYS = [
  '1',
  '2',
  '3',
  '4',
  '5',
  '6',
  '7',
  '8',
  '9',
  '0',
  'j',
  'k',
  '\t',
  '?',
  '\x1b',
  '[',
  ']',
  '\x1b',
  '/x\r',
  '\x1b',
  ' ',
]

export interface SoakScreen {
  /** One key or one other size, by the dice. */
  disturb(random: () => number): void
  /** What is wrong with the terminal now, in words. */
  flaws(): Promise<readonly string[]>
  /** Open descriptors and resident memory of the program. Linux only. */
  weight(): ScreenMemoryUse
  /** Bytes of its heap after a collection. Asked once, at the end: what is collected on demand says nothing of how much piles up. */
  collectedHeap(): Promise<number>
  /** Ends it with its own key; what was wrong with how it ended. */
  end(): Promise<readonly string[]>
}

/** Starts the bundle on the configuration. */
export function openScreen(config: string, state: string): SoakScreen {
  let size: readonly [number, number] = SIZES[0]
  // Beside the folder: the program makes that when it needs it.
  const heapFile = `${state}.heap`
  const pty: Pty = openPty({
    command: process.execPath,
    args: ['--import', './scripts/soak/collected.mjs', 'bin/pgdeck.js', 'watch', '--config', config],
    cols: size[0],
    rows: size[1],
    env: { PGDECK_STATE_DIR: state, PGDECK_SOAK_HEAP: heapFile, LC_ALL: 'C.UTF-8' },
  })
  let end: number | null = null
  void pty.ended.then(({ code }) => {
    end = code
  })
  const isWhole = (screen: string) => {
    const lines = screen.split('\n')
    return lines.length === size[1] && /^ pgdeck/.test(lines[0] ?? '')
  }
  return {
    disturb(random) {
      if (random() < 0.2) {
        size = SIZES[Math.floor(random() * SIZES.length)] ?? SIZES[0]
        pty.resize(size[0], size[1])
      } else pty.press(KEYS[Math.floor(random() * KEYS.length)] ?? '1')
    },
    async flaws() {
      if (end !== null) return [`the program ended with code ${end}: ${pty.screen()}`]
      // What is read may end in the middle of a frame.
      const isDone = (now: string) => isWhole(now) && !pty.modes().synchronized
      const whole = await pty.until(isDone, 'a whole frame').catch((error: Error) => error)
      if (whole instanceof Error) return [whole.message]
      const { alternateScreen, cursorHidden } = pty.modes()
      const bad = /undefined|NaN|\[object|is not a function/.exec(whole)
      return [
        ...(alternateScreen ? [] : ['the alternate screen was left']),
        ...(cursorHidden ? [] : ['the cursor is shown']),
        ...(bad ? [`the screen shows ${bad[0]}:\n${whole}`] : []),
      ]
    },
    weight() {
      const status = readFileSync(`/proc/${pty.pid}/status`, 'utf8')
      const rssBytes = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024
      return { descriptors: readdirSync(`/proc/${pty.pid}/fd`).length, rssBytes }
    },
    async collectedHeap() {
      pty.signal('SIGUSR2')
      await waitFor('the screen has collected its garbage', patiently(10_000), () => existsSync(heapFile))
      return Number(readFileSync(heapFile, 'utf8'))
    },
    async end() {
      // Whatever is open is closed first; what is typed into a prompt would else be a letter.
      for (const key of ['\x1b', '\x1b', '\x1b', '1']) {
        pty.press(key)
        await new Promise((resolve) => setTimeout(resolve, 150))
      }
      pty.press('q')
      const limit = new Promise<null>((resolve) => setTimeout(resolve, patiently(10_000), null).unref())
      const ended = await Promise.race([pty.ended, limit])
      const modes = Object.entries(pty.modes()).filter(([, isOn]) => isOn)
      pty.close()
      return [
        ...(ended === null ? [`q did not end it: ${pty.screen()}`] : []),
        ...(ended !== null && ended.code !== 0 ? [`q ended it with code ${ended.code}`] : []),
        ...modes.map(([mode]) => `${mode} was left behind`),
      ]
    },
  }
}
