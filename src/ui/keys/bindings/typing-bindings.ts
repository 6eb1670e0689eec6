// The keys while text is typed: they erase, and they move through what the text is about.

import type { Binding } from './binding.ts'

/** A plan scrolls while its confirmation is typed; rows move while their filter is. */
export const TYPING_BINDINGS: readonly Binding[] = [
  { keys: ['backspace'], id: 'erase', title: 'erase a character', group: 'Entry', modes: ['palette', 'entry'] },
  { keys: ['ctrl+w'], id: 'erase-word', title: 'erase a word', group: 'Entry', modes: ['palette', 'entry'] },
  { keys: ['ctrl+u'], id: 'erase-all', title: 'erase everything', group: 'Entry', modes: ['palette', 'entry'] },
  { keys: ['down'], id: 'down', title: 'next line or row, while text is typed', group: 'Entry', modes: ['entry'] },
  { keys: ['up'], id: 'up', title: 'previous line or row, while text is typed', group: 'Entry', modes: ['entry'] },
  { keys: ['home'], id: 'first', title: 'first line or row, while text is typed', group: 'Entry', modes: ['entry'] },
  { keys: ['end'], id: 'last', title: 'last line or row, while text is typed', group: 'Entry', modes: ['entry'] },
  {
    keys: ['pagedown'],
    id: 'page-down',
    title: 'one page down, while text is typed',
    group: 'Entry',
    modes: ['entry'],
  },
  { keys: ['pageup'], id: 'page-up', title: 'one page up, while text is typed', group: 'Entry', modes: ['entry'] },
]
