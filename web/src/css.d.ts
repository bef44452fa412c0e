// css.d.ts - esbuild takes style sheets as modules.
declare module "*.css";
