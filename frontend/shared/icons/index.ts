export * from './common'
export * from './talk'
export * from './more'
