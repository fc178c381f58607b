const SIGNS: Record<string, string> = {
  Slash: '/', Backslash: '\\', Period: '.', Comma: ',', Semicolon: ';', Quote: "'", BracketLeft: '[', BracketRight: ']', Minus: '-', Equal: '=', Backquote: '`',
}

/** What a Latin keyboard has printed on a key, or on each of two that are pressed in turn. */
export const printed = (code: string): string[] => code.split(' ').map((one) => SIGNS[one] ?? one.replace(/^(Key|Digit)/, ''))
