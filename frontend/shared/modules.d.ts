declare module 'words:panel' {
  const loader: import('./i18n').Loader
  export default loader
}
declare module 'words:buyer' {
  const loader: import('./i18n').Loader
  export default loader
}
declare module 'words:desk' {
  const loader: import('./i18n').Loader
  export default loader
}
declare module 'words:satisfaction' {
  const loader: import('./i18n').Loader
  export default loader
}
declare module 'words:report' {
  const loader: import('./i18n').Loader
  export default loader
}
declare module 'words:ahead' {
  const loader: import('./i18n').Loader
  export default loader
}
declare module 'words:case' {
  const loader: import('./i18n').Loader
  export default loader
}
declare module 'words:veil' {
  const loader: import('./i18n').Loader
  export default loader
}
declare module 'words:translation' {
  const loader: import('./i18n').Loader
  export default loader
}
declare module 'words:team' {
  const loader: import('./i18n').Loader
  export default loader
}
declare module 'words:suggest' {
  const loader: import('./i18n').Loader
  export default loader
}
declare module 'words:pick' {
  const loader: import('./i18n').Loader
  export default loader
}
declare const __SHEET__: string
declare const __WORDS__: Record<string, Record<string, string>>
declare module 'words:views' {
  const loader: import('./i18n').Loader
  export default loader
}
declare module 'words:facts' {
  const loader: import('./i18n').Loader
  export default loader
}
