export * from './common'
export * from './more'
