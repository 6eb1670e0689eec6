// The texts of the storage view about slots and growth.

import type { SlotForecast } from '../../../model/storage/storage-forecast.ts'
import { bytes, perSecond, seconds, UNKNOWN_TEXT } from '../../frame/format/values.ts'

/** A loss or a full disk within this many seconds is worth a warning: somebody should act today. */
const DUE_SECONDS = 86_400
/** The rate of half a minute predicts nothing beyond this. */
const FORESEEABLE_SECONDS = 30 * 86_400
const OVER = 'over 30 d'

/** True if it happens soon enough to report. */
export function isDue(secondsLeft: number): boolean {
  return secondsLeft <= DUE_SECONDS
}

/** `lost in 3 h`, `disk full in 2 d`, `next checkpoint`; `?` if unknown. */
export function slotForecastText(forecast: SlotForecast): string {
  switch (forecast.kind) {
    case 'lost':
      return 'lost'
    case 'at-risk':
      return 'next checkpoint'
    case 'never':
      return 'no WAL is written'
    case 'unknown':
      return UNKNOWN_TEXT
    case 'limit':
    case 'disk': {
      const what = forecast.kind === 'limit' ? 'lost' : 'disk full'
      if (forecast.seconds > FORESEEABLE_SECONDS) return OVER
      return `${what} in ${seconds(forecast.seconds)}`
    }
  }
}

/** `16 min, as it fills by 18.2 MB/s`; `?` if unknown. */
export function diskFillText(fullInSeconds: number | null, fillingBytesPerSecond: number | null): string {
  if (fillingBytesPerSecond === null) return UNKNOWN_TEXT
  if (fullInSeconds === null) return 'never at this rate: it does not fill'
  const left = fullInSeconds > FORESEEABLE_SECONDS ? OVER : seconds(fullInSeconds)
  return `${left}, as it fills by ${perSecond(fillingBytesPerSecond)}`
}

/** `+12 MB/h`, `-3 MB/h`, `steady`: growth per hour, because growth per second is too small to see. */
export function growthText(bytesPerSecond: number | null): string {
  if (bytesPerSecond === null) return UNKNOWN_TEXT
  const hourly = bytesPerSecond * 3600
  if (Math.abs(hourly) < 1024) return 'steady'
  return `${hourly > 0 ? '+' : ''}${bytes(hourly)}/h`
}

/** `812`, `1.7 M`, `182 M`: a number of transactions or pages, in millions if there are many. */
export function shortCount(number: number): string {
  if (number < 100_000) return String(number)
  return number < 9_950_000 ? `${Math.round(number / 100_000) / 10} M` : `${Math.round(number / 1e6)} M`
}
