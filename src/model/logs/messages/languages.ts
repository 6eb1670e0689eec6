// The languages in which pgdeck recognises messages of servers, besides English.

import { CHINESE } from './chinese.ts'
import { FRENCH } from './french.ts'
import { GEORGIAN } from './georgian.ts'
import { GERMAN } from './german.ts'
import { ITALIAN } from './italian.ts'
import { JAPANESE } from './japanese.ts'
import { KOREAN } from './korean.ts'
import { RUSSIAN } from './russian.ts'
import { SPANISH } from './spanish.ts'
import { SWEDISH } from './swedish.ts'
import type { Translation } from './translation.ts'
import { UKRAINIAN } from './ukrainian.ts'

/** By the first letters of lc_messages. */
export const LANGUAGES: ReadonlyMap<string, Translation> = new Map([
  ['de', GERMAN],
  ['es', SPANISH],
  ['fr', FRENCH],
  ['it', ITALIAN],
  ['ja', JAPANESE],
  ['ka', GEORGIAN],
  ['ko', KOREAN],
  ['ru', RUSSIAN],
  ['sv', SWEDISH],
  ['uk', UKRAINIAN],
  ['zh', CHINESE],
])
