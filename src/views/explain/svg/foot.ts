import type { Flow } from "../../../flow/flow.ts";
import { assuranceSentences } from "../words/assurance.ts";
import { demandSentences } from "../words/demands.ts";
import { asItIs } from "../words/names.ts";
import { teamSentences } from "../words/people.ts";
import { allowSentences, applySentences } from "../words/promises.ts";
import { settings, sizes } from "./layout.ts";
import { circle, lineHeight, lines, type Point, way } from "./shapes.ts";
import { wrap } from "./text.ts";

/** What is drawn, and where it ends. */
interface Drawn {
  readonly svg: string;
  readonly bottom: number;
}

/** What stands below the picture: how to read it, who people are, what is required, guaranteed and void. */
export function drawFoot(flow: Flow, width: number, top: number): Drawn {
  const columns = [
    { title: "Required of a pull request", sentences: demandSentences(flow, asItIs) },
    { title: "Of every apply", sentences: applySentences(flow) },
    {
      title: "Who people are, and what may run",
      sentences: [...teamSentences(flow, asItIs), ...allowSentences(flow, asItIs)],
    },
    { title: "Guaranteed, and void", sentences: assuranceSentences(flow, asItIs) },
  ];
  const room = (width - 2 * sizes.margin - columns.length * sizes.gap - keyWidth) / columns.length;
  const drawn = columns.map(({ title, sentences }, index) => {
    const x = sizes.margin + keyWidth + sizes.gap + index * (room + sizes.gap);
    return drawSentences(title, sentences, { x, y: top, room });
  });
  const all = [drawKey({ x: sizes.margin, y: top }), ...drawn];
  return { svg: all.map(({ svg }) => svg).join(""), bottom: Math.max(...all.map(({ bottom }) => bottom)) };
}

function drawSentences(
  title: string,
  sentences: readonly string[],
  { x, y: top, room }: Point & { readonly room: number },
): Drawn {
  let y = top + lineHeight(settings.heading) + 4;
  const said = sentences.map((sentence) => {
    const broken = wrap(withoutMarks(sentence), room, settings.note);
    const svg = lines(broken, { x, y }, settings.note, "soft");
    y += broken.length * lineHeight(settings.note) + 6;
    return svg;
  });
  return { svg: lines([title], { x, y: top }, settings.heading, "") + said.join(""), bottom: y };
}

/** Commands stand between backticks where sentences are Markdown. */
function withoutMarks(sentence: string): string {
  return sentence.replaceAll("`", "");
}

const keyWidth = sizes.label;

const signs = [
  { style: "applies", meaning: "brings a change" },
  { style: "plans", meaning: "only plans" },
  { style: "starts", meaning: "a branch starts there" },
  { style: "after", meaning: "comes first" },
] as const;

function drawKey({ x, y: top }: Point): Drawn {
  const step = lineHeight(settings.note) + 3;
  const start = top + lineHeight(settings.heading) + 4;
  const at = (index: number) => start + step * (index + 0.5);
  const said = (meaning: string, index: number) =>
    lines([meaning], { x: x + 54, y: at(index) - step / 2 + 1 }, settings.note, "soft");
  const arrows = signs.map(({ style, meaning }, index) => {
    const points = [
      { x, y: at(index) },
      { x: x + 38, y: at(index) },
    ];
    return way(points, style) + said(meaning, index);
  });
  const [numbers, dots] = [signs.length, signs.length + 1];
  const marks = [
    circle({ x: x + 10, y: at(numbers) }, 8, "dot") + circle({ x: x + 32, y: at(numbers) }, 8, "ring"),
    said("row of the trigger matrix", numbers),
    circle({ x: x + 19, y: at(dots) }, 5, "dot") + said("follows without a row", dots),
  ];
  const title = lines(["How to read it"], { x, y: top }, settings.heading, "");
  return { svg: [title, ...arrows, ...marks].join(""), bottom: start + step * (signs.length + 2) };
}
