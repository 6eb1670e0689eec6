// What PostgreSQL takes the value of a Boolean setting for.

/** null: no Boolean. A unique beginning of a word is enough, in any case of letters; blanks around it are refused. */
export function booleanValue(text: string): boolean | null {
  const given = text.toLowerCase()
  const begins = (word: string) => given !== '' && word.startsWith(given)
  if (given === 'on' || given === '1' || begins('true') || begins('yes')) return true
  return given === 'of' || given === 'off' || given === '0' || begins('false') || begins('no') ? false : null
}
