// One compiler setting for the build and for Jest, so that what is tested is what runs.
const optionsFor = (tsx) => ({
  jsc: {
    parser: { syntax: 'typescript', decorators: true, tsx },
    target: 'es2022',
    keepClassNames: true,
    transform: { legacyDecorator: true, decoratorMetadata: true, react: { runtime: 'automatic' } },
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
});

export const swcOptions = optionsFor(false);
/** For pages: the same, and with the markup of React. */
export const swcPageOptions = optionsFor(true);
