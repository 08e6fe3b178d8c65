/// <reference lib="dom" />
/** The lanes in the page: drawn, redrawn when the page changes, zoomed by buttons and links. */
import type { Picture } from '../picture.ts';
import {
  type Chart,
  chartHeight,
  type Drawing,
  drawingOf,
  startChart,
  TOP,
  type View,
} from './chart.ts';
import { copyFilter } from './filter.ts';
import { type Layout, layoutOf } from './layout.ts';
import { paletteNow } from './palette.ts';

const PAPER_WIDTH = 700;
const ZOOM_STEP = 2;
const SPAN_MIN = 0.001;

export class LanesView {
  private readonly picture: Picture;
  private readonly element: HTMLElement;
  private readonly labels: HTMLElement;
  private readonly chart: Chart;
  private drawing: Drawing | null = null;
  private view: View;
  private cursor: number | null = null;
  private isPaper = false;

  constructor(picture: Picture, element: HTMLElement) {
    this.picture = picture;
    this.element = element;
    this.view = { from: 0, to: picture.duration };
    element.hidden = false;
    const canvas = document.createElement('div');
    this.labels = document.createElement('div');
    element.replaceChildren(canvas, this.labels);
    this.fit(canvas, this.layout());
    this.chart = startChart(canvas);
    this.draw();
    this.listen();
  }

  /** Shows [from, to], cut to the capture and never too small to see. */
  show(from: number, to: number, cursor: number | null = null): void {
    const { duration } = this.picture;
    const span = Math.min(duration, Math.max(SPAN_MIN, to - from));
    const start = Math.min(Math.max(0, from), duration - span);
    this.view = { from: start, to: start + span };
    this.cursor = cursor;
    this.draw();
  }

  showAround(t: number, span: number): void {
    this.show(t - span / 2, t + span / 2, t);
  }

  whole(): void {
    this.show(0, this.picture.duration);
  }

  /** Above 1 shows less of the capture. */
  zoom(factor: number): void {
    const { from, to } = this.view;
    const middle = (from + to) / 2;
    const half = (to - from) / 2 / factor;
    this.show(middle - half, middle + half, this.cursor);
  }

  zoomIn(): void {
    this.zoom(ZOOM_STEP);
  }

  zoomOut(): void {
    this.zoom(1 / ZOOM_STEP);
  }

  /** For paper: its width and colours, no slider. */
  setPaper(isPaper: boolean): void {
    this.isPaper = isPaper;
    this.draw();
  }

  draw(): void {
    const layout = this.layout();
    const width = this.width();
    const palette = paletteNow();
    const { picture, view, cursor, isPaper } = this;
    this.fit(this.chart.getDom(), layout);
    this.chart.resize({ width, height: chartHeight(layout, isPaper) });
    const scene = { picture, layout, palette, view, width, cursor, isPaper };
    this.drawing = drawingOf(scene);
    this.chart.setOption(this.drawing.option, { notMerge: true });
    this.label(layout);
    this.tell();
  }

  private listen(): void {
    this.chart.on('datazoom', () => this.onZoomed());
    this.chart.on('click', (event) => {
      const item = this.drawing?.itemAt(event.seriesId, event.dataIndex ?? -1) ?? null;
      if (item !== null) void copyFilter(item.frame);
    });
    let width = this.width();
    new ResizeObserver(() => {
      if (this.isPaper || this.width() === width) return;
      width = this.width();
      this.draw();
    }).observe(this.element);
  }

  /** The pointer or the slider moved the view: the chart knows where to. */
  private onZoomed(): void {
    const option = this.chart.getOption() as {
      dataZoom: { startValue: number; endValue: number }[];
    };
    const zoom = option.dataZoom[0];
    if (zoom === undefined) return;
    this.view = { from: zoom.startValue, to: zoom.endValue };
    this.tell();
  }

  /** What is in view, for whoever looks at the element. */
  private tell(): void {
    this.element.dataset.from = String(this.view.from);
    this.element.dataset.to = String(this.view.to);
  }

  private layout(): Layout {
    return layoutOf(this.picture, this.width());
  }

  private width(): number {
    return this.isPaper ? PAPER_WIDTH : this.element.clientWidth;
  }

  private fit(canvas: HTMLElement, layout: Layout): void {
    canvas.style.height = `${chartHeight(layout, this.isPaper)}px`;
  }

  /** Words beside the lanes are the page's own, so that they can be read aloud and printed. */
  private label(layout: Layout): void {
    const words: HTMLElement[] = [];
    const say = (name: string, text: string, y: number, height: number): void => {
      const word = document.createElement('div');
      word.className = name;
      word.textContent = text;
      word.title = text;
      word.style.top = `${TOP + y}px`;
      word.style.height = word.style.lineHeight = `${height}px`;
      word.style.maxWidth = layout.isNarrow ? '100%' : `${layout.gutter - 10}px`;
      words.push(word);
    };
    for (const { group, y, headY, lanes } of layout.groups) {
      if (layout.isNarrow) say('group-label', group.label, y, 17);
      else say('group-label', group.label, headY, 36);
      for (const { lane, labelY, y: top, height } of lanes) {
        if (layout.isNarrow) say('lane-label', lane.label, labelY, 17);
        else say('lane-label', lane.label, top, height);
      }
    }
    this.labels.replaceChildren(...words);
  }
}
