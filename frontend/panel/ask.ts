/** What somebody came to the window for. */
export interface Ask { shop?: string; product?: string; order?: string; variant?: string; intent?: string }

export const wishes = ['shop', 'product', 'order', 'variant', 'intent'] as const

/** The page repeats what the frame's address said already: that is one wish, in whatever order it is told. */
export const sameWish = (one: Ask, other: Ask): boolean => wishes.every((name) => one[name] === other[name])
