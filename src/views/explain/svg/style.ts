/** Colours for light and dark, by what they stand for; every text has a contrast of at least 4.5 to what is behind it. */
export const style = `
svg { --paper: #ffffff; --ink: #1b2430; --soft: #4d5a6b; --line: #5b6a7d; --card: #ffffff; --edge: #9aa7b6;
  --open: #6b7788; --open-tint: #eef1f5; --protected: #1f6f4a; --protected-tint: #e4f4ec; --release: #6a3fb5; --release-tint: #f0eafa;
  --dev: #0b6b74; --dev-tint: #e2f4f5; --test: #1f5fae; --test-tint: #e6f0fb; --stage: #8a5a00; --stage-tint: #fbf1dc; --prod: #a62b2b; --prod-tint: #fbe9e9; }
@media (prefers-color-scheme: dark) { svg { --paper: #12171e; --ink: #e8edf3; --soft: #a9b5c4; --line: #8b99ab; --card: #1b222c; --edge: #56657a;
  --open: #8a97a8; --open-tint: #202833; --protected: #5cc494; --protected-tint: #17291f; --release: #b79af0; --release-tint: #251d38;
  --dev: #58c3cd; --dev-tint: #122a2d; --test: #7fb2f2; --test-tint: #16263b; --stage: #e0b04e; --stage-tint: #2f2613; --prod: #f08d8d; --prod-tint: #371c1c; } }
text { font-family: system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: var(--ink); }
.soft { fill: var(--soft); } .paper { fill: var(--paper); } .ringed { text-anchor: middle; } .caption { letter-spacing: 1px; } .over { paint-order: stroke; stroke: var(--paper); stroke-width: 5; stroke-linejoin: round; } .number { fill: var(--paper); text-anchor: middle; }
.open { --own: var(--open); --tint: var(--open-tint); } .protected { --own: var(--protected); --tint: var(--protected-tint); }
.release { --own: var(--release); --tint: var(--release-tint); } .dev, .ephemeral { --own: var(--dev); --tint: var(--dev-tint); }
.test { --own: var(--test); --tint: var(--test-tint); } .stage { --own: var(--stage); --tint: var(--stage-tint); } .prod { --own: var(--prod); --tint: var(--prod-tint); }
.label { fill: var(--tint); stroke: var(--own); stroke-width: 2; } .band { fill: var(--tint); } .run { stroke: var(--own); stroke-width: 5; fill: none; stroke-linecap: round; }
.card { fill: var(--card); stroke: var(--edge); stroke-width: 1.5; } .gated { stroke: var(--own); stroke-width: 2.5; }
.plans, .applies, .starts, .after { fill: none; stroke: var(--line); stroke-width: 2; }
.plans { stroke-dasharray: 6 5; } .starts { stroke-dasharray: 2 5; stroke-width: 2.5; } .after { stroke: var(--ink); stroke-width: 4; }
.halo { fill: none; stroke: var(--paper); stroke-width: 7; } .dot { fill: var(--ink); } .ring { fill: var(--paper); stroke: var(--ink); stroke-width: 2.5; }
.trigger { fill: var(--line); } .trigger.by-hand { fill: var(--stage); } .trigger.schedule { fill: var(--dev); } .trigger.merge { fill: var(--protected); } .trigger.release { fill: var(--release); } .trigger.pull-request { fill: var(--test); }
.sign.cross { stroke: var(--prod); stroke-width: 3; stroke-linecap: round; } .sign { fill: none; stroke: var(--soft); stroke-width: 2; } .full { fill: var(--own); stroke: var(--own); stroke-width: 2; } .tip { fill: var(--line); } .tip.strong { fill: var(--ink); } .guide { fill: none; stroke: var(--own); stroke-width: 1.5; stroke-dasharray: 1 6; stroke-linecap: round; }
`.trim();
