import type { Flow } from "../../../flow/flow.ts";
import { asItIs } from "../words/names.ts";
import { teamSentences } from "../words/people.ts";
import { allowSentences, applySentences } from "../words/promises.ts";
import { settings, sizes } from "./layout.ts";
import { circle, lineHeight, lines, way } from "./shapes.ts";
import { wrap } from "./text.ts";

/** What stands below the picture: who people are, what must hold, and how to read it. */
export function drawFoot(flow: Flow, width: number, top: number): { readonly svg: string; readonly bottom: number } {
  const columns = [
    { title: "Who people are", sentences: teamSentences(flow, asItIs) },
    { title: "What must hold of every apply", sentences: applySentences(flow) },
    { title: "What may run code", sentences: allowSentences(flow, asItIs) },
  ].filter(({ sentences }) => sentences.length > 0);
  const room = (width - 2 * sizes.margin - columns.length * sizes.gap) / (columns.length + 1);
  const drawn = columns.map(({ title, sentences }, index) => {
    const x = sizes.margin + index * (room + sizes.gap);
    let y = top + lineHeight(settings.heading) + 4;
    const said = sentences.map((sentence) => {
      const broken = wrap(sentence, room, settings.note);
      const svg = lines(broken, { x, y }, settings.note, "soft");
      y += broken.length * lineHeight(settings.note) + 6;
      return svg;
    });
    return { svg: lines([title], { x, y: top }, settings.heading, "") + said.join(""), bottom: y };
  });
  const key = drawKey(sizes.margin + columns.length * (room + sizes.gap), top);
  return {
    svg: [...drawn, key].map(({ svg }) => svg).join(""),
    bottom: Math.max(key.bottom, ...drawn.map(({ bottom }) => bottom)),
  };
}

const signs = [
  { style: "applies", meaning: "brings a change" },
  { style: "plans", meaning: "only plans" },
  { style: "starts", meaning: "a branch starts from there" },
  { style: "after", meaning: "comes first" },
] as const;

function drawKey(x: number, top: number): { readonly svg: string; readonly bottom: number } {
  const step = lineHeight(settings.note) + 3;
  const start = top + lineHeight(settings.heading) + 4;
  const at = (index: number) => start + step * (index + 0.5);
  const arrows = signs.map(
    ({ style, meaning }, index) =>
      way(
        [
          { x, y: at(index) },
          { x: x + 38, y: at(index) },
        ],
        style,
      ) + lines([meaning], { x: x + 54, y: at(index) - step / 2 + 1 }, settings.note, "soft"),
  );
  const numbers = [
    circle({ x: x + 10, y: at(signs.length) }, 8, "dot") + circle({ x: x + 32, y: at(signs.length) }, 8, "ring"),
    lines(["row of the trigger matrix"], { x: x + 54, y: at(signs.length) - step / 2 + 1 }, settings.note, "soft"),
  ];
  const title = lines(["How to read it"], { x, y: top }, settings.heading, "");
  return { svg: [title, ...arrows, ...numbers].join(""), bottom: start + step * (signs.length + 1) };
}
