// What is recorded for the pictures, and which screens of each recording become one.

import type { State } from '../../src/state/state.ts'
import type { Size } from './film.ts'
import type { Recording } from './recorded-demo.ts'

interface Still {
  /** In docs/images. */
  readonly file: string
  readonly title: string
  readonly isIt: (state: State) => boolean
  readonly which: 'first' | 'last'
  readonly size?: Size
}

export interface Film {
  readonly file: string
  readonly title: string
  /** A line of the screen that stands for the whole where nothing may move. */
  readonly poster: RegExp
}

export interface Reel extends Omit<Recording, 'size'> {
  readonly name: string
  readonly stills: readonly Still[]
  readonly film?: Film
}

function isHome({ navigation, action }: State): boolean {
  return (
    navigation.view === 'topology' &&
    navigation.details === null &&
    navigation.overlay.kind === 'none' &&
    action === null
  )
}

function actionPhase({ action }: State): string | null {
  return action?.isShown ? action.current.phase : null
}

export const REELS: readonly Reel[] = [
  {
    name: 'tour',
    args: ['--tour', '1.5', '--model', 'databases', '--size', '2'],
    until: /Your turn: /,
    afterMs: 2_000,
    film: {
      file: 'tour.svg',
      title:
        'A primary dies: the banner names the ways out, d diagnoses, P plans the promotion, the run ends with its proof',
      poster: /The alarm: /,
    },
    stills: [
      {
        file: 'plan.svg',
        title: 'The plan of a promotion: who serves after it, what is lost, the checks, and each step with its command',
        isIt: (state) => actionPhase(state) === 'planned',
        which: 'first',
        size: { columns: 100, rows: 38 },
      },
      {
        file: 'proof.svg',
        title: 'The proof of a run: who serves now, and what was seen of each step',
        isIt: (state) => actionPhase(state) === 'ended',
        which: 'last',
        size: { columns: 100, rows: 40 },
      },
    ],
  },
  {
    name: 'alarm',
    args: ['--press', ': kill space the space primary enter'],
    until: /USERS CAN ONLY READ/,
    afterMs: 10_000,
    stills: [
      {
        file: 'alarm.svg',
        title: 'The primary is down: what users can still do, and the ways out with what each loses',
        isIt: isHome,
        which: 'last',
      },
    ],
  },
  {
    name: 'locks',
    args: ['--press', ': hold enter 4'],
    until: /legacy-cron/,
    afterMs: 20_000,
    stills: [
      {
        file: 'locks.svg',
        title: 'The tree of locks: the session at the root, what it runs, and all that wait behind it',
        isIt: ({ navigation }) => navigation.view === 'locks',
        which: 'last',
      },
    ],
  },
  {
    name: 'hba',
    args: ['--press', ': cut enter tab h'],
    until: /TO ADD FOR/,
    afterMs: 15_000,
    stills: [
      {
        file: 'hba.svg',
        title: 'The check of pg_hba.conf: each needed connection, the line that decides on it, and what is missing',
        isIt: ({ navigation }) => navigation.details?.view === 'access',
        which: 'last',
      },
    ],
  },
]
