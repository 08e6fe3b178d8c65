/// <reference lib="dom" />
/** The colours of the page's style, as they hold now (light, dark or paper), for the canvas. */
export interface Palette {
  ink: string;
  quiet: string;
  line: string;
  stripe: string;
  surface: string;
  accent: string;
  bad: string;
  hosts: string[];
  font: string;
}

const HOST_COLORS = 7;

export function paletteNow(): Palette {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    ink: color('ink'),
    quiet: color('quiet'),
    line: color('line'),
    stripe: color('stripe'),
    surface: color('surface'),
    accent: color('accent'),
    bad: color('bad'),
    hosts: Array.from({ length: HOST_COLORS }, (_, index) => color(`host-${index}`)),
    font: getComputedStyle(document.body).fontFamily,
  };
}

export function hostColor(palette: Palette, host: number): string {
  return host < 0 ? palette.quiet : (palette.hosts[host % HOST_COLORS] as string);
}
