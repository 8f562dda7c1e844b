// Icons are bundled as their text.
declare module '*.svg' {
  const value: string;
  export default value;
}
